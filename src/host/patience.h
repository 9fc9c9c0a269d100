/*
 * patience: how long to wait for something that others do: workers that get ready, processes that
 * end, cgroups that empty.
 *
 * A thousand processes take a thousand times as long as one, and a machine may be stopped as a
 * whole (suspended, moved, snapshotted) while somebody waits. So it is not the time on the clock
 * that runs out, but the time in which nothing moved, and from one look to the next at most
 * PATIENCE_LOOK_NS of it count.
 */
#ifndef KTSTR_HOST_PATIENCE_H
#define KTSTR_HOST_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who waits has to look at least that often; in ns. */
#define PATIENCE_LOOK_NS INT64_C(500000000)

struct patience {
	int64_t whole_ns;
	int64_t left_ns;
	int64_t seen_ns; /* the look before this one, raw CLOCK_MONOTONIC */
	size_t least; /* the smallest number that was still awaited so far; SIZE_MAX: no look yet */
};

/* For as long as `whole_ns` without a movement. */
struct patience patience_of(int64_t whole_ns);
/* From here on something else is waited for, with what is left. */
void patience_turn(struct patience *patience);
/* A look: so many are still awaited. False: it is over. All of it is there anew whenever they are
 * fewer than ever before. */
bool patience_lasts(struct patience *patience, size_t awaited);

#endif
