/*
 * source: program text, and where a byte of it stands.
 *
 * All texts of a compilation share one space of offsets: each file begins where the one before
 * ended (one byte is left between them), so that a place is one 32-bit number wherever it comes
 * from. The texts are owned by the set; each has two NUL bytes behind it, as the scanner wants.
 */
#ifndef KTSTR_SOURCE_SOURCE_H
#define KTSTR_SOURCE_SOURCE_H

#include "base/error.h"
#include "base/vector.h"

#include <stdint.h>

enum { SOURCE_BYTES_MAX = 64 * 1024 * 1024 };

/* Bytes [start, end) of the common space. */
struct span {
	uint32_t start;
	uint32_t end;
};

/* No place: for what belongs to no line of the program. */
#define SPAN_NONE ((struct span){UINT32_MAX, UINT32_MAX})

struct source {
	char *name;
	char *text;
	uint32_t length;
	uint32_t base;   /* offset of text[0] in the common space */
	uint32_t *lines; /* offsets of the lines' first bytes, made when first asked for */
	size_t line_count;
};

struct source_set {
	VECTOR(struct source) files;
	uint32_t end; /* of the last file, exclusive */
};

/* A place for people: lines and columns count from 1, columns in bytes. */
struct source_place {
	const struct source *file;
	uint32_t line;
	uint32_t column;
};

void source_set_free(struct source_set *set);

/* Read a file ("-" is standard input) into the set; *index tells which it is. Refused: missing,
 * unreadable, a folder, more than SOURCE_BYTES_MAX. */
bool source_read(struct source_set *set, const char *path, size_t *index, struct error *error);

/* Add text from memory (copied) under a name. */
size_t source_add(struct source_set *set, const char *name, const char *text, size_t length);

/* False for SPAN_NONE and offsets outside every file. */
bool source_locate(struct source_set *set, uint32_t offset, struct source_place *place);

/* The text of a line without its end. */
const char *source_line(const struct source *file, uint32_t line, size_t *length);

static inline struct span span_join(struct span a, struct span b)
{
	return (struct span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.start == b.start && a.end == b.end;
}

static inline bool span_is_none(struct span span)
{
	return span.start == UINT32_MAX;
}

#endif
