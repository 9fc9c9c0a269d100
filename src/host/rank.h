/*
 * rank: keeps the process that leads a run ahead of the tasks that it judges. A scheduler that
 * starves its tasks would starve this one as well, and every step would take longer than written.
 *
 * Where it may, the process waits under SCHED_FIFO. So that it is no hindrance itself, its CPU time
 * is reckoned before each wait and each look for signals: beyond BURST_NS at once and one part in
 * SHARE of the time it falls back to the policy it came with, until it has rested. A single op that
 * takes longer, a spawn of a thousand workers, is done ahead. Children have the usual policy
 * (SCHED_OTHER, nice 0) from the start, SCHED_RESET_ON_FORK of sched(7), unless it is shared.
 *
 * A process that came with a policy or a nice value of its own keeps it, and so does one that has no
 * right to more. For the thread that calls, which has to be the process's only one.
 */
#ifndef KTSTR_HOST_RANK_H
#define KTSTR_HOST_RANK_H

#include <stdbool.h>
#include <stdint.h>

struct rank {
	bool allowed;
	bool raised;
	int64_t credit_ns; /* CPU time that it may take before it falls back */
	int64_t seen_ns;   /* raw CLOCK_MONOTONIC, and CPU time, when it was reckoned last */
	int64_t cpu_ns;
};

/* Raised from here on, where that is allowed. */
void rank_open(struct rank *rank);
/* Before each wait of so many ns; 0: a mere look whether there is something. */
void rank_rest(struct rank *rank, int64_t rest_ns);
/* Children that are forked between the two are ahead as well, until they call rank_leave(): a new
 * task next to busy ones can be left waiting for 10 s and more. False: it may not be, they are not. */
bool rank_share(struct rank *rank);
void rank_keep(struct rank *rank);
/* In such a child: the usual policy. */
void rank_leave(void);
/* As it was before. */
void rank_close(struct rank *rank);

/* Ahead of all others, for good; the first process of a virtual machine. Errors are ignored. */
void rank_outrank_all(void);

#endif
