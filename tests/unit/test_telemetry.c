/*
 * Telemetry and the board in one process: what a tick makes of the clock, of the CPU and of what
 * the host has written on the board.
 */
#include "host/pages.h"
#include "host/telemetry.h"
#include "host/worker_child.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

struct bench {
	struct board board;
	struct board_worker *slot;
	struct telemetry telemetry;
	unsigned group;
	int here; /* the CPU that the test runs on */
};

static void pin(int cpu)
{
	struct cpuset mask = {0};
	cpuset_add(&mask, cpu);
	assert_true(worker_set_affinity(0, &mask));
}

static int open_bench(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct cpuset cpus = {0};
	unsigned worker;
	bench->here = sched_getcpu();
	pin(bench->here);
	cpuset_add(&cpus, bench->here);
	if (!board_open(&bench->board, NULL) ||
	    !board_take_group(&bench->board, &cpus, &bench->group, NULL) ||
	    !board_take_worker(&bench->board, &worker, NULL))
		return -1;
	bench->slot = &bench->board.shared->workers[worker];
	bench->slot->group = bench->group;
	bench->slot->released_ns = board_now_ns();
	telemetry_start(&bench->telemetry, bench->board.shared, bench->slot);
	*state = bench;
	return 0;
}

static int close_bench(void **state)
{
	struct bench *bench = *state;
	board_close(&bench->board);
	free(bench);
	return 0;
}

static void pass(int64_t ns)
{
	struct timespec time = {.tv_nsec = ns};
	nanosleep(&time, NULL);
}

static struct cpuset elsewhere(const struct bench *bench)
{
	struct cpuset cpus = {0};
	cpuset_add(&cpus, bench->here + 1);
	return cpus;
}

static void the_grace_ends(void **state)
{
	struct bench *bench = *state;
	struct cpuset cpus = elsewhere(bench);
	board_group_settle(&bench->board, bench->group, &cpus);
	telemetry_tick(&bench->telemetry);
	pass(50 * MS);
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 0);
	pass(60 * MS);
	telemetry_tick(&bench->telemetry);
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 2);
	assert_int_equal(bench->slot->stray_cpu, bench->here);
	assert_in_range(bench->slot->stray_at_ns, 110 * MS, 1000 * MS);
}

static void each_reason_to_be_elsewhere_has_its_grace(void **state)
{
	struct bench *bench = *state;
	struct cpuset cpus = elsewhere(bench);
	unsigned other;
	assert_true(board_take_group(&bench->board, &cpus, &other, NULL));
	pass(110 * MS);
	bench->slot->moved_ns = board_now_ns(); /* moved there just now */
	bench->slot->group = other;
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 0);
	pass(110 * MS);
	bench->slot->resumed_ns = board_now_ns(); /* thawed just now */
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 0);
	pass(110 * MS);
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 1);
	bench->slot->group = bench->group; /* back: nothing is remembered */
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 1);
}

static void nobody_is_judged_while_a_change_goes_on(void **state)
{
	struct bench *bench = *state;
	struct cpuset cpus = elsewhere(bench);
	board_group_settle(&bench->board, bench->group, &cpus);
	pass(110 * MS);
	board_group_unsettle(&bench->board, bench->group);
	telemetry_tick(&bench->telemetry);
	bench->slot->moved_ns = BOARD_IN_FLUX;
	board_group_settle(&bench->board, bench->group, &cpus);
	pass(110 * MS);
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 0);
	bench->slot->moved_ns = 0;
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->strays, 1);
}

static void a_gap_is_the_time_between_ticks(void **state)
{
	struct bench *bench = *state;
	telemetry_tick(&bench->telemetry);
	pass(30 * MS);
	telemetry_tick(&bench->telemetry);
	pass(10 * MS);
	telemetry_tick(&bench->telemetry);
	assert_in_range(bench->slot->gap_ns, 30 * MS, 300 * MS);
	assert_in_range(bench->slot->gap_at_ns, 30 * MS, 350 * MS);
	assert_int_equal(bench->slot->gap_cpu, bench->here);
	int64_t before = bench->slot->gap_ns;
	pass(400 * MS);
	telemetry_restart(&bench->telemetry);
	assert_int_equal(bench->slot->gap_ns, before);
	pass(400 * MS);
	bench->slot->resumed_ns = board_now_ns(); /* it was frozen */
	telemetry_tick(&bench->telemetry);
	assert_int_equal(bench->slot->gap_ns, before);
}

static void a_sleep_is_no_gap_but_waking_late_is(void **state)
{
	struct bench *bench = *state;
	telemetry_tick(&bench->telemetry);
	telemetry_sleep(&bench->telemetry, 60 * MS);
	assert_true(bench->slot->gap_ns < 50 * MS);
	assert_true(bench->slot->sampled_ns - bench->slot->released_ns >= 60 * MS);
	telemetry_sleep(&bench->telemetry, -70 * MS); /* it should have been awake since then */
	assert_in_range(bench->slot->gap_ns, 70 * MS, 700 * MS);
}

