/*
 * emit: from a checked tree to a program. Trusts the checker's findings; a tree with errors must
 * not come here.
 */
#ifndef KTSTR_CODE_EMIT_H
#define KTSTR_CODE_EMIT_H

#include "code/program.h"
#include "sema/sema.h"

void emit_program(const struct tree *tree, struct program *program);

#endif
