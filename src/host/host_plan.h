/*
 * host_plan: the machine that is only imagined. Its clock starts at 0 and stands still but in
 * wait(), which jumps to the deadline; its groups and workers are data; every knob is there.
 * It refuses what a kernel would refuse: names that are taken, groups that are gone or not empty,
 * an affinity without a CPU of the group. Reports carry no figures but `released` and `wall_ns`.
 *
 * Nothing happens by itself on it: no worker dies and no signal comes. Faults are injected.
 */
#ifndef KTSTR_HOST_HOST_PLAN_H
#define KTSTR_HOST_HOST_PLAN_H

#include "host/host.h"

/* The n-th verb from now that can be refused is, once: ERROR_REFUSED, "injected fault in …". The
 * refused verb has done nothing. n < 1 takes the order back. */
void host_plan_fail_at(struct host *host, long n);

/* How many groups of the program and living workers there are: 0 after a clean end. */
size_t host_plan_left(const struct host *host);

/* The programs that were started, in order: NULL past the last. */
const char *host_plan_program(const struct host *host, size_t index);

#endif
