/*
 * reader_json: members of JSON objects, with a value for those that are missing or of another type.
 * A count that is negative or beyond what ktstr can count to is refused.
 */
#ifndef KTSTR_REPORT_READER_JSON_H
#define KTSTR_REPORT_READER_JSON_H

#include "run/result.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

static inline const char *reader_string(const json_t *object, const char *key,
					const char *otherwise)
{
	const char *string = json_string_value(json_object_get(object, key));
	return string ? string : otherwise;
}

/* In the result's own arena; "" if it is missing. */
static inline const char *reader_text(struct result *result, const json_t *object, const char *key)
{
	const char *string = reader_string(object, key, "");
	return *string ? result_text(result, string) : "";
}

static inline int64_t reader_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);
	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* *count stays as it is if the member is missing. */
static inline bool reader_count(const json_t *object, const char *key, uint64_t *count,
				struct error *error)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_integer(value))
		return true;
	*count = (uint64_t)json_integer_value(value);
	return json_integer_value(value) >= 0 ||
	       error_set(error, ERROR_REFUSED, "%s is negative", key);
}

static inline bool reader_count32(const json_t *object, const char *key, uint32_t *count,
				  struct error *error)
{
	uint64_t wide = *count;
	if (!reader_count(object, key, &wide, error))
		return false;
	*count = (uint32_t)wide;
	return wide <= UINT32_MAX || error_set(error, ERROR_REFUSED, "%s is too large", key);
}

/* NaN if it is missing. */
static inline double reader_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

#endif
