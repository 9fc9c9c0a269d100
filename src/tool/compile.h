/*
 * compile: one file all the way to a verified program, as every command needs it: from text, or
 * from an image (.ktb) that was made of it before.
 */
#ifndef KTSTR_TOOL_COMPILE_H
#define KTSTR_TOOL_COMPILE_H

#include "code/program.h"
#include "source/diag.h"
#include "syntax/tree.h"

struct compilation {
	struct source_set sources;
	struct diag_list diags;
	struct arena arena;
	struct map names;
	struct tree tree;
	struct program program; /* empty while there are errors, or when it was not asked for */
	bool image; /* read from an image: there is a program in any case, but no tree */
};

/* Read and check a file, for these machines or for any (NULL); with `emit`, make the program of a
 * sound one, too. False when the file
 * cannot be read, is an image that is refused (there are no sources then), or our own output does
 * not verify; the program's mistakes are in `diags`, in order. To be freed in every case. */
bool compile_file(struct compilation *compilation, const char *path, bool emit,
		  bool warnings_are_errors, const struct sema_machines *machines,
		  struct error *error);
/* The same for a text from memory, under a name. */
bool compile_text(struct compilation *compilation, const char *name, const struct text *text,
		  struct error *error);
void compile_free(struct compilation *compilation);

#endif
