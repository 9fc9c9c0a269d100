/*
 * cpu_state: what each CPU of this machine is able to do at the moment, by the kernel's word.
 */
#ifndef KTSTR_HOST_CPU_STATE_H
#define KTSTR_HOST_CPU_STATE_H

#include "host/host.h"

/* By number, up to `count`. `states` is all zeros, or what a call before has made of it: a file
 * that was not there then is not tried again, as a machine without them would pay for each of them
 * at every look. `folder` is /sys/devices/system/cpu; one that does not tell which CPUs are online
 * has all of them online. */
void cpu_state_read(const char *folder, struct cpu_state *states, int count);

#endif
