/* The planned host: the virtual clock, groups and workers as data, refusals, injected faults. */
#include "verbs_case.h"

#include "host/host_plan.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int open_host(void **state)
{
	struct topology topology;
	assert_true(topology_read_text(&topology, "1n2l4c1t", NULL));
	*state = host_plan_open(&topology);
	return 0;
}

static int close_host(void **state)
{
	host_close(*state);
	return 0;
}

static int spawn(struct host *host, int group, int64_t count)
{
	struct host_spawn spawn = {.group = group, .count = count};
	int first = -1;
	assert_true(host->verbs->spawn(host, &spawn, &first, NULL));
	return first;
}

static void time_passes_only_in_wait(void **state)
{
	struct host *host = *state;
	struct host_wake wake;
	assert_int_equal(host->verbs->now(host), 0);
	host->verbs->wait(host, 5000000000, &wake);
	assert_int_equal(wake.reason, HOST_WAKE_TIME);
	assert_int_equal(host->verbs->now(host), 5000000000);
	host->verbs->wait(host, 3, &wake); /* the past: only a look */
	assert_int_equal(host->verbs->now(host), 5000000000);
}

static void cpus_follow_the_parents(void **state)
{
	struct host *host = *state;
	int outer = create(host, HOST_GROUP_ROOT, "outer");
	int middle = create(host, outer, "middle");
	int inner = create(host, middle, "inner");
	assert_cpus(host, inner, "0-7");
	set_cpus(host, inner, "4-7");
	set_cpus(host, outer, "2-5");
	assert_cpus(host, outer, "2-5");
	assert_cpus(host, middle, "2-5");
	assert_cpus(host, inner, "4-5");
	set_cpus(host, outer, "0-1"); /* nothing of 4-7 is left: the parent's set holds */
	assert_cpus(host, inner, "0-1");
	set_cpus(host, outer, NULL);
	assert_cpus(host, inner, "4-7"); /* its own set was not forgotten */
	set_cpus(host, inner, NULL);
	assert_cpus(host, inner, "0-7");
	assert_cpus(host, HOST_GROUP_OUTSIDE, "0-7");
}

static void refuses_as_a_kernel_would(void **state)
{
	struct host *host = *state;
	struct error error = {0};
	int group, first;
	int outer = create(host, HOST_GROUP_ROOT, "outer");
	int inner = create(host, outer, "inner");
	assert_false(host->verbs->group_create(host, HOST_GROUP_ROOT, "outer", &group, &error));
	assert_int_equal(error.number, EEXIST);
	create(host, outer, "outer"); /* the same name elsewhere is another group */
	assert_false(host->verbs->group_remove(host, outer, &error));
	assert_int_equal(error.number, EBUSY);
	int worker = spawn(host, inner, 1);
	assert_false(host->verbs->group_remove(host, inner, &error));
	assert_int_equal(error.number, EBUSY);
	assert_true(host->verbs->stop(host, &worker, 1, &error));
	assert_true(host->verbs->group_remove(host, inner, &error));
	struct host_spawn gone = {.group = inner, .count = 1};
	assert_false(host->verbs->spawn(host, &gone, &first, &error));
	assert_int_equal(error.number, ENOENT);
	assert_true(create(host, outer, "inner") > inner); /* the name is free, the number is not */
	assert_false(host->verbs->group_remove(host, HOST_GROUP_ROOT, &error));
	assert_false(host->verbs->group_create(host, HOST_GROUP_OUTSIDE, "x", &group, &error));
	assert_false(host->verbs->group_freeze(host, HOST_GROUP_OUTSIDE, true, &error));
	char name[300];
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_false(host->verbs->group_create(host, HOST_GROUP_ROOT, name, &group, &error));
	assert_int_equal(error.number, ENAMETOOLONG);
}

static void refuses_an_affinity_outside_the_group(void **state)
{
	struct host *host = *state;
	int group = create(host, HOST_GROUP_ROOT, "a"), first;
	set_cpus(host, group, "0-1");
	struct cpuset masks[2] = {0};
	cpuset_add(&masks[0], 1);
	cpuset_add(&masks[1], 5);
	struct host_spawn wanted = {.group = group, .count = 2, .affinity = masks};
	struct error error = {0};
	assert_false(host->verbs->spawn(host, &wanted, &first, &error));
	assert_non_null(strstr(error.message, "affinity 5 was refused"));
	assert_tasks(host, group, 0);
}

static void moves_the_lowest_numbers_first(void **state)
{
	struct host *host = *state;
	int a = create(host, HOST_GROUP_ROOT, "a"), b = create(host, HOST_GROUP_ROOT, "b");
	int in_a = spawn(host, a, 3), in_b = spawn(host, b, 2), also_a = spawn(host, a, 3);
	int64_t moved;
	assert_true(host->verbs->move(host, a, b, 4, &moved, NULL));
	assert_int_equal(moved, 4);
	assert_int_equal(host->verbs->worker_group(host, in_a + 2), b);
	assert_int_equal(host->verbs->worker_group(host, also_a), b);
	assert_int_equal(host->verbs->worker_group(host, also_a + 1), a);
	assert_tasks(host, a, 2);
	assert_tasks(host, b, 6);
	assert_true(host->verbs->move(host, b, a, 1, &moved, NULL));
	assert_int_equal(host->verbs->worker_group(host, in_a), a);
	assert_true(host->verbs->move(host, b, a, 1000, &moved, NULL));
	assert_int_equal(moved, 5);
	assert_true(host->verbs->move(host, a, a, -1, &moved, NULL));
	assert_tasks(host, a, 8);
	int pair[] = {in_b + 1, in_b};
	assert_true(host->verbs->move_workers(host, pair, 2, HOST_GROUP_OUTSIDE, NULL));
	assert_tasks(host, HOST_GROUP_OUTSIDE, 2);
	assert_tasks(host, a, 6);
}

