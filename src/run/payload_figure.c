/* Figures in the output of payloads. */
#include "run/payload.h"

#include <jansson.h>
#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 256 };

static bool is_number(const json_t *node, double *value)
{
	if (!json_is_number(node))
		return false;
	*value = json_number_value(node);
	return isfinite(*value);
}

/* A key may have dots of its own ("percentile.99.000000"), so each way of cutting the path is
 * tried; the path gets shorter each time, which bounds the depth. */
static bool find_path(const json_t *node, const char *path, double *value)
{
	char key[KEY_BYTES];
	if (!*path)
		return is_number(node, value);
	for (const char *end = path;; end++) {
		end += strcspn(end, ".");
		size_t length = (size_t)(end - path);
		if (length < sizeof(key)) {
			memcpy(key, path, length);
			key[length] = '\0';
			char *rest;
			unsigned long position = strtoul(key, &rest, 10);
			const json_t *child = json_is_array(node) && length && !*rest
						      ? json_array_get(node, position)
						      : json_object_get(node, key);
			if (child && find_path(child, *end ? end + 1 : end, value))
				return true;
		}
		if (!*end)
			return false;
	}
}

/* The first document, wherever it begins: programs like to say something before it. */
static bool find_in_json(const char *path, const struct text *output, double *value)
{
	json_error_t error;
	bool found = false;
	const char *at = text_string(output), *end = at + output->length;
	for (int tries = 0; tries < 64 && at < end && !found; tries++, at++) {
		at += strcspn(at, "{[");
		if (at >= end)
			break;
		json_t *root = json_loadb(at, (size_t)(end - at), JSON_DISABLE_EOF_CHECK, &error);
		if (!root)
			continue;
		found = find_path(root, path, value);
		json_decref(root);
		break;
	}
	return found;
}

static bool find_in_text(const char *pattern, const struct text *output, double *value)
{
	regex_t regex;
	regmatch_t matches[2];
	bool found = false;
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE) != 0)
		return false;
	if (regexec(&regex, text_string(output), 2, matches, 0) == 0 && matches[1].rm_so >= 0) {
		char *end;
		const char *start = text_string(output) + matches[1].rm_so;
		*value = strtod(start, &end);
		found = end > start && isfinite(*value);
	}
	regfree(&regex);
	return found;
}

bool payload_find_figure(enum payload_output kind, const char *path, const struct text *output,
			 double *value)
{
	if (kind == PAYLOAD_OUTPUT_JSON)
		return find_in_json(path, output, value);
	return kind == PAYLOAD_OUTPUT_TEXT && find_in_text(path, output, value);
}
