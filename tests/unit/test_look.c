/*
 * What a real host tells of processes and groups while they run: workers that compute, sleep, are
 * halted or frozen; processes that come and go; and what it can tell at all.
 */
#include "host/host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static int open_host(void **state, bool cgroups)
{
	struct topology topology;
	struct error error = {0};
	/* For its cpu controller. */
	struct host_options options = {.controllers = 1u << KNOB_quota};
	struct text why = {0};
	*state = NULL;
	if (!topology_read_machine(&topology, &error))
		return -1;
	if (cgroups && !host_cgroup_usable(&why))
		topology_free(&topology);
	else
		*state = cgroups ? host_cgroup_open(&topology, &options, &error)
				 : host_affinity_open(&topology, &options, &error);
	text_free(&why);
	return 0;
}

static int open_affinity(void **state)
{
	return open_host(state, false);
}

static int open_cgroup(void **state)
{
	return open_host(state, true);
}

static int close_host(void **state)
{
	if (*state)
		host_close(*state);
	return 0;
}

static void wait_for(struct host *host, int64_t ns)
{
	struct host_wake wake;
	host->verbs->wait(host, host->verbs->now(host) + ns, &wake);
}

static int start_worker(struct host *host, enum work_kind kind, int *group)
{
	int first;
	struct host_spawn spawn = {.count = 1, .work = work_default(kind)};
	assert_true(host->verbs->group_create(host, HOST_GROUP_ROOT, "a", group, NULL));
	spawn.group = *group;
	assert_true(host->verbs->spawn(host, &spawn, &first, NULL));
	assert_true(host->verbs->release(host, NULL));
	wait_for(host, 50 * MS);
	return first;
}

/* Looks until the worker is seen as wanted, for 5 s. */
static bool is_seen(struct host *host, int worker, bool runnable, bool halted)
{
	struct worker_look look;
	for (int i = 0; i < 500; i++) {
		assert_true(host->verbs->look(host, worker, true, &look));
		if (look.runnable == runnable && look.halted == halted)
			return true;
		wait_for(host, 10 * MS);
	}
	return false;
}

static void workers_are_seen_as_they_are(void **state)
{
	struct host *host = *state;
	struct worker_look look, later;
	int group;
	if (!host)
		skip();
	int worker = start_worker(host, WORK_cpu_spin, &group);
	assert_true(is_seen(host, worker, true, false));
	assert_true(host->verbs->look(host, worker, true, &look));
	assert_true(cpuset_has(&host->topology.all, look.cpu));
	wait_for(host, 200 * MS);
	assert_true(host->verbs->look(host, worker, false, &later));
	assert_true(later.units > look.units);
	assert_true(host->verbs->group_freeze(host, group, true, NULL));
	assert_true(is_seen(host, worker, false, false)); /* by us, so it wants nothing */
	assert_true(host->verbs->group_freeze(host, group, false, NULL));
	assert_true(is_seen(host, worker, true, false));
	assert_true(host->verbs->stop(host, &worker, 1, NULL));
	assert_false(host->verbs->look(host, worker, true, &look));
}

static void a_halted_worker_would_go_on(void **state)
{
	struct host *host = *state;
	int group;
	if (!host)
		skip();
	int worker = start_worker(host, WORK_cpu_spin, &group);
	assert_true(is_seen(host, worker, true, false));
	/* Its parent is this process, and it is the only child that lives. */
	char children[64] = "";
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(children, sizeof(children), file));
	fclose(file);
	pid_t pid = (pid_t)strtol(children, NULL, 10);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_true(is_seen(host, worker, false, true));
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_true(is_seen(host, worker, true, false));
}

static void a_sleeper_wants_nothing(void **state)
{
	struct host *host = *state;
	int group;
	if (!host)
		skip();
	int worker = start_worker(host, WORK_bursty, &group); /* sleeps for 100 of 150 ms */
	assert_true(is_seen(host, worker, false, false));
	assert_true(is_seen(host, worker, true, false));
}

static void processes_are_told_apart(void **state)
{
	struct host *host = *state;
	uint64_t born, again;
	if (!host)
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_true(host->verbs->process_lives(host, pid, &born));
	assert_true(host->verbs->process_lives(host, pid, &again));
	assert_true(born == again && born > 0);
	kill(pid, SIGKILL);
	siginfo_t info;
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	assert_false(host->verbs->process_lives(host, pid, &again)); /* a zombie */
	waitpid(pid, NULL, 0);
	assert_false(host->verbs->process_lives(host, pid, &again));
}

static void groups_count_what_they_can(void **state)
{
	struct host *host = *state;
	struct error error = {0};
	int64_t before, after, periods = -1;
	int group;
	if (!host)
		skip();
	start_worker(host, WORK_cpu_spin, &group);
	bool tells = host->verbs->can_tell(host, HOST_FIGURE_PRESSURE, &error);
	assert_int_equal(tells, host->verbs->group_pressure(host, group, &before, &error));
	if (tells) {
		assert_true(host->verbs->group_pressure(host, group, &after, NULL));
		assert_true(after >= before);
	} else {
		assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	}
	tells = host->verbs->can_tell(host, HOST_FIGURE_THROTTLING, &error);
	assert_int_equal(tells, host->verbs->group_throttled(host, group, &periods, &error));
	if (tells)
		assert_int_equal(periods, 0);
	else
		assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	if (strcmp(host->info.backend, "affinity") == 0)
		assert_false(tells);
	assert_int_equal(host->verbs->can_tell(host, HOST_FIGURE_NODES, &error),
			 host->topology.node_count > 1);
}

int main(void)
{
#define BOTH(name)                                                                                 \
	{#name " (affinity)", name, open_affinity, close_host, NULL},                              \
	{                                                                                          \
#name " (cgroup)", name, open_cgroup, close_host, NULL                             \
	}
	const struct CMUnitTest tests[] = {
		BOTH(workers_are_seen_as_they_are), BOTH(a_halted_worker_would_go_on),
		BOTH(a_sleeper_wants_nothing),      BOTH(processes_are_told_apart),
		BOTH(groups_count_what_they_can),
	};
	return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
