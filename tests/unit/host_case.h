/*
 * A real host under test, on either back end: opened for one test, and nothing of it left after.
 */
#ifndef KTSTR_TESTS_HOST_CASE_H
#define KTSTR_TESTS_HOST_CASE_H

#include "verbs_case.h"

#include "host/host_real.h"

#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

typedef struct host *opener(struct topology *, const struct host_options *, struct error *);

static inline struct host *open_with(opener *open, const struct host_options *options)
{
	struct topology topology;
	struct error error = {0};
	assert_true(topology_read_machine(&topology, &error));
	struct host *host = open(&topology, options, &error);
	if (!host)
		fail_msg("%s", error.message);
	return host;
}

static inline int open_affinity(void **state)
{
	*state = open_with(host_affinity_open, &(struct host_options){0});
	return 0;
}

static inline int open_cgroup(void **state)
{
	struct text why = {0};
	*state = NULL;
	if (host_cgroup_usable(&why))
		*state = open_with(host_cgroup_open, &(struct host_options){0});
	else
		print_message("# SKIP cgroups cannot be written: %s", text_string(&why));
	text_free(&why);
	return 0;
}

/* Directories of ours that are still there. */
static inline size_t leftovers(void)
{
	char pattern[64];
	glob_t found;
	snprintf(pattern, sizeof(pattern), "/sys/fs/cgroup/*/ktstr-%d-*", (int)getpid());
	glob(pattern, 0, NULL, &found);
	snprintf(pattern, sizeof(pattern), "/sys/fs/cgroup/ktstr-%d-*", (int)getpid());
	glob(pattern, GLOB_APPEND, NULL, &found);
	size_t count = found.gl_pathc;
	globfree(&found);
	return count;
}

static inline void assert_nothing_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(leftovers(), 0);
}

static inline int close_host(void **state)
{
	host_close(*state);
	assert_nothing_left();
	return 0;
}

/* The host of a test, which ends here where there is none. */
#define HOST(state)                                                                                \
	*(state);                                                                                  \
	if (!*(state))                                                                             \
	skip()

static inline int spawn(struct host *host, int group, int64_t count, struct work work)
{
	struct host_spawn wanted = {.group = group, .count = count, .work = work};
	struct error error = {0};
	int first = -1;
	if (!host->verbs->spawn(host, &wanted, &first, &error))
		fail_msg("%s", error.message);
	return first;
}

static inline void run_for(struct host *host, int64_t ns)
{
	struct host_wake wake;
	assert_true(host->verbs->release(host, NULL));
	host->verbs->wait(host, host->verbs->now(host) + ns, &wake);
	assert_int_equal(wake.reason, HOST_WAKE_TIME);
}

static inline struct worker_report stop_one(struct host *host, int worker)
{
	assert_true(host->verbs->stop(host, &worker, 1, NULL));
	assert_int_equal(host->verbs->worker_group(host, worker), -1);
	return *host->verbs->report(host, worker);
}

static inline pid_t pid_of(struct host *host, int worker)
{
	return worker_pool_get(&((struct real_host *)host)->pool, worker)->pid;
}

static inline const struct board_worker *slot_of(struct host *host, int worker)
{
	return worker_pool_slot(&((struct real_host *)host)->pool, worker);
}

/* Units of work that a running worker has told of so far. */
static inline uint64_t units_of(struct host *host, int worker)
{
	return slot_of(host, worker)->units;
}

/* How long a test waits, on however slow a machine, for what has to come. */
#define DEADLINE_TURNS 500

/* Until a worker has told of work beyond so many units. */
static inline void run_until_beyond(struct host *host, int worker, uint64_t units)
{
	for (int turns = 0; turns < DEADLINE_TURNS && units_of(host, worker) <= units; turns++)
		run_for(host, 20 * MS);
	assert_true(units_of(host, worker) > units);
}

/* Until each of them has told of work. */
static inline void run_until_worked(struct host *host, int first, int count)
{
	for (int turns = 0, worked = 0; turns < DEADLINE_TURNS && worked < count; turns++) {
		const struct board_worker *slot = slot_of(host, first + worked);
		if (slot->units && slot->iterations)
			worked++;
		else
			run_for(host, 20 * MS);
	}
}

static inline bool has_two_cpus(struct host *host)
{
	if (cpuset_has(&host->topology.all, 0) && cpuset_has(&host->topology.all, 1))
		return true;
	print_message("# SKIP this needs CPUs 0 and 1\n");
	return false;
}

/* One test on both back ends. */
#define BOTH(name)                                                                                 \
	{#name " (affinity)", name, open_affinity, close_host, NULL},                              \
	{                                                                                          \
#name " (cgroup)", name, open_cgroup, close_host, NULL                             \
	}

#endif
