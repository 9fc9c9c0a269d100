/*
 * hooks: the registered C functions that programs call, as the run sees them. What registers and
 * calls them is above this layer (struct run_hooks of run.h); it gets arguments as plain data, and
 * asks for what the function wants done by the verbs of hook_verbs.h.
 */
#ifndef KTSTR_RUN_HOOKS_H
#define KTSTR_RUN_HOOKS_H

#include "run/vm.h"

/* An argument; which one it is says the declaration. */
union hook_value {
	int64_t integer;  /* int, duration, size, bool */
	double number;    /* float, percent */
	const char *text; /* string; cgroup: its path, "host" or "a/b_3" */
	const struct cpuset *set;
};

/* What a call gave, by the type of the declaration's result. */
struct hook_result {
	int64_t integer;
	double number;
	struct text text; /* of the caller */
	struct cpuset set;
};

/* Before anything is made: are all externs that the scenario may call there? If not, it ends. */
void hooks_check(struct vm *vm, size_t scenario);
/* CUSTOM; `result` is NONE where the hook gives nothing. On paper nothing is called, and the result
 * is the zero of its type. */
void hooks_call(struct vm *vm, uint32_t result, uint32_t hook, const uint32_t *args);
/* EXTERN_WORK: a worker's body that is registered C. */
void hooks_fill_work(struct vm *vm, struct work *work, uint32_t hook, const uint32_t *args);

#endif
