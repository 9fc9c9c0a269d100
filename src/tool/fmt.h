/*
 * fmt: `ktstrc fmt`, the canonical form of programs on disk.
 */
#ifndef KTSTR_TOOL_FMT_H
#define KTSTR_TOOL_FMT_H

#include "source/diag.h"

enum fmt_mode {
	FMT_WRITE, /* rewrite what is not canonical; standard input goes to standard output */
	FMT_CHECK, /* print the names of the files that would change */
	FMT_DIFF,  /* print what would change */
};

/* Format these files; returns the command's exit code, the worst of all files. */
int fmt_files(int count, char **files, enum fmt_mode mode, const struct diag_style *style);

#endif
