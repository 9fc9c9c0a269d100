/*
 * histogram: counts of times, in buckets whose width grows with the value (log-linear, the way of
 * HdrHistogram): each power of two is cut into 32, so a bucket is at most 1/32 of its value wide,
 * and its middle is off by 1.6 % at most. Below 64 ns every value has its own bucket; what is
 * longer than 18 minutes goes to the last one. Counts of the same buckets add up, so histograms
 * merge without loss.
 */
#ifndef KTSTR_BASE_HISTOGRAM_H
#define KTSTR_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
	HISTOGRAM_PART_BITS = 5,
	HISTOGRAM_PARTS = 1 << HISTOGRAM_PART_BITS,
	HISTOGRAM_VALUE_BITS = 40,
	HISTOGRAM_BUCKETS = (HISTOGRAM_VALUE_BITS - HISTOGRAM_PART_BITS + 1) * HISTOGRAM_PARTS,
};

struct histogram {
	uint64_t count; /* of all */
	uint64_t counts[HISTOGRAM_BUCKETS];
};

/* One bucket that is not empty; in lists these stand in rising order. */
struct histogram_count {
	uint32_t bucket;
	uint64_t count;
};

/* A list of them, by power of two, as a drawing wants it. */
struct histogram_octaves {
	uint64_t counts[HISTOGRAM_VALUE_BITS +
			1];      /* [n]: of values below 2^n, down to those of [n - 1] */
	uint64_t total, largest; /* of the counts */
	int first, last;         /* where they are not 0 */
};

/* The bucket of a value; a negative one counts as 0. */
static inline unsigned histogram_bucket(int64_t value)
{
	uint64_t rest = value < 0 ? 0 : (uint64_t)value;
	if (rest >> HISTOGRAM_VALUE_BITS)
		return HISTOGRAM_BUCKETS - 1;
	if (rest < 2 * HISTOGRAM_PARTS)
		return (unsigned)rest;
	unsigned shift = 63 - (unsigned)__builtin_clzll(rest) - HISTOGRAM_PART_BITS;
	return (shift << HISTOGRAM_PART_BITS) + (unsigned)(rest >> shift);
}

/* The least value of a bucket, and how many values it holds. */
int64_t histogram_least(unsigned bucket);
int64_t histogram_width(unsigned bucket);

struct histogram_octaves histogram_octaves(const struct histogram_count *counts, size_t length);

void histogram_add(struct histogram *histogram, unsigned bucket, uint64_t count);

/* By nearest rank: the middle of the bucket that holds the value number ceil(share * count) in
 * rising order; NaN if there is none. */
double histogram_quantile(const struct histogram *histogram, double share);
/* Standard deviation of the values over their mean; NaN for fewer than two, or a mean of 0. */
double histogram_variation(const struct histogram *histogram);

#endif
