/*
 * progress: one line on a terminal that says what is going on, redrawn in place and taken away
 * again.
 */
#ifndef KTSTR_TOOL_PROGRESS_H
#define KTSTR_TOOL_PROGRESS_H

#include "run/run.h"

struct progress_line {
	struct run_progress base;
	int fd;
	bool drawn;
};

/* False: this fd is no terminal that can take a line back. */
bool progress_open(struct progress_line *line, int fd);

#endif