static uint64_t waits_between(const struct bench *bench, int64_t least, int64_t most)
{
	const struct board_detail *detail = bench->telemetry.detail;
	uint64_t count = 0;
	for (unsigned bucket = histogram_bucket(least); bucket <= histogram_bucket(most); bucket++)
		count += detail->wakes[bucket];
	return count;
}

static void wake_latency_counts_from_the_intended_time(void **state)
{
	struct bench *bench = *state;
	telemetry_sleep(&bench->telemetry, 20 * MS);
	assert_int_equal(bench->slot->waits, 1);
	assert_int_equal(waits_between(bench, 0, 15 * MS), 1); /* not the sleep itself */
	telemetry_tick(&bench->telemetry);
	pass(40 * MS);
	telemetry_wake(&bench->telemetry, board_now_ns() - 30 * MS);
	assert_int_equal(bench->slot->waits, 2);
	assert_int_equal(waits_between(bench, 30 * MS, 300 * MS), 1);
	assert_in_range(bench->slot->wake_most_ns, 30 * MS, 300 * MS);
	assert_in_range(bench->slot->gap_ns, 30 * MS, 300 * MS);
	assert_true(bench->slot->wake_most_at_ns >= 60 * MS);
	telemetry_wake(&bench->telemetry,
		       board_now_ns() + 3600 * 1000 * MS); /* early is not late */
	assert_int_equal(bench->slot->waits, 3);
	assert_int_equal(waits_between(bench, 0, 0), 1);
	int64_t before = bench->slot->gap_ns;
	pass(400 * MS);
	bench->slot->resumed_ns = board_now_ns(); /* it was frozen */
	telemetry_wake(&bench->telemetry, board_now_ns() - 390 * MS);
	assert_int_equal(waits_between(bench, 350 * MS, 4000 * MS), 0);
	assert_int_equal(bench->slot->gap_ns, before);
}

static void a_wake_before_the_last_tick_is_no_gap_before_it(void **state)
{
	struct bench *bench = *state;
	telemetry_tick(&bench->telemetry);
	telemetry_wake(&bench->telemetry, board_now_ns() - 5000 * MS);
	assert_true(bench->slot->gap_ns < 1000 * MS);
	assert_int_equal(waits_between(bench, 5000 * MS, 50000 * MS), 1);
}

static void *hog(void *data)
{
	struct bench *bench = data;
	pin(bench->here);
	while (!telemetry_stopped(&bench->telemetry))
		;
	return NULL;
}

/* Two that compute on one CPU wait for each other; the sum that the kernel counts is told, and a
 * single wait of it is no longer than the time between two ticks. */
static void waiting_for_a_cpu_is_told(void **state)
{
	struct bench *bench = *state;
	pthread_t thread;
	if (bench->slot->delay_ns < 0)
		skip();
	assert_int_equal(pthread_create(&thread, NULL, hog, bench), 0);
	for (int64_t end = board_now_ns() + 600 * MS; board_now_ns() < end;)
		telemetry_tick(&bench->telemetry);
	bench->slot->stop = 1;
	pthread_join(thread, NULL);
	telemetry_end(&bench->telemetry);
	assert_in_range(bench->slot->delay_ns, 100 * MS, 5000 * MS);
	assert_true(bench->slot->slices > 2);
	assert_true(bench->slot->delay_most_ns <= bench->slot->delay_ns);
	assert_true(bench->slot->delay_most_ns <= bench->slot->gap_ns);
	assert_true(bench->slot->delay_most_ns >= bench->slot->delay_ns / bench->slot->slices);
}

static void the_newest_moves_are_kept(void **state)
{
	struct bench *bench = *state;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip();
	for (int i = 0; i < 3 * BOARD_MOVES; i++) {
		pin(i % 2);
		telemetry_tick(&bench->telemetry);
	}
	pin(bench->here);
	uint64_t count = bench->slot->migrations;
	assert_true(count >= 3 * BOARD_MOVES - 1);
	int64_t before = 0;
	for (uint64_t number = count - BOARD_MOVES; number < count; number++) {
		const struct board_move *move =
			&bench->telemetry.detail->moves[number % BOARD_MOVES];
		assert_int_equal(move->from_cpu + move->to_cpu, 1);
		assert_true(move->at_ns >= before);
		before = move->at_ns;
	}
}

static void pages_are_counted_by_node(void **state)
{
	(void)state;
	uint64_t counts[3] = {0};
	pages_count_line("7f0000000000 default anon=30 dirty=30 N0=10 N2=20 kernelpagesize_kB=4",
			 counts, 3);
	pages_count_line("7f1000000000 default heap anon=3 dirty=3 N1=3 N7=9 kernelpagesize_kB=4",
			 counts, 3);
	pages_count_line("7f2000000000 default file=/lib/N0=5/libc.so mapped=99 N0=99", counts, 3);
	assert_int_equal(counts[0], 10);
	assert_int_equal(counts[1], 3);
	assert_int_equal(counts[2], 20);
	memset(counts, 0, sizeof(counts));
	if (pages_count(counts, 3) >= 0)
		assert_true(counts[0] + counts[1] + counts[2] > 10);
}

