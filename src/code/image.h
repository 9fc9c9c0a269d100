/*
 * image: a program as a file (.ktb), with the text that it was compiled from, so that places and
 * quoted lines are those of the source.
 *
 * Whole numbers are little-endian, u32 unless told; floats are their IEEE 754 bits as u64; a text
 * is its length and that many bytes; a list is its length and its items; a span is its start and
 * its end in the common space of the sources. The file:
 *
 *   magic        "\x89KTB\r\n\x1a\n": no text begins so, and a copy as text breaks it
 *   format       IMAGE_FORMAT
 *   fingerprint  u64, FNV-1a 64 of the tables that give the numbers in an image their meaning
 *   length       u64, of the content
 *   checksum     u64, FNV-1a 64 of the content
 *   content      sources (name, text), strings, registers (u8 each), constants (register, u64),
 *                pool, code (u16 op, u16 flags, a, b, c, span), params (name, doc, type, register,
 *                span), scenarios (name, doc, category, entry, u64 requires, u64 excludes, span,
 *                bound), flags (name, doc, u64 needs), externs (name, u8 work, result, parameters
 *                (type), span), payloads (name, output, metrics (name, path), limits (metric,
 *                relation, span), span), schedulers (name, span), knobs; a bound is its two forms
 *                (four f64 each), turns (f64), duration, settle, timeout (u64) and what it depends
 *                on
 *
 * The checksum is against accidents. Against malice there are the reader's own checks, for which
 * every byte is hostile, and the verifier behind them.
 */
#ifndef KTSTR_CODE_IMAGE_H
#define KTSTR_CODE_IMAGE_H

#include "base/text.h"
#include "code/program.h"

enum {
	IMAGE_FORMAT = 4, /* counts up with the layout; the tables have their fingerprint */
	IMAGE_BYTES_MAX = SOURCE_BYTES_MAX,
	IMAGE_SOURCES_MAX = 4096,
};

/* Whether these bytes are meant as an image, maybe a damaged one. */
bool image_recognize(const char *bytes, size_t length);

/* Append the image of a verified program to `out`. The same program gives the same bytes. */
void image_write(const struct program *program, const struct source_set *sources, struct text *out);

/* Read an image into a program and a set that are both empty; the program is then verified. When
 * it is refused, both are empty again. Needs memory in proportion to `length`, whatever the bytes
 * say. */
bool image_read(const char *bytes, size_t length, struct program *program,
		struct source_set *sources, struct error *error);

#endif
