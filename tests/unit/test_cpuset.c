/* Sets of CPUs: the list form of the kernel, walking, cutting. */
#include "base/cpuset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_list(const struct cpuset *set, const char *list)
{
	struct text text = {0};
	cpuset_print(&text, set);
	assert_string_equal(text_string(&text), list);
	text_free(&text);
}

static struct cpuset parsed(const char *list)
{
	struct cpuset set;
	assert_true(cpuset_parse(&set, list));
	return set;
}

static void prints_what_it_parses(void **state)
{
	static const char *const lists[] = {"",      "0",     "0-3",  "0-3,5",
					    "63-64", "1,3,5", "4095", "0-4095"};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct cpuset set = parsed(lists[i]);
		assert_list(&set, lists[i]);
	}
	struct cpuset loose = parsed(" 5,0-1,1-3\n");
	assert_list(&loose, "0-3,5");
	(void)state;
}

static void refuses_garbage(void **state)
{
	static const char *const lists[] = {"a",    "1,",     ",1",          "1-",
					    "-1",   "3-1",    "1 2",         "4096",
					    "1,,2", "0-4096", "99999999999", "1-2-3"};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct cpuset set;
		assert_false(cpuset_parse(&set, lists[i]));
	}
	(void)state;
}

static void walks_in_ascending_order(void **state)
{
	struct cpuset set = parsed("0,63-64,200,4095");
	static const int expected[] = {0, 63, 64, 200, 4095};
	int seen = 0;
	cpuset_for_each (cpu, &set) {
		assert_int_equal(cpu, expected[seen]);
		assert_int_equal(cpuset_nth(&set, seen), cpu);
		seen++;
	}
	assert_int_equal(seen, 5);
	assert_int_equal(cpuset_count(&set), 5);
	assert_int_equal(cpuset_nth(&set, 5), -1);
	assert_int_equal(cpuset_next(&set, 4095), -1);
	(void)state;
}

static void cuts_slices(void **state)
{
	struct cpuset set = parsed("1,3,5,7,9");
	cpuset_slice(&set, &set, 1, 4);
	assert_list(&set, "3,5,7");
	cpuset_slice(&set, &set, 2, 2);
	assert_true(cpuset_empty(&set));
	(void)state;
}

static void combines(void **state)
{
	struct cpuset a = parsed("0-3"), b = parsed("2-5"), out;
	cpuset_or(&out, &a, &b);
	assert_list(&out, "0-5");
	cpuset_and(&out, &a, &b);
	assert_list(&out, "2-3");
	assert_true(cpuset_contains(&a, &out) && cpuset_contains(&b, &out));
	assert_false(cpuset_contains(&out, &a));
	cpuset_minus(&a, &a, &b);
	assert_list(&a, "0-1");
	assert_false(cpuset_intersects(&a, &b));
	assert_false(cpuset_equal(&a, &b));
	cpuset_remove(&a, 0);
	assert_false(cpuset_has(&a, 0));
	assert_true(cpuset_has(&a, 1));
	assert_false(cpuset_has(&a, -1) || cpuset_has(&a, CPUSET_CPUS));
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_what_it_parses),
		cmocka_unit_test(refuses_garbage),
		cmocka_unit_test(walks_in_ascending_order),
		cmocka_unit_test(cuts_slices),
		cmocka_unit_test(combines),
	};
	return cmocka_run_group_tests_name("cpuset", tests, NULL, NULL);
}
