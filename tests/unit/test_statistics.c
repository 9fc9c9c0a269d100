/*
 * Statistics against figures that others have published: the examples of R's manual (wilcox.test),
 * of scipy's (mannwhitneyu), and the tables of critical values that textbooks print.
 */
#include "base/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double value, double wanted, double relative)
{
	if (!(fabs(value - wanted) <= relative * fabs(wanted)))
		fail_msg("%.10g, and it should be %.10g", value, wanted);
}

/* Hollander & Wolfe (1973), page 69: permeability constants of the human chorioamnion; R gives
 * W = 35 and, one-sided, p = 0.1272. */
static void test_permeability(void **state)
{
	static const double term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
	static const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	(void)state;
	struct statistics_test test =
		statistics_mann_whitney(term, COUNT(term), early, COUNT(early));
	assert_true(test.exact);
	assert_near(test.u, 35, 0);
	assert_near(test.p, 2 * 0.1272, 0.0005);
}

/* New York, 1973: ozone in May and in August, with ties; R gives W = 127.5, p = 0.0001208. */
static void test_ozone(void **state)
{
	static const double may[] = {41, 36, 12, 18, 28, 23, 19, 8, 7,  16, 11, 14,  18,
				     14, 34, 6,  30, 11, 1,  11, 4, 32, 23, 45, 115, 37};
	static const double august[] = {39, 9,  16, 78, 35, 66, 122, 89,  110, 44, 28,  65, 22,
					59, 23, 31, 44, 21, 9,  45,  168, 73,  76, 118, 84, 85};
	(void)state;
	struct statistics_test test =
		statistics_mann_whitney(may, COUNT(may), august, COUNT(august));
	assert_false(test.exact);
	assert_near(test.u, 127.5, 0);
	assert_near(test.p, 0.0001208, 0.0005);
}

/* scipy's manual: ages at the diagnosis of diabetes; U = 17, p = 1/9 exactly. */
static void test_diabetes(void **state)
{
	static const double men[] = {19, 22, 16, 29, 24};
	static const double women[] = {20, 11, 17, 12};
	(void)state;
	struct statistics_test test = statistics_mann_whitney(men, COUNT(men), women, COUNT(women));
	assert_near(test.u, 17, 0);
	assert_near(test.p, 1.0 / 9, 1e-12);
	/* The other way round it is as far from the middle. */
	test = statistics_mann_whitney(women, COUNT(women), men, COUNT(men));
	assert_near(test.u, 3, 0);
	assert_near(test.p, 1.0 / 9, 1e-12);
}

/* Motor Trend, 1974: miles per gallon of cars with automatic and with manual gears, with ties; R
 * gives W = 42, p = 0.001871. */
static void test_cars(void **state)
{
	static const double automatic[] = {21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2,
					   17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7,
					   21.5, 15.5, 15.2, 13.3, 19.2};
	static const double manual[] = {21.0, 21.0, 22.8, 32.4, 30.4, 33.9, 27.3,
					26.0, 30.4, 15.8, 19.7, 15.0, 21.4};
	(void)state;
	struct statistics_test test =
		statistics_mann_whitney(automatic, COUNT(automatic), manual, COUNT(manual));
	assert_false(test.exact);
	assert_near(test.u, 42, 0);
	assert_near(test.p, 0.001871, 0.0005);
}

/* Two samples of these sizes without ties, whose U is `u`. */
static double p_of(size_t n, size_t m, size_t u)
{
	double first[50], second[50];
	for (size_t i = 0; i < m; i++)
		second[i] = (double)i;
	for (size_t i = 0; i < n; i++) {
		size_t below = u > m ? m : u;
		u -= below;
		/* Above `below` values of the second sample, and all of the first one different. */
		first[i] = (double)below - 0.5 - (double)(n - i) * 1e-3;
	}
	return statistics_mann_whitney(first, n, second, m).p;
}

/* The largest U that is significant at 5 %, two-sided. */
static void test_critical_values(void **state)
{
	static const struct {
		size_t n, m, critical;
	} table[] = {{4, 4, 0},  {5, 5, 2},    {6, 6, 5},    {7, 7, 8},    {8, 8, 13},
		     {9, 9, 17}, {10, 10, 23}, {12, 12, 37}, {15, 15, 64}, {20, 20, 127},
		     {4, 10, 5}, {5, 8, 6},    {6, 10, 11},  {8, 12, 22},  {10, 20, 55},
		     {3, 5, 0},  {5, 20, 20},  {7, 15, 24},  {2, 8, 0},    {9, 14, 31}};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		double at = p_of(table[i].n, table[i].m, table[i].critical);
		double above = p_of(table[i].n, table[i].m, table[i].critical + 1);
		if (!(at <= 0.05 && above > 0.05))
			fail_msg("n %zu m %zu: p is %g at %zu and %g above", table[i].n, table[i].m,
				 at, table[i].critical, above);
	}
}

static void test_degenerate(void **state)
{
	static const double same[] = {5, 5, 5, 5, 5, 5};
	(void)state;
	assert_near(statistics_mann_whitney(same, 6, same, 6).p, 1, 0);
	assert_near(statistics_mann_whitney(same, 6, same, 0).p, 1, 0);
	assert_near(statistics_mann_whitney(same, 1, same, 1).p, 1, 0);
	assert_near(statistics_least_p(4, 4), 2.0 / 70, 1e-9);
	assert_near(statistics_least_p(3, 3), 0.1, 1e-9);
	assert_near(statistics_least_p(0, 9), 1, 0);
	assert_true(isnan(statistics_median(same, 0)));
}

static void test_median(void **state)
{
	double values[] = {9, 1, 8, 2, 7, 3, 6, 4, 5, 10};
	(void)state;
	statistics_sort(values, 10);
	assert_near(values[0], 1, 0);
	assert_near(statistics_median(values, 10), 5.5, 0);
	assert_near(statistics_median(values, 9), 5, 0);
	/* The table for the sign test: 10 values, 97.9 % between the second and the ninth; for 95 %
	 * of 20 values the sixth and the fifteenth. */
	struct statistics_interval interval = statistics_median_interval(values, 10, 0.95);
	assert_near(interval.least, 2, 0);
	assert_near(interval.most, 9, 0);
	assert_near(interval.confidence, 0.978515625, 1e-9);
	double many[20];
	for (int i = 0; i < 20; i++)
		many[i] = i + 1;
	interval = statistics_median_interval(many, 20, 0.95);
	assert_near(interval.least, 6, 0);
	assert_near(interval.most, 15, 0);
	assert_near(interval.confidence, 0.9586105346679688, 1e-9);
	/* Five values cannot have 95 %: 1 - 2/32. */
	interval = statistics_median_interval(values, 5, 0.95);
	assert_near(interval.least, 1, 0);
	assert_near(interval.most, 5, 0);
	assert_near(interval.confidence, 0.9375, 1e-9);
	interval = statistics_median_interval(values, 1, 0.95);
	assert_true(interval.confidence < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_permeability),    cmocka_unit_test(test_ozone),
		cmocka_unit_test(test_diabetes),        cmocka_unit_test(test_cars),
		cmocka_unit_test(test_critical_values), cmocka_unit_test(test_degenerate),
		cmocka_unit_test(test_median),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
