/*
 * sched_ext: what the kernel says of the BPF scheduler that is loaded, if any. Reads
 * /sys/kernel/sched_ext (Documentation/scheduler/sched-ext.rst of Linux 6.12 and later), and
 * /dev/kmsg for the reason of an end.
 */
#ifndef KTSTR_HOST_SCHED_EXT_H
#define KTSTR_HOST_SCHED_EXT_H

#include <stdbool.h>
#include <stdint.h>

struct sched_ext_state {
	bool available;      /* this kernel has sched_ext */
	bool enabled;        /* a scheduler is attached and in charge */
	uint64_t enable_seq; /* how many have been attached since boot */
	char ops[64];        /* name of the one that is, "" for none */
	/* While none is in charge: why the last one is not any more, as the kernel's log has it; ""
	 * where there was none, or the log cannot be read. */
	char reason[320];
	uint64_t reason_number; /* of the log's record that says so: a later one has a higher */
};

void sched_ext_read(struct sched_ext_state *state);

#endif
