/*
 * hooks: the registered C functions that programs call. What registers them is above this layer;
 * the run only asks whether one is there and calls it.
 */
#ifndef KTSTR_RUN_HOOKS_H
#define KTSTR_RUN_HOOKS_H

#include "run/vm.h"

/* Before anything is made: are all externs that the scenario may call there? If not, it ends. */
void hooks_check(struct vm *vm, size_t scenario);
/* CUSTOM; `result` is NONE where the hook gives nothing. On paper nothing is called, and the result
 * is the zero of its type. */
void hooks_call(struct vm *vm, uint32_t result, uint32_t hook, const uint32_t *args);

#endif
