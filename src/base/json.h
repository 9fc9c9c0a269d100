/*
 * json: a streaming writer. Commas, escapes and indentation are its business; the caller opens and
 * closes objects and arrays in order (asserted). Strings are UTF-8; bytes that are not, and control
 * characters, come out escaped, so that any text can be embedded. Numbers do not depend on the
 * locale; a number that JSON cannot say (NaN, infinity) is written as null.
 */
#ifndef KTSTR_BASE_JSON_H
#define KTSTR_BASE_JSON_H

#include "base/text.h"

enum { JSON_DEPTH_MAX = 32 };

struct json {
	struct text *out;
	bool indented; /* one member a line, two blanks a level; else all on one line */
	int depth;
	bool filled[JSON_DEPTH_MAX]; /* does this level have a member yet? */
	bool after_key;
};

void json_start(struct json *json, struct text *out, bool indented);
void json_open_object(struct json *json);
void json_close_object(struct json *json);
void json_open_array(struct json *json);
void json_close_array(struct json *json);
void json_put_key(struct json *json, const char *key);
void json_put_string(struct json *json, const char *string);
void json_put_int(struct json *json, int64_t value);
void json_put_uint(struct json *json, uint64_t value);
void json_put_double(struct json *json, double value);
void json_put_bool(struct json *json, bool value);
void json_put_null(struct json *json);

/* "key": value in one call. */
void json_member_string(struct json *json, const char *key, const char *value);
void json_member_int(struct json *json, const char *key, int64_t value);
void json_member_double(struct json *json, const char *key, double value);
void json_member_bool(struct json *json, const char *key, bool value);

#endif
