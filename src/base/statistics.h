/*
 * statistics: what small samples of unknown distribution allow to say: medians, their confidence
 * intervals, and whether one sample tends to larger values than another. Nothing is taken for an
 * outlier.
 */
#ifndef KTSTR_BASE_STATISTICS_H
#define KTSTR_BASE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* Values in rising order. */
void statistics_sort(double *values, size_t count);

/* Of sorted values; NaN for none. */
double statistics_median(const double *sorted, size_t count);

/* An interval that holds the median of the distribution, from two of the sorted values. */
struct statistics_interval {
	double least;
	double most;
	double confidence; /* what it really has: that of few values cannot reach what was wanted */
};

/* The narrowest symmetric one that has `confidence` at least, by the binomial distribution; of too
 * few values the widest that there is. */
struct statistics_interval statistics_median_interval(const double *sorted, size_t count,
						      double confidence);

struct statistics_test {
	double u; /* pairs in which the first sample's value is the larger; ties count 1/2 */
	double p; /* two-sided */
	bool exact;
};

/* Mann-Whitney U (Wilcoxon's rank sum). Exact for fewer than 50 values on each side without ties,
 * else by the normal distribution, corrected for ties and continuity. p is 1 when all values are
 * the same, and for an empty sample. */
struct statistics_test statistics_mann_whitney(const double *first, size_t first_count,
					       const double *second, size_t second_count);

/* The least p that samples of these sizes can have, however much they differ. */
double statistics_least_p(size_t first_count, size_t second_count);

#endif
