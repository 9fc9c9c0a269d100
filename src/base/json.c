#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void json_start(struct json *json, struct text *out, bool indented)
{
	*json = (struct json){.out = out, .indented = indented};
}

static void line(struct json *json)
{
	if (!json->indented)
		return;
	text_putc(json->out, '\n');
	text_repeat(json->out, ' ', (size_t)json->depth * 2);
}

static void before_value(struct json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->depth == 0)
		return;
	if (json->filled[json->depth])
		text_putc(json->out, ',');
	json->filled[json->depth] = true;
	line(json);
}

static void open_level(struct json *json, char bracket)
{
	before_value(json);
	text_putc(json->out, bracket);
	json->depth++;
	assert(json->depth < JSON_DEPTH_MAX);
	json->filled[json->depth] = false;
}

static void close_level(struct json *json, char bracket)
{
	assert(json->depth > 0 && !json->after_key);
	bool filled = json->filled[json->depth];
	json->depth--;
	if (filled)
		line(json);
	text_putc(json->out, bracket);
}

void json_open_object(struct json *json)
{
	open_level(json, '{');
}

void json_close_object(struct json *json)
{
	close_level(json, '}');
}

void json_open_array(struct json *json)
{
	open_level(json, '[');
}

void json_close_array(struct json *json)
{
	close_level(json, ']');
}

static void put_escaped(struct text *out, const char *string)
{
	size_t left = strlen(string);
	text_putc(out, '"');
	while (left) {
		unsigned char byte = (unsigned char)*string;
		size_t length = text_utf8_length(string, left);
		if (byte == '"' || byte == '\\')
			text_printf(out, "\\%c", byte);
		else if (byte == '\n')
			text_puts(out, "\\n");
		else if (byte == '\t')
			text_puts(out, "\\t");
		else if (byte < 0x20 || byte == 0x7f)
			text_printf(out, "\\u%04x", byte);
		else if (length == 0)
			text_puts(out, "\\ufffd");
		else
			text_add(out, string, length);
		if (length == 0)
			length = 1;
		string += length;
		left -= length;
	}
	text_putc(out, '"');
}

void json_put_key(struct json *json, const char *key)
{
	assert(!json->after_key);
	before_value(json);
	put_escaped(json->out, key);
	text_puts(json->out, json->indented ? ": " : ":");
	json->after_key = true;
}

void json_put_string(struct json *json, const char *string)
{
	before_value(json);
	put_escaped(json->out, string);
}

void json_put_int(struct json *json, int64_t value)
{
	before_value(json);
	text_printf(json->out, "%" PRId64, value);
}

void json_put_uint(struct json *json, uint64_t value)
{
	before_value(json);
	text_printf(json->out, "%" PRIu64, value);
}

void json_put_double(struct json *json, double value)
{
	if (!isfinite(value)) {
		json_put_null(json);
		return;
	}
	before_value(json);
	text_put_double(json->out, value);
}

void json_put_bool(struct json *json, bool value)
{
	before_value(json);
	text_puts(json->out, value ? "true" : "false");
}

void json_put_null(struct json *json)
{
	before_value(json);
	text_puts(json->out, "null");
}

void json_member_string(struct json *json, const char *key, const char *value)
{
	json_put_key(json, key);
	json_put_string(json, value);
}

void json_member_int(struct json *json, const char *key, int64_t value)
{
	json_put_key(json, key);
	json_put_int(json, value);
}

void json_member_double(struct json *json, const char *key, double value)
{
	json_put_key(json, key);
	json_put_double(json, value);
}

void json_member_bool(struct json *json, const char *key, bool value)
{
	json_put_key(json, key);
	json_put_bool(json, value);
}
