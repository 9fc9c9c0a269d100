/*
 * verify: is a program safe to run? It is treated as hostile, wherever it comes from: every
 * operand in range and of its type, every jump inside the program, blocks opened and closed in
 * pairs on every way, and no way back but through the ops at which the interpreter counts turns
 * and looks for signals. The interpreter checks nothing of that again.
 */
#ifndef KTSTR_CODE_VERIFY_H
#define KTSTR_CODE_VERIFY_H

#include "code/program.h"

/* Owning blocks nest at most this deep. */
enum { VERIFY_DEPTH_MAX = 256 };

bool verify_program(const struct program *program, struct error *error);

#endif