static void reports_time_and_nothing_else(void **state)
{
	struct host *host = *state;
	struct host_wake wake;
	int group = create(host, HOST_GROUP_ROOT, "a");
	host->verbs->wait(host, 100, &wake);
	int first = spawn(host, group, 1);
	assert_true(host->verbs->release(host, NULL));
	host->verbs->wait(host, 350, &wake);
	int blocked = spawn(host, group, 1), both[] = {first, blocked};
	assert_true(host->verbs->stop(host, both, 2, NULL));
	assert_true(host->verbs->stop(host, both, 2, NULL)); /* again is no error */
	struct worker_report report = *host->verbs->report(host, first);
	assert_true(report.released);
	assert_int_equal(report.wall_ns, 250);
	assert_int_equal(report.group, group);
	assert_int_equal(report.end, WORKER_STOPPED);
	assert_int_equal(report.units, 0);
	report = *host->verbs->report(host, blocked);
	assert_false(report.released);
	assert_int_equal(report.wall_ns, 0);
	assert_int_equal(host->verbs->worker_group(host, first), -1);
}

/* A short program; false at the first refusal. */
static bool run_through(struct host *host, struct error *error)
{
	const struct host_verbs *verbs = host->verbs;
	struct host_spawn wanted = {.count = 2};
	struct cpuset cpus;
	int a, b, first;
	int64_t count;
	if (!verbs->group_create(host, HOST_GROUP_ROOT, "a", &a, error) ||
	    !verbs->group_create(host, HOST_GROUP_ROOT, "b", &b, error) ||
	    !verbs->knob_set(host, a, KNOB_weight, NULL, error) ||
	    !verbs->group_cpus(host, a, &cpus, error))
		return false;
	wanted.group = a;
	if (!verbs->spawn(host, &wanted, &first, error) || !verbs->release(host, error) ||
	    !verbs->group_freeze(host, a, true, error) ||
	    !verbs->move(host, a, b, 1, &count, error))
		return false;
	int workers[] = {first, first + 1};
	return verbs->move_workers(host, workers, 2, b, error) &&
	       verbs->affinity_set(host, workers, 2, NULL, error) &&
	       verbs->group_tasks(host, b, &count, error) && verbs->stop(host, workers, 2, error) &&
	       verbs->group_remove(host, b, error) && verbs->group_remove(host, a, error);
}

static void injects_each_fault_once(void **state)
{
	(void)state;
	static const char *const verbs[] = {
		"group_create", "group_create", "knob_set",     "group_cpus",   "spawn",
		"release",      "group_freeze", "move",         "move_workers", "affinity_set",
		"group_tasks",  "stop",         "group_remove", "group_remove"};
	int n = (int)(sizeof(verbs) / sizeof(verbs[0]));
	for (int i = 0; i <= n; i++) {
		void *fresh;
		struct error error = {0};
		open_host(&fresh);
		host_plan_fail_at(fresh, i + 1);
		assert_int_equal(run_through(fresh, &error), i == n);
		if (i < n) {
			char message[64];
			snprintf(message, sizeof(message), "injected fault in %s", verbs[i]);
			assert_string_equal(error.message, message);
			assert_int_equal(error.kind, ERROR_REFUSED);
			int group; /* the next one is not refused */
			assert_true(((struct host *)fresh)
					    ->verbs->group_create(fresh, HOST_GROUP_ROOT, "c",
								  &group, NULL));
		}
		close_host(&fresh);
	}
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void is_fast_with_many(void **state)
{
	struct host *host = *state;
	double start = seconds();
	enum { GROUPS = 100000, ROUNDS = 20000 };
	char name[16];
	int first = -1;
	for (int i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "cell_%d", i);
		int group = create(host, HOST_GROUP_ROOT, name);
		first = first < 0 ? group : first;
	}
	spawn(host, first, 1000);
	int64_t moved;
	for (int i = 0; i < ROUNDS; i++) {
		assert_true(host->verbs->move(host, first + i % 2, first + (i + 1) % 2, -1, &moved,
					      NULL));
		set_cpus(host, first + i % GROUPS, i % 2 ? "0-3" : "4-7");
	}
	for (int i = 1; i < GROUPS; i++)
		assert_true(host->verbs->group_remove(host, first + i, NULL));
	double took = seconds() - start;
	print_message("# %d groups took %.2f s\n", GROUPS, took);
	assert_true(took < 3.0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_host, close_host)
	const struct CMUnitTest tests[] = {
		TEST(time_passes_only_in_wait),
		TEST(cpus_follow_the_parents),
		TEST(refuses_as_a_kernel_would),
		TEST(refuses_an_affinity_outside_the_group),
		TEST(moves_the_lowest_numbers_first),
		TEST(reports_time_and_nothing_else),
		cmocka_unit_test(injects_each_fault_once),
		TEST(is_fast_with_many),
	};
	return cmocka_run_group_tests_name("host_plan", tests, NULL, NULL);
}
