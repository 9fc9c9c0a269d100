#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
	if (!error)
		return false;
	error->kind = kind;
	error->number = 0;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return false;
}

bool error_set_errno(struct error *error, int number, const char *format, ...)
{
	if (!error)
		return false;
	error->kind = ERROR_REFUSED;
	error->number = number;
	va_list arguments;
	va_start(arguments, format);
	int used = vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	if (used >= 0 && (size_t)used < sizeof(error->message))
		snprintf(error->message + used, sizeof(error->message) - (size_t)used, ": %s",
			 strerror(number));
	return false;
}

bool error_wrap(struct error *error, const char *format, ...)
{
	if (!error)
		return false;
	char inner[sizeof(error->message)];
	memcpy(inner, error->message, sizeof(inner));
	va_list arguments;
	va_start(arguments, format);
	int used = vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	if (used >= 0 && (size_t)used < sizeof(error->message))
		snprintf(error->message + used, sizeof(error->message) - (size_t)used, ": %s",
			 inner);
	return false;
}
