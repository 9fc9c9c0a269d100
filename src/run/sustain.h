/*
 * sustain: samples of one metric held against its limit: the largest of them, and the longest time
 * that the limit was exceeded without a break. A limit that is to be exceeded for some time is
 * violated when that is so long. Keeps a few numbers, however long the run.
 */
#ifndef KTSTR_RUN_SUSTAIN_H
#define KTSTR_RUN_SUSTAIN_H

#include <stdbool.h>
#include <stdint.h>

/* Samples in a row that were all beyond the limit. */
struct sustain_stretch {
	int64_t from_ns;
	int64_t to_ns;
	double least;
	double most;
};

/* All zero: nothing yet. */
struct sustain {
	bool seen;
	double most;
	int64_t most_at_ns;
	bool open; /* the last sample was beyond the limit, and belongs to `now` */
	struct sustain_stretch now;
	bool violated;
	struct sustain_stretch worst; /* the longest that violated the limit */
};

/* A sample that holds for the time from `from_ns` to `to_ns` (the same for a moment); `beyond`: it
 * is beyond the limit, which is violated by what lasts for `length_ns`. */
void sustain_add(struct sustain *sustain, int64_t from_ns, int64_t to_ns, double value, bool beyond,
		 int64_t length_ns);

#endif
