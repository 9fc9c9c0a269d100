#include "base/histogram.h"

#include <math.h>

int64_t histogram_least(unsigned bucket)
{
	if (bucket < 2 * HISTOGRAM_PARTS)
		return bucket;
	unsigned shift = (bucket >> HISTOGRAM_PART_BITS) - 1;
	return (int64_t)(HISTOGRAM_PARTS + bucket % HISTOGRAM_PARTS) << shift;
}

int64_t histogram_width(unsigned bucket)
{
	return bucket < 2 * HISTOGRAM_PARTS ? 1
					    : INT64_C(1) << ((bucket >> HISTOGRAM_PART_BITS) - 1);
}

static double middle(unsigned bucket)
{
	return (double)histogram_least(bucket) + (double)(histogram_width(bucket) - 1) / 2;
}

struct histogram_octaves histogram_octaves(const struct histogram_count *counts, size_t length)
{
	struct histogram_octaves octaves = {.first = HISTOGRAM_VALUE_BITS};
	for (size_t i = 0; i < length; i++) {
		int64_t least = histogram_least(counts[i].bucket);
		int power = least ? 64 - __builtin_clzll((uint64_t)least) : 0;
		uint64_t *count = &octaves.counts[power];
		*count += counts[i].count;
		octaves.total += counts[i].count;
		octaves.largest = *count > octaves.largest ? *count : octaves.largest;
		octaves.first = power < octaves.first ? power : octaves.first;
		octaves.last = power > octaves.last ? power : octaves.last;
	}
	return octaves;
}

void histogram_add(struct histogram *histogram, unsigned bucket, uint64_t count)
{
	histogram->counts[bucket] += count;
	histogram->count += count;
}

double histogram_quantile(const struct histogram *histogram, double share)
{
	uint64_t rank = (uint64_t)ceil(share * (double)histogram->count), seen = 0;
	rank = rank ? rank : 1;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		seen += histogram->counts[bucket];
		if (seen >= rank)
			return middle(bucket);
	}
	return NAN;
}

double histogram_variation(const struct histogram *histogram)
{
	double count = (double)histogram->count, sum = 0, squares = 0;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
		sum += (double)histogram->counts[bucket] * middle(bucket);
	if (histogram->count < 2 || sum <= 0)
		return NAN;
	double mean = sum / count;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		double off = middle(bucket) - mean;
		squares += (double)histogram->counts[bucket] * off * off;
	}
	return sqrt(squares / count) / mean;
}
