#include "base/text.h"

#include "base/arena.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}

void text_clear(struct text *text)
{
	text->length = 0;
	if (text->data)
		text->data[0] = '\0';
}

const char *text_string(const struct text *text)
{
	return text->data ? text->data : "";
}

static void reserve(struct text *text, size_t extra)
{
	size_t needed = text->length + extra + 1;
	if (needed <= text->room)
		return;
	size_t room = text->room ? text->room * 2 : 64;
	while (room < needed)
		room *= 2;
	text->data = memory_resize(text->data, room);
	text->room = room;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
	reserve(text, length);
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_puts(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_putc(struct text *text, char byte)
{
	text_add(text, &byte, 1);
}

void text_repeat(struct text *text, char byte, size_t count)
{
	reserve(text, count);
	memset(text->data + text->length, byte, count);
	text->length += count;
	text->data[text->length] = '\0';
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	va_list again;
	va_copy(again, arguments);
	/* What fits at the first go is most of it. */
	reserve(text, 128);
	size_t room = text->room - text->length;
	int length = vsnprintf(text->data + text->length, room, format, arguments);
	va_end(arguments);
	if (length > 0 && (size_t)length >= room) {
		reserve(text, (size_t)length);
		vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
	}
	text->length += length > 0 ? (size_t)length : 0;
	text->data[text->length] = '\0';
	va_end(again);
}

struct unit {
	const char *name;
	int64_t factor;
};

/* The largest unit that divides the value, or that leaves at most three decimals. */
static void put_exact(struct text *text, int64_t value, const struct unit *units, size_t count)
{
	if (value < 0) {
		text_putc(text, '-');
		value = value == INT64_MIN ? INT64_MAX : -value;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t factor = units[i].factor;
		if (value < factor && i + 1 < count)
			continue;
		if (value % factor == 0) {
			text_printf(text, "%" PRId64 "%s", value / factor, units[i].name);
			return;
		}
		if (factor % 1000 == 0 && value % (factor / 1000) == 0) {
			char digits[48];
			snprintf(digits, sizeof(digits), "%" PRId64 ".%03" PRId64, value / factor,
				 value % factor / (factor / 1000));
			for (size_t end = strlen(digits); digits[end - 1] == '0'; end--)
				digits[end - 1] = '\0';
			text_printf(text, "%s%s", digits, units[i].name);
			return;
		}
	}
}

void text_put_visible(struct text *text, const char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		unsigned char byte = (unsigned char)bytes[at];
		size_t valid = text_utf8_length(bytes + at, length - at);
		/* U+0080 to U+009F are control characters, too. */
		bool c1 = valid == 2 && byte == 0xc2 && (unsigned char)bytes[at + 1] < 0xa0;
		if (byte == '\n' || byte == '\t') {
			text_puts(text, byte == '\n' ? "\\n" : "\\t");
			valid = 1;
		} else if (!valid || c1 || byte < 0x20 || byte == 0x7f) {
			valid = valid ? valid : 1;
			for (size_t i = 0; i < valid; i++)
				text_printf(text, "\\x%02x", (unsigned char)bytes[at + i]);
		} else {
			text_add(text, bytes + at, valid);
		}
		at += valid;
	}
}

void text_put_duration(struct text *text, int64_t ns)
{
	static const struct unit units[] = {
		{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
	if (ns && ns % 60000000000 == 0)
		text_printf(text, "%" PRId64 "min", ns / 60000000000);
	else if (ns == 0)
		text_puts(text, "0s");
	else
		put_exact(text, ns, units, sizeof(units) / sizeof(units[0]));
}

void text_put_size(struct text *text, int64_t bytes)
{
	static const struct unit units[] = {
		{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}};
	put_exact(text, bytes, units, sizeof(units) / sizeof(units[0]));
}

bool text_write(const struct text *text, int fd)
{
	for (size_t done = 0; done < text->length;) {
		ssize_t written = write(fd, text->data + done, text->length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		done += (size_t)written;
	}
	return true;
}

void text_put_double(struct text *text, double value)
{
	char digits[40];
	/* What takes more than 15 digits takes 16 or 17. */
	snprintf(digits, sizeof(digits), "%.15g", value);
	for (int precision = strtod(digits, NULL) == value ? 6 : 16; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	for (char *at = digits; *at; at++) {
		if (*at == ',')
			*at = '.';
	}
	text_puts(text, digits);
}

void text_put_duration_short(struct text *text, int64_t ns)
{
	double value = (double)ns;
	const char *unit = "ns";
	if (ns >= 1000000000) {
		value /= 1e9;
		unit = "s";
	} else if (ns >= 1000000) {
		value /= 1e6;
		unit = "ms";
	} else if (ns >= 1000) {
		value /= 1e3;
		unit = "us";
	}
	int decimals = ns < 1000 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
	text_printf(text, "%.*f %s", decimals, value, unit);
}

enum { DISTANCE_MAX = 48 };

size_t text_distance(const char *a, const char *b)
{
	size_t rows = strlen(a), columns = strlen(b);
	if (rows > DISTANCE_MAX || columns > DISTANCE_MAX)
		return SIZE_MAX;
	size_t table[3][DISTANCE_MAX + 1];
	for (size_t j = 0; j <= columns; j++)
		table[0][j] = j;
	for (size_t i = 1; i <= rows; i++) {
		size_t *row = table[i % 3], *above = table[(i - 1) % 3], *top = table[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= columns; j++) {
			int x = tolower((unsigned char)a[i - 1]),
			    y = tolower((unsigned char)b[j - 1]);
			size_t best = above[j - 1] + (x != y);
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]) && top[j - 2] + 1 < best)
				best = top[j - 2] + 1;
			row[j] = best;
		}
	}
	return table[rows % 3][columns];
}

void text_nearest_start(struct text_nearest *nearest, const char *wanted)
{
	size_t length = strlen(wanted);
	*nearest = (struct text_nearest){
		.wanted = wanted, .best = NULL, .distance = (length > 3 ? length / 3 : 1) + 1};
}

void text_nearest_offer(struct text_nearest *nearest, const char *candidate)
{
	size_t distance = text_distance(nearest->wanted, candidate);
	if (distance > 0 && distance < nearest->distance && distance < strlen(nearest->wanted)) {
		nearest->distance = distance;
		nearest->best = candidate;
	}
}

size_t text_utf8_length(const char *bytes, size_t available)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	if (!available || byte[0] == 0)
		return 0;
	if (byte[0] < 0x80)
		return 1;
	size_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
	if (byte[0] < 0xc2 || byte[0] > 0xf4 || available < length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates and what lies beyond U+10FFFF (Unicode 15, table 3-7). */
	if ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f) ||
	    (byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f))
		return 0;
	return length;
}
