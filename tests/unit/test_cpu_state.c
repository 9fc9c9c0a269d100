/*
 * What the kernel's files tell of CPUs, read from a folder made up as they are.
 */
#include "host/cpu_state.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { CPUS = 4 };

static char folder[] = "/tmp/ktstr-cpu-state-XXXXXX";

/* Folders above it are made, too. */
static void put(const char *name, const char *content)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *slash = strchr(path + sizeof(folder), '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static int make(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int clear(void **state)
{
	char command[300];
	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void nothing_told_is_all_online(void **state)
{
	struct cpu_state states[CPUS] = {0};
	(void)state;
	cpu_state_read("/nonexistent", states, CPUS);
	for (int cpu = 0; cpu < CPUS; cpu++) {
		assert_true(states[cpu].online);
		assert_int_equal(states[cpu].limit_khz, 0);
		assert_int_equal(states[cpu].throttled, 0);
	}
	cpu_state_read(folder, states, CPUS);
	assert_true(states[3].online);
}

/* What a look has not found the next one leaves alone; of a CPU that was not online none has
 * looked. */
static void what_is_not_there_is_not_tried_again(void **state)
{
	struct cpu_state states[CPUS] = {0};
	(void)state;
	put("online", "0-1\n");
	put("cpu1/cpufreq/scaling_max_freq", "2000000\n");
	cpu_state_read(folder, states, CPUS);
	put("online", "0-2\n");
	put("cpu0/cpufreq/scaling_max_freq", "2000000\n");
	put("cpu1/cpufreq/scaling_max_freq", "1000000\n");
	put("cpu2/cpufreq/scaling_max_freq", "3000000\n");
	cpu_state_read(folder, states, CPUS);
	assert_int_equal(states[0].limit_khz, 0);
	assert_int_equal(states[1].limit_khz, 1000000);
	assert_int_equal(states[2].limit_khz, 3000000);
}

static void each_file_is_read(void **state)
{
	struct cpu_state states[CPUS] = {0};
	(void)state;
	put("online", "0-1,3\n");
	put("cpu0/cpufreq/scaling_max_freq", "3600000\n");
	put("cpu0/cpufreq/scaling_cur_freq", "800000\n");
	put("cpu1/cpufreq/scaling_max_freq", "<unknown>\n");
	put("cpu1/thermal_throttle/core_throttle_count", "3\n");
	put("cpu1/thermal_throttle/package_throttle_count", "4\n");
	put("cpu2/cpufreq/scaling_max_freq", "3600000\n");
	cpu_state_read(folder, states, CPUS);
	assert_true(states[0].online && states[1].online && !states[2].online && states[3].online);
	assert_int_equal(states[0].limit_khz, 3600000);
	assert_int_equal(states[1].limit_khz, 0);
	assert_int_equal(states[2].limit_khz, 0);
	assert_int_equal(states[0].throttled, 0);
	assert_int_equal(states[1].throttled, 7);
}

static void what_cannot_be_a_list_tells_nothing(void **state)
{
	struct cpu_state states[CPUS] = {0};
	(void)state;
	put("online", "all\n");
	cpu_state_read(folder, states, CPUS);
	assert_true(states[2].online);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_told_is_all_online),
		cmocka_unit_test(what_is_not_there_is_not_tried_again),
		cmocka_unit_test(each_file_is_read),
		cmocka_unit_test(what_cannot_be_a_list_tells_nothing),
	};
	return cmocka_run_group_tests_name("cpu_state", tests, make, clear);
}
