/*
 * interpreter: executes the instructions of one scenario until its END. Runs verified programs
 * only. Ops that cannot go on leave through vm_end().
 */
#ifndef KTSTR_RUN_INTERPRETER_H
#define KTSTR_RUN_INTERPRETER_H

#include "run/vm.h"

void interpreter_run(struct vm *vm, uint32_t entry);

#endif
