/*
 * Any bytes as a program to format: the canonical form is its own canonical form, has the same
 * tokens and comments, and compiles to the same bytecode.
 */
#include "subject.h"
#include "syntax/format.h"

#include <stdio.h>
#include <string.h>

/* The text that a check quotes is cut at 200 bytes, blanks included. */
enum { QUOTE_MIN = 100 };

static bool format_bytes(const char *bytes, size_t length, struct text *out)
{
	struct subject subject;
	subject_begin(&subject, bytes, length);
	bool formed = format_source(&subject.tree, &subject.sources.files.data[0], out);
	if (formed == (subject.diags.errors > 0))
		subject_fail("formatted in spite of errors, or refused without");
	subject_free(&subject);
	return formed;
}

/* Not blanks and ends of statements, which are what formatting changes. */
static const char *next_dense(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n;", *at) && *at)
		at++;
	return at;
}

/* How much of two texts is the same but for blanks; SIZE_MAX: all. */
static size_t same_length(const char *a, size_t a_length, const char *b, size_t b_length)
{
	const char *a_end = a + a_length, *b_end = b + b_length;
	for (size_t same = 0;; same++, a++, b++) {
		a = next_dense(a, a_end);
		b = next_dense(b, b_end);
		if (a == a_end && b == b_end)
			return SIZE_MAX;
		if (a == a_end || b == b_end || *a != *b)
			return same;
	}
}

static bool same_string(const char *a, const char *b)
{
	return same_length(a, strlen(a), b, strlen(b)) >= QUOTE_MIN || strcmp(a, b) == 0;
}

static bool same_constants(const struct program *a, const struct program *b)
{
	if (a->constants.length != b->constants.length)
		return false;
	for (size_t i = 0; i < a->constants.length; i++) {
		const struct constant *one = &a->constants.data[i], *other = &b->constants.data[i];
		if (one->reg != other->reg)
			return false;
		if (a->registers.data[one->reg] == 'S'
			    ? !same_string(a->strings.data[one->string],
					   b->strings.data[other->string])
			    : one->integer != other->integer)
			return false;
	}
	return true;
}

static bool same_code(const struct program *a, const struct program *b)
{
	return a->code.length == b->code.length && a->pool.length == b->pool.length &&
	       a->registers.length == b->registers.length &&
	       a->scenarios.length == b->scenarios.length && a->knobs == b->knobs &&
	       !(a->code.length &&
		 memcmp(a->code.data, b->code.data, a->code.length * sizeof(*a->code.data)) != 0) &&
	       !(a->pool.length &&
		 memcmp(a->pool.data, b->pool.data, a->pool.length * sizeof(*a->pool.data)) != 0) &&
	       !(a->registers.length &&
		 memcmp(a->registers.data, b->registers.data, a->registers.length) != 0);
}

static void compare_meanings(const char *bytes, size_t length, const struct text *canonical)
{
	struct subject before, after;
	subject_compile(&before, bytes, length);
	subject_compile(&after, text_string(canonical), canonical->length);
	if (before.diags.errors != after.diags.errors ||
	    before.diags.warnings != after.diags.warnings)
		subject_fail("formatting changes the diagnostics");
	if (!same_code(&before.program, &after.program) ||
	    !same_constants(&before.program, &after.program))
		subject_fail("formatting changes the bytecode");
	subject_free(&before);
	subject_free(&after);
}

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	text_add(seed, bytes, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const char *original = (const char *)bytes;
	struct text once = {0}, twice = {0};
	bool formatted = format_bytes(original, length, &once);
	/* A byte order mark is left out; it belongs to no token. A second one is a mistake. */
	if (length >= 3 && memcmp(original, "\xef\xbb\xbf", 3) == 0) {
		original += 3;
		length -= 3;
	}
	if (formatted) {
		if (!format_bytes(text_string(&once), once.length, &twice))
			subject_fail("the canonical form has mistakes:\n%s", text_string(&once));
		if (strcmp(text_string(&once), text_string(&twice)) != 0)
			subject_fail("formatting twice changes it again:\n%s\n----\n%s",
				     text_string(&once), text_string(&twice));
		if (same_length(original, length, text_string(&once), once.length) != SIZE_MAX)
			subject_fail("formatting changes the text:\n%s", text_string(&once));
		compare_meanings(original, length, &once);
	} else if (once.length) {
		subject_fail("a program with mistakes has no canonical form");
	}
	text_free(&once);
	text_free(&twice);
	return 0;
}
