/* What the kernel refuses a worker, in words: the call, its reason, what would help, and whether
 * this machine could have it at all. */
#include "host/worker_refusal.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_told(const struct host_spawn *spawn, enum board_stage stage, int reason,
			enum error_kind kind, const char *said)
{
	struct error error = {0};
	assert_false(worker_refused(spawn, 0, stage, reason, &error));
	if (!strstr(error.message, said))
		fail_msg("'%s' does not say '%s'", error.message, said);
	assert_int_equal(error.kind, kind);
	assert_false(worker_refused(spawn, 0, stage, reason, NULL));
}

static void rights(void **state)
{
	(void)state;
	struct host_spawn spawn = {.work = work_default(WORK_nice_sweep),
				   .policy = {.kind = POLICY_FIFO, .priority = 3},
				   .nice = -4};
	const enum error_kind refused = ERROR_REFUSED;
	assert_told(&spawn, BOARD_STAGE_POLICY, EPERM, refused,
		    "sched_setscheduler(SCHED_FIFO, 3) was refused: Operation not permitted; needs "
		    "CAP_SYS_NICE");
	assert_told(&spawn, BOARD_STAGE_NICE, EACCES, refused, "nice -4 was refused");
	assert_told(&spawn, BOARD_STAGE_SWEEP, EACCES, refused, "nice_sweep cannot lower");
	assert_told(&spawn, BOARD_STAGE_MEMORY, ENOMEM, refused, "no memory for a worker");
	assert_told(&spawn, BOARD_STAGE_SCRATCH, ENOSPC, refused, "scratch file");
	assert_told(&spawn, BOARD_STAGE_ENTER, ENOSPC, refused, "no CPUs or no memory nodes");
	assert_told(&spawn, BOARD_STAGE_ENTER, EINVAL, refused, "cpu.rt_runtime_us");
	spawn.policy = (struct policy){.kind = POLICY_DEADLINE, .runtime_ns = 1, .period_ns = 2};
	assert_told(&spawn, BOARD_STAGE_POLICY, EBUSY, refused, "too little bandwidth");
	assert_told(&spawn, BOARD_STAGE_POLICY, EPERM, refused, "root domain");
	assert_told(&spawn, BOARD_STAGE_POLICY, EINVAL, refused, "period_max_us");
	assert_told(&spawn, BOARD_STAGE_POLICY, ENOSYS, ERROR_UNAVAILABLE, "SCHED_DEADLINE");
}

static void memory_policies(void **state)
{
	(void)state;
	struct mempolicy policy = {.kind = MEMPOLICY_BIND, .flags = MEMPOLICY_STATIC};
	struct host_spawn spawn = {.work = work_default(WORK_cpu_spin), .mempolicy = &policy};
	cpuset_add(&policy.nodes, 1);
	cpuset_add(&policy.nodes, 2);
	assert_told(
		&spawn, BOARD_STAGE_MEMPOLICY, EINVAL, ERROR_REFUSED,
		"set_mempolicy(MPOL_BIND, nodes 1-2) was refused: Invalid argument; its cpuset");
	assert_told(&spawn, BOARD_STAGE_MEMPOLICY, EPERM, ERROR_REFUSED, "CAP_SYS_NICE");
	assert_told(&spawn, BOARD_STAGE_MEMPOLICY, ENOSYS, ERROR_UNAVAILABLE, "CONFIG_NUMA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights),
		cmocka_unit_test(memory_policies),
	};
	return cmocka_run_group_tests_name("worker_refusal", tests, NULL, NULL);
}
