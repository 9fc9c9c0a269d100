#include "base/statistics.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT_BELOW = 50 };

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

void statistics_sort(double *values, size_t count)
{
	if (count)
		qsort(values, count, sizeof(*values), compare);
}

double statistics_median(const double *sorted, size_t count)
{
	if (!count)
		return (double)NAN;
	double upper = sorted[count / 2];
	return count % 2 ? upper : (sorted[count / 2 - 1] + upper) / 2;
}

/* Of `count` throws of a coin, `heads` or fewer are heads. */
static double binomial_tail(size_t count, size_t heads)
{
	double sum = 0;
	for (size_t k = 0; k <= heads; k++)
		sum += exp(lgamma((double)count + 1) - lgamma((double)k + 1) -
			   lgamma((double)(count - k) + 1) - (double)count * M_LN2);
	return sum;
}

struct statistics_interval statistics_median_interval(const double *sorted, size_t count,
						      double confidence)
{
	size_t cut = 0; /* values left out at each end */
	if (!count)
		return (struct statistics_interval){(double)NAN, (double)NAN, 0};
	/* The median lies outside when too few values fall on one side of it. */
	while (2 * (cut + 1) < count && 1 - 2 * binomial_tail(count, cut + 1) >= confidence)
		cut++;
	return (struct statistics_interval){sorted[cut], sorted[count - 1 - cut],
					    fmax(0, 1 - 2 * binomial_tail(count, cut))};
}

/* In how many of all arrangements of two samples is U just so large? ways[u], as a share of all.
 * Counted by adding one value of the second sample at a time. */
static double *count_ways(size_t first, size_t second)
{
	size_t most = first * second;
	double *ways = memory_zeroed(most + 1, sizeof(*ways));
	/* The generating function of U is the Gaussian binomial: the product over j from 1 to
	 * `second` of (1 - x^(first + j)) / (1 - x^j). */
	ways[0] = 1;
	for (size_t j = 1; j <= second; j++) {
		for (size_t u = most; u >= first + j; u--)
			ways[u] -= ways[u - first - j];
		for (size_t u = j; u <= most; u++)
			ways[u] += ways[u - j];
	}
	double all = 0;
	for (size_t u = 0; u <= most; u++)
		all += ways[u];
	for (size_t u = 0; u <= most; u++)
		ways[u] /= all;
	return ways;
}

static double exact_p(double u, size_t first, size_t second)
{
	double *ways = count_ways(first, second);
	double most = (double)(first * second), tail = 0;
	/* The distribution is symmetric: twice the shorter tail. */
	double shorter = u < most - u ? u : most - u;
	for (size_t k = 0; k <= (size_t)shorter; k++)
		tail += ways[k];
	free(ways);
	return fmin(1, 2 * tail);
}

/* `ties` is the sum of t^3 - t over all groups of t equal values. */
static double normal_p(double u, double first, double second, double ties)
{
	double all = first + second;
	double distance = fabs(u - first * second / 2);
	double variance = first * second / 12 * (all + 1 - ties / (all * (all - 1)));
	if (variance <= 0)
		return 1;
	double z = fmax(0, distance - 0.5) / sqrt(variance);
	return fmin(1, erfc(z / M_SQRT2));
}

struct entry {
	double value;
	bool first;
};

static int compare_entries(const void *left, const void *right)
{
	return compare(&((const struct entry *)left)->value, &((const struct entry *)right)->value);
}

struct statistics_test statistics_mann_whitney(const double *first, size_t first_count,
					       const double *second, size_t second_count)
{
	size_t all = first_count + second_count;
	if (!first_count || !second_count)
		return (struct statistics_test){.p = 1};
	struct entry *entries = memory_zeroed(all, sizeof(*entries));
	for (size_t i = 0; i < all; i++)
		entries[i] = (struct entry){i < first_count ? first[i] : second[i - first_count],
					    i < first_count};
	qsort(entries, all, sizeof(*entries), compare_entries);
	double ranks = 0, ties = 0;
	for (size_t start = 0, end; start < all; start = end) {
		size_t of_first = 0;
		for (end = start; end < all && entries[end].value <= entries[start].value; end++)
			of_first += entries[end].first;
		double equal = (double)(end - start);
		ranks += (double)of_first * ((double)(start + end) + 1) / 2;
		ties += equal * equal * equal - equal;
	}
	free(entries);
	double n = (double)first_count, m = (double)second_count;
	struct statistics_test test = {.u = ranks - n * (n + 1) / 2};
	test.exact = ties <= 0 && first_count < EXACT_BELOW && second_count < EXACT_BELOW;
	test.p = test.exact ? exact_p(test.u, first_count, second_count)
			    : normal_p(test.u, n, m, ties);
	return test;
}

double statistics_least_p(size_t first_count, size_t second_count)
{
	double n = (double)first_count, m = (double)second_count;
	if (!first_count || !second_count)
		return 1;
	return fmin(1, 2 * exp(lgamma(n + 1) + lgamma(m + 1) - lgamma(n + m + 1)));
}
