/*
 * subject: what the fuzzers' targets do with bytes. A target that finds the program wrong aborts,
 * and the fuzzer keeps the bytes.
 */
#ifndef KTSTR_TESTS_FUZZ_SUBJECT_H
#define KTSTR_TESTS_FUZZ_SUBJECT_H

#include "code/program.h"
#include "source/diag.h"
#include "syntax/tree.h"

struct subject {
	struct source_set sources;
	struct diag_list diags;
	struct arena arena;
	struct map names;
	struct tree tree;
	struct program program; /* empty where there are errors */
};

/* Each target is a program of its own and defines these. What libFuzzer, or fixed.c, calls: */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
/* The target's input for the text of a program; empty if there is none. */
void subject_seed(const char *bytes, size_t length, struct text *seed);

/* An empty tree over one file. */
void subject_begin(struct subject *subject, const char *bytes, size_t length);
/* Parse, check, and emit what has no errors; what is emitted is verified. */
void subject_compile(struct subject *subject, const char *bytes, size_t length);
void subject_free(struct subject *subject);

/* Read an image of which these bytes are the content: its header is right. */
bool subject_read_content(const char *bytes, size_t length, struct program *program,
			  struct source_set *sources);

/* Plan the first scenarios on a small machine, a bounded number of turns each; nothing may be
 * left on the host. */
void subject_plan(const struct program *program);

bool subject_same(const struct text *a, const struct text *b);

/* Say what is wrong, and abort. */
void subject_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
