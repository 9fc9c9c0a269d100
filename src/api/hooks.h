/*
 * hooks: calls registered functions for the run. Each scenario has its own context.
 *
 * By default a function is called in a helper (host/helper.h), one for all calls of a scenario,
 * which asks over a socket for whatever it wants done: a crash ends the helper, silence for longer
 * than the time-out gets it killed, and either makes the scenario BROKEN, with everything cleaned
 * up. In process it is simply called, and has to be trusted.
 */
#ifndef KTSTR_API_HOOKS_H
#define KTSTR_API_HOOKS_H

#include "api/registry.h"
#include "run/run.h"

struct hook_caller;

/* Keeps the registry, which has to outlive it. */
struct hook_caller *hook_caller_new(const struct registry *registry, bool in_process,
				    int64_t timeout_ns);
void hook_caller_free(struct hook_caller *caller);
struct run_hooks *hook_caller_hooks(struct hook_caller *caller);

#endif