static void *stop_soon(void *data)
{
	struct bench *bench = data;
	pass(30 * MS);
	bench->slot->stop = 1;
	board_futex_wake_all(&bench->slot->stop);
	return NULL;
}

static void a_request_to_stop_ends_a_sleep(void **state)
{
	struct bench *bench = *state;
	pthread_t thread;
	int64_t start = board_now_ns();
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, bench), 0);
	telemetry_sleep(&bench->telemetry, 3600 * 1000 * MS);
	pthread_join(thread, NULL);
	assert_true(telemetry_stopped(&bench->telemetry));
	assert_true(board_now_ns() - start < 5000 * MS);
	assert_true(bench->slot->gap_ns < 3000 * MS);
	assert_true(bench->slot->sampled_ns <= board_now_ns());
}

static void light_ticks_see_gaps_too(void **state)
{
	struct bench *bench = *state;
	telemetry_tick_light(&bench->telemetry);
	pass(30 * MS);
	bench->telemetry.units = 7;
	telemetry_tick_light(&bench->telemetry);
	assert_in_range(bench->slot->gap_ns, 30 * MS, 300 * MS);
	assert_int_equal(bench->slot->units, 7);
	bench->telemetry.units = 8;
	for (int i = 0; i < 64; i++)
		telemetry_tick_light(&bench->telemetry);
	assert_int_equal(bench->slot->units, 8);
}

static void cpus_and_migrations_are_counted(void **state)
{
	struct bench *bench = *state;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip();
	assert_int_equal(bench->slot->migrations, 0);
	for (int i = 0; i < 4; i++) {
		pin(i % 2);
		telemetry_tick(&bench->telemetry);
	}
	pin(bench->here);
	assert_in_range(bench->slot->migrations, 3, 4);
	assert_int_equal(bench->slot->cpus[0] & 3, 3);
}

static void cpu_time_is_told_now_and_then(void **state)
{
	struct bench *bench = *state;
	int64_t end = board_now_ns() + 70 * MS;
	while (board_now_ns() < end)
		telemetry_tick(&bench->telemetry);
	assert_in_range(bench->slot->cpu_ns, 1 * MS, 70 * MS);
	telemetry_end(&bench->telemetry);
	assert_int_equal(bench->slot->state, BOARD_STATE_DONE);
	assert_int_equal(bench->slot->ended_ns, bench->slot->sampled_ns);
}

static void the_board_has_its_limits(void **state)
{
	struct bench *bench = *state;
	struct error error = {0};
	struct cpuset cpus = {0};
	unsigned number = 0, last = 0;
	for (int i = 1; i < BOARD_GROUPS; i++)
		assert_true(board_take_group(&bench->board, &cpus, &last, &error));
	assert_false(board_take_group(&bench->board, &cpus, &number, &error));
	assert_string_equal(error.message, "there can be no more than 8192 cgroups at a time");
	board_give_group(&bench->board, last);
	assert_true(board_take_group(&bench->board, &cpus, &number, &error));
	assert_int_equal(number, last);
	bench->slot->units = 3; /* a slot that is given again starts from 0 */
	board_give_worker(&bench->board, 0);
	assert_true(board_take_worker(&bench->board, &number, &error));
	assert_int_equal(bench->board.shared->workers[number].units, 0);
}

static void a_slot_that_is_given_again_has_no_waits(void **state)
{
	struct bench *bench = *state;
	unsigned number;
	telemetry_wake(&bench->telemetry, board_now_ns());
	assert_int_equal(waits_between(bench, 0, INT64_MAX), 1);
	board_give_worker(&bench->board, 0);
	assert_true(board_take_worker(&bench->board, &number, NULL));
	assert_int_equal(number, 0);
	assert_int_equal(bench->slot->waits, 0);
	assert_int_equal(waits_between(bench, 0, INT64_MAX), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(the_grace_ends),
		TEST(each_reason_to_be_elsewhere_has_its_grace),
		TEST(nobody_is_judged_while_a_change_goes_on),
		TEST(a_gap_is_the_time_between_ticks),
		TEST(a_sleep_is_no_gap_but_waking_late_is),
		TEST(a_request_to_stop_ends_a_sleep),
		TEST(light_ticks_see_gaps_too),
		TEST(cpus_and_migrations_are_counted),
		TEST(cpu_time_is_told_now_and_then),
		TEST(the_board_has_its_limits),
		TEST(wake_latency_counts_from_the_intended_time),
		TEST(a_wake_before_the_last_tick_is_no_gap_before_it),
		TEST(waiting_for_a_cpu_is_told),
		TEST(the_newest_moves_are_kept),
		TEST(pages_are_counted_by_node),
		TEST(a_slot_that_is_given_again_has_no_waits),
	};
	return cmocka_run_group_tests_name("telemetry", tests, NULL, NULL);
}
