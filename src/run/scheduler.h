/*
 * scheduler: the scheduler under test of a scenario that names one. It is started before the first
 * op, must be attached to the kernel before anything goes on, is watched while the scenario waits,
 * and stopped as the last thing of all.
 */
#ifndef KTSTR_RUN_SCHEDULER_H
#define KTSTR_RUN_SCHEDULER_H

#include "run/vm.h"

/* How often the kernel is asked whether it is still the one. */
#define SCHEDULER_LOOK_NS INT64_C(100000000)

void scheduler_start(struct vm *vm, const uint32_t *args);
/* That of the command line, if there is one, before the first op. A scenario that comes to start one
 * of its own is then a SKIP. Stopped with scheduler_stop(). */
void scheduler_start_given(struct vm *vm);
/* A process ended: if it was the scheduler, the scenario fails. */
void scheduler_ended(struct vm *vm, int process);
/* Is it still attached? If not, the scenario fails. */
void scheduler_watch(struct vm *vm);
void scheduler_stop(struct vm *vm);
/* SCHEDULER_STOP: as a line of the scenario. None that runs: BROKEN. */
void scheduler_end(struct vm *vm);

#endif
