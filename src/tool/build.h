/*
 * build: `ktstrc build`, programs as files (.ktb).
 */
#ifndef KTSTR_TOOL_BUILD_H
#define KTSTR_TOOL_BUILD_H

#include "tool/compile.h"

/* Write the image of a program that was compiled from `path` to `output`: "-" is standard output,
 * NULL a file beside the source, .ktb for .kts. Returns the exit code; what went wrong is told. */
int build_image(const struct compilation *compilation, const char *path, const char *output);

#endif
