/*
 * The rank of the process that leads a run: ahead while it waits, no hindrance while it computes, and
 * nothing of it in its children. Where this process may not take the rank, that it keeps what it has.
 */
#include "host/rank.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static void compute(int64_t cpu_ns)
{
	struct timespec from, now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	do {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while ((now.tv_sec - from.tv_sec) * 1000 * MS + now.tv_nsec - from.tv_nsec < cpu_ns);
}

/* Of a new child: its policy with what belongs to it, and its nice value. */
static void check_child(int nice)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(sched_getscheduler(0) != SCHED_OTHER || getpriority(PRIO_PROCESS, 0) != nice);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void it_is_ahead_until_it_computes(void **state)
{
	struct rank rank;
	(void)state;
	rank_open(&rank);
	if (!rank.allowed) {
		assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
		rank_rest(&rank, 1000 * MS);
		assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
		rank_close(&rank);
		skip();
	}
	assert_int_equal(sched_getscheduler(0), SCHED_FIFO | SCHED_RESET_ON_FORK);
	check_child(0);
	/* A little work, and it still is. */
	rank_rest(&rank, 0);
	assert_int_equal(sched_getscheduler(0), SCHED_FIFO | SCHED_RESET_ON_FORK);
	/* Ten times its credit. It earns 1/20 of the time that passes, so this would have to take
	 * 4 s, ahead of all others, to be paid for. */
	compute(200 * MS);
	rank_rest(&rank, 0);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
	check_child(0);
	/* A short rest earns little, a long one enough. */
	rank_rest(&rank, 1 * MS);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
	rank_rest(&rank, 10000 * MS);
	assert_int_equal(sched_getscheduler(0), SCHED_FIFO | SCHED_RESET_ON_FORK);
	rank_close(&rank);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

/* A child that is ahead from birth has the usual policy, without a mark, once it has left. */
static void check_shared(struct rank *rank)
{
	int status;
	assert_true(rank_share(rank));
	pid_t pid = fork();
	if (pid == 0) {
		bool ahead = sched_getscheduler(0) == SCHED_FIFO;
		rank_leave();
		_exit(ahead && sched_getscheduler(0) == SCHED_OTHER ? 0 : 1);
	}
	rank_keep(rank);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	check_child(0);
}

static void children_may_share_it(void **state)
{
	struct rank rank;
	(void)state;
	rank_open(&rank);
	if (!rank.allowed) {
		assert_false(rank_share(&rank));
		skip();
	}
	check_shared(&rank);
	assert_int_equal(sched_getscheduler(0), SCHED_FIFO | SCHED_RESET_ON_FORK);
	/* Whoever has fallen back does so again. */
	compute(200 * MS);
	rank_rest(&rank, 0);
	check_shared(&rank);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
	rank_close(&rank);
	assert_false(rank_share(&rank));
}

static void a_rank_that_was_chosen_stays(void **state)
{
	(void)state;
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		struct rank rank;
		bool kept = setpriority(PRIO_PROCESS, 0, 5) == 0;
		rank_open(&rank);
		rank_rest(&rank, 1000 * MS);
		kept = kept && !rank.allowed && sched_getscheduler(0) == SCHED_OTHER;
		rank_close(&rank);
		_exit(kept && getpriority(PRIO_PROCESS, 0) == 5 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	check_child(getpriority(PRIO_PROCESS, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_ahead_until_it_computes),
		cmocka_unit_test(children_may_share_it),
		cmocka_unit_test(a_rank_that_was_chosen_stays),
	};
	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
