/*
 * The histogram of times against the same values sorted: quantiles and variation within what its
 * buckets promise, over several shapes of data; and that merging loses nothing.
 */
#include "base/histogram.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { VALUES = 20000 };

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void buckets_join_without_gaps(void **state)
{
	(void)state;
	int64_t next = 0;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		assert_int_equal(histogram_least(bucket), next);
		next += histogram_width(bucket);
		assert_int_equal(histogram_bucket(histogram_least(bucket)), bucket);
		assert_int_equal(histogram_bucket(next - 1), bucket);
		assert_true(histogram_width(bucket) == 1 ||
			    histogram_width(bucket) * HISTOGRAM_PARTS <= histogram_least(bucket));
	}
	assert_int_equal(next, INT64_C(1) << HISTOGRAM_VALUE_BITS);
	assert_int_equal(histogram_bucket(next), HISTOGRAM_BUCKETS - 1);
	assert_int_equal(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
	assert_int_equal(histogram_bucket(-5), 0);
}

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return a < b ? -1 : a > b;
}

static void check_quantiles(int64_t *values, size_t count, const struct histogram *histogram)
{
	static const double shares[] = {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1};
	qsort(values, count, sizeof(*values), compare);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		size_t rank = (size_t)ceil(shares[i] * (double)count);
		double exact = (double)values[(rank ? rank : 1) - 1];
		double told = histogram_quantile(histogram, shares[i]);
		if (fabs(told - exact) > exact / 62 + 0.5)
			fail_msg("quantile %g is %g, not %g", shares[i], told, exact);
	}
}

static double variation_of(const int64_t *values, size_t count)
{
	double sum = 0, squares = 0;
	for (size_t i = 0; i < count; i++)
		sum += (double)values[i];
	double mean = sum / (double)count;
	for (size_t i = 0; i < count; i++)
		squares += ((double)values[i] - mean) * ((double)values[i] - mean);
	return sqrt(squares / (double)count) / mean;
}

/* Even, with a long tail, in two far clusters, all the same. */
static int64_t shaped(int shape, uint64_t *random)
{
	uint64_t draw = next_random(random);
	switch (shape) {
	case 0:
		return (int64_t)(draw % 10000000);
	case 1:
		return (int64_t)(2000 / ((double)(draw >> 11) / 9007199254740992.0 + 1e-7));
	case 2:
		return (int64_t)(draw % 100 < 98 ? 3000 + draw % 500 : 40000000 + draw % 1000000);
	default:
		return 12345;
	}
}

static void quantiles_are_those_of_the_values(void **state)
{
	(void)state;
	static int64_t values[VALUES];
	static struct histogram histogram;
	uint64_t random = 42;
	for (int shape = 0; shape < 4; shape++) {
		for (size_t count = 1; count <= VALUES; count *= 10) {
			memset(&histogram, 0, sizeof(histogram));
			for (size_t i = 0; i < count; i++) {
				values[i] = shaped(shape, &random);
				histogram_add(&histogram, histogram_bucket(values[i]), 1);
			}
			check_quantiles(values, count, &histogram);
			double exact = variation_of(values, count);
			if (count > 1)
				assert_true(fabs(histogram_variation(&histogram) - exact) <
					    0.02 + 0.05 * exact);
		}
	}
	assert_true(histogram_variation(&histogram) < 1e-9);
}

static void nothing_has_no_quantile(void **state)
{
	(void)state;
	static struct histogram histogram;
	assert_true(isnan(histogram_quantile(&histogram, 0.5)));
	assert_true(isnan(histogram_variation(&histogram)));
	histogram_add(&histogram, histogram_bucket(1000), 1);
	assert_true(isnan(histogram_variation(&histogram)));
	histogram_add(&histogram, histogram_bucket(1000), 1);
	assert_true(histogram_variation(&histogram) < 1e-9);
}

static void merging_loses_nothing(void **state)
{
	(void)state;
	static struct histogram parts[2], merged, whole;
	uint64_t random = 7;
	for (int i = 0; i < VALUES; i++) {
		unsigned bucket = histogram_bucket(shaped(i % 3, &random));
		histogram_add(&parts[i % 2], bucket, 1);
		histogram_add(&whole, bucket, 1);
	}
	for (int part = 0; part < 2; part++) {
		for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
			histogram_add(&merged, bucket, parts[part].counts[bucket]);
	}
	assert_memory_equal(&merged, &whole, sizeof(whole));
	assert_int_equal(whole.count, VALUES);
}

static void octaves_hold_all_of_a_list(void **state)
{
	const struct histogram_count list[] = {
		{histogram_bucket(0), 2},    {histogram_bucket(1), 3},
		{histogram_bucket(5), 4},    {histogram_bucket(7), 1},
		{histogram_bucket(1000), 9}, {histogram_bucket(1023), 1},
		{histogram_bucket(1024), 6},
	};
	(void)state;
	struct histogram_octaves octaves = histogram_octaves(list, sizeof(list) / sizeof(list[0]));
	assert_int_equal(octaves.counts[0], 2);   /* 0 */
	assert_int_equal(octaves.counts[1], 3);   /* 1 */
	assert_int_equal(octaves.counts[3], 5);   /* 4 to 7 */
	assert_int_equal(octaves.counts[10], 10); /* 512 to 1023 */
	assert_int_equal(octaves.counts[11], 6);
	assert_int_equal(octaves.total, 26);
	assert_int_equal(octaves.largest, 10);
	assert_int_equal(octaves.first, 0);
	assert_int_equal(octaves.last, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_join_without_gaps),
		cmocka_unit_test(quantiles_are_those_of_the_values),
		cmocka_unit_test(nothing_has_no_quantile),
		cmocka_unit_test(merging_loses_nothing),
		cmocka_unit_test(octaves_hold_all_of_a_list),
	};
	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
