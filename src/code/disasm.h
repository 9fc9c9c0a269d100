/*
 * disasm: a program as text, one instruction a line, printed from the table of ops.
 */
#ifndef KTSTR_CODE_DISASM_H
#define KTSTR_CODE_DISASM_H

#include "base/text.h"
#include "code/program.h"

void disasm_program(const struct program *program, struct source_set *sources, struct text *out);

#endif
