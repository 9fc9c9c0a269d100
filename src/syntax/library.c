#include "syntax/library.h"

#include <string.h>

static const char prefix[] = "std/";
static const char suffix[] = ".kts";

bool library_is_meant(const char *use)
{
	return strncmp(use, prefix, strlen(prefix)) == 0;
}

const struct library_module *library_find(const char *use, const char **near)
{
	const char *name = use + strlen(prefix);
	size_t length = strlen(name), end = strlen(suffix);
	if (length > end && strcmp(name + length - end, suffix) == 0)
		length -= end;
	struct text wanted = {0};
	struct text_nearest nearest;
	const struct library_module *found = NULL;
	text_add(&wanted, name, length);
	text_nearest_start(&nearest, text_string(&wanted));
	for (size_t i = 0; i < library_module_count; i++) {
		if (strcmp(library_modules[i].name, text_string(&wanted)) == 0)
			found = &library_modules[i];
		text_nearest_offer(&nearest, library_modules[i].name);
	}
	*near = nearest.best;
	text_free(&wanted);
	return found;
}
