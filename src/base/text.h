/*
 * text: a growable string, and the few text facts that every layer needs (edit distance,
 * units of time and size for people). All zero is an empty text; `data` is NUL-terminated as soon
 * as anything was added (use text_string() where it may be empty).
 */
#ifndef KTSTR_BASE_TEXT_H
#define KTSTR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data;
	size_t length;
	size_t room;
};

void text_free(struct text *text);
void text_clear(struct text *text);
const char *text_string(const struct text *text);
void text_add(struct text *text, const char *bytes, size_t length);
void text_puts(struct text *text, const char *string);
void text_putc(struct text *text, char byte);
void text_repeat(struct text *text, char byte, size_t count);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes from anywhere, harmless to a terminal: UTF-8 as it is, line ends as "\\n", tabs as "\\t",
 * other control bytes and what is no UTF-8 as "\\x1b". */
void text_put_visible(struct text *text, const char *bytes, size_t length);

/* All of it to a descriptor; false with errno if it did not get there. */
bool text_write(const struct text *text, int fd);

/* The shortest digits that read back as the same number, with a point in any locale; finite only. */
void text_put_double(struct text *text, double value);

/* The most exact short form that reads back as a KTS literal: "250ms", "1.5s", "2min", "10ns". */
void text_put_duration(struct text *text, int64_t ns);
/* As above for bytes: "64KiB", "4MiB", "100B". */
void text_put_size(struct text *text, int64_t bytes);

/* A duration for people, three significant digits: "1.24 s", "98.3 ms". */
void text_put_duration_short(struct text *text, int64_t ns);

/* Damerau-Levenshtein distance (adjacent swaps count once), case-insensitive. */
size_t text_distance(const char *a, const char *b);

/* Keeps the nearest of many candidates to a word that nobody knows. */
struct text_nearest {
	const char *wanted;
	const char *best; /* NULL: nothing near enough */
	size_t distance;
};
void text_nearest_start(struct text_nearest *nearest, const char *wanted);
void text_nearest_offer(struct text_nearest *nearest, const char *candidate);

/* Length in bytes of the valid UTF-8 sequence at `bytes`, 0 if it is not one. NUL is not. */
size_t text_utf8_length(const char *bytes, size_t available);

#endif
