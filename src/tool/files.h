/*
 * files: which programs a command line names: files as they are, and all .kts files below folders,
 * by name. Hidden ones are left out.
 */
#ifndef KTSTR_TOOL_FILES_H
#define KTSTR_TOOL_FILES_H

#include "base/error.h"
#include "base/vector.h"

struct files {
	VECTOR(char *) all; /* owned */
};

/* Add a file ("-" is standard input) or a folder. What is not there counts as a file: whoever reads
 * it knows best what is wrong with it. Refused: a folder that cannot be read, or without programs.
 */
bool files_add(struct files *files, const char *path, struct error *error);
void files_free(struct files *files);

#endif
