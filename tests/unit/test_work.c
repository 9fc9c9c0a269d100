/* Kinds of work as data: sizes of groups, how they are written, what can be compared. */
#include "host/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_written(const struct work *work, const char *expected)
{
	struct text text = {0};
	work_put(&text, work);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void groups_follow_their_parameters(void **state)
{
	(void)state;
	static const struct {
		enum work_kind kind;
		int64_t first, members;
		const char *said;
	} cases[] = {
		{WORK_cpu_spin, 0, 1, "1"},
		{WORK_pipe_io, 5, 2, "2"},
		{WORK_cache_pipe, 65536, 2, "2"},
		{WORK_futex_ping_pong, 7, 2, "2"},
		{WORK_futex_fan_out, 9, 10, "1 + fan_out"},
		{WORK_fan_out_compute, 1, 2, "1 + fan_out"},
		{WORK_mutex_contention, 3, 3, "contenders"},
		/* What a damaged program may hold. */
		{WORK_mutex_contention, -3, 1, "contenders"},
		{WORK_futex_fan_out, INT64_MAX, INT64_MAX, "1 + fan_out"},
		{WORK_sequence, 0, 1, "1"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text text = {0};
		struct work work = work_default(cases[i].kind);
		work.params[0] = cases[i].first;
		assert_int_equal(work_members(&work), cases[i].members);
		work_put_members(&text, cases[i].kind);
		assert_string_equal(text_string(&text), cases[i].said);
		text_free(&text);
	}
}

static void every_kind_has_a_sound_row(void **state)
{
	(void)state;
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++) {
		const struct work_info *info = &work_table[kind];
		assert_int_equal(work_find(info->name), kind);
		assert_int_equal(work_member_param(kind) >= 0, *info->member_param != 0);
		for (int i = 0; info->params[i].name; i++) {
			assert_true(info->params[i].least <= info->params[i].initial);
			assert_true(info->params[i].initial <= info->params[i].most);
		}
	}
	assert_int_equal(work_find("spin"), WORK_COUNT);
	assert_int_equal(phase_find("spin"), PHASE_spin);
	assert_int_equal(phase_find("cpu_spin"), PHASE_COUNT);
}

static void written_as_the_language_does(void **state)
{
	(void)state;
	struct work work = work_default(WORK_cpu_spin);
	assert_written(&work, "cpu_spin");
	work = work_default(WORK_fan_out_compute);
	assert_written(&work, "fan_out_compute(4, 256KiB, 5, 100us)");
	work = work_default(WORK_sequence);
	assert_written(&work, "sequence()");
	work.phases[0] = (struct phase){PHASE_spin, 2000000};
	work.phases[1] = (struct phase){PHASE_io, 1500};
	work.phase_count = 2;
	assert_written(&work, "sequence(spin(2ms), io(1.5us))");
}

static void different_work_is_told_apart(void **state)
{
	(void)state;
	struct work a = work_default(WORK_sequence), b = a;
	a.phases[0] = b.phases[0] = (struct phase){PHASE_spin, 2000000};
	a.phase_count = b.phase_count = 1;
	assert_int_equal(work_compare(&a, &b), 0);
	b.phases[1] = (struct phase){PHASE_sleep, 5}; /* beyond its end */
	assert_int_equal(work_compare(&a, &b), 0);
	b.phases[0].length_ns++;
	assert_true(work_compare(&a, &b) < 0 && work_compare(&b, &a) > 0);
	b.phases[0] = (struct phase){PHASE_yield, 2000000};
	assert_int_not_equal(work_compare(&a, &b), 0);
	b = a;
	b.phase_count = 2;
	assert_int_not_equal(work_compare(&a, &b), 0);
	b = work_default(WORK_cpu_spin);
	assert_int_not_equal(work_compare(&a, &b), 0);
}

static void flags_that_no_machine_takes(void **state)
{
	(void)state;
	const unsigned balancing = MEMPOLICY_NUMA_BALANCING;
	assert_null(mempolicy_fault(MEMPOLICY_DEFAULT, 0));
	assert_null(mempolicy_fault(MEMPOLICY_BIND, MEMPOLICY_STATIC | balancing));
	assert_null(mempolicy_fault(MEMPOLICY_PREFERRED_MANY, MEMPOLICY_RELATIVE | balancing));
	assert_null(mempolicy_fault(MEMPOLICY_LOCAL, 0));
	assert_non_null(mempolicy_fault(MEMPOLICY_DEFAULT, MEMPOLICY_STATIC));
	assert_non_null(mempolicy_fault(MEMPOLICY_BIND, MEMPOLICY_STATIC | MEMPOLICY_RELATIVE));
	assert_non_null(mempolicy_fault(MEMPOLICY_LOCAL, MEMPOLICY_RELATIVE));
	assert_non_null(mempolicy_fault(MEMPOLICY_INTERLEAVE, balancing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_follow_their_parameters),
		cmocka_unit_test(every_kind_has_a_sound_row),
		cmocka_unit_test(written_as_the_language_does),
		cmocka_unit_test(different_work_is_told_apart),
		cmocka_unit_test(flags_that_no_machine_takes),
	};
	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
