/*
 * foreign: --no-foreign, for programs that nobody has read yet: what they would run beside the
 * language's own ops (functions and worker bodies in C, payloads, schedulers) is refused.
 */
#ifndef KTSTR_TOOL_FOREIGN_H
#define KTSTR_TOOL_FOREIGN_H

#include "tool/compile.h"

/* Tell on stderr every line of a program that declares foreign code; false if there is one. */
bool foreign_refuse(struct compilation *compilation, bool color);

#endif
