/*
 * What the cgroup back end adds to the system calls that it cannot do without. Each figure is the
 * median of rounds in which host and bare calls take turns; a ratio above its limit ends this with
 * 1, cgroups that cannot be written end it with 0 and a line that says so.
 */
#include "host/host_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 11, GROUPS = 200, TASKS = 1000 };

static struct {
	struct host *host;
	struct cgroup_host *cgroup;
	int groups[GROUPS];
	int first;         /* of TASKS workers */
	pid_t pids[TASKS]; /* of as many bare processes; 0: ended */
	int a;             /* groups to move them between */
	int b;
} bench;
static struct error error; /* of the host's last refusal */

static void end_bare(void)
{
	for (int i = 0; i < TASKS; i++) {
		if (bench.pids[i] > 0)
			kill(bench.pids[i], SIGKILL);
	}
	for (int i = 0; i < TASKS; i++) {
		if (bench.pids[i] > 0)
			waitpid(bench.pids[i], NULL, 0);
		bench.pids[i] = 0;
	}
}

/* Whatever ends this, the cgroups and processes that it made go with it. */
static _Noreturn void end(int code)
{
	end_bare();
	host_close(bench.host);
	exit(code);
}

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "bench_cgroup: %s: %s\n", what, why);
	end(1);
}

/* Of a call to the host. */
static void must(bool done, const char *what)
{
	if (!done)
		fail(what, error.message);
}

/* Of a bare system call. */
static void must_bare(bool done, const char *what)
{
	if (!done)
		fail(what, strerror(errno));
}

/* The host has Ctrl-C and its like wait for a look. */
static void look_for_signals(void)
{
	struct host_wake wake;
	bench.host->verbs->wait(bench.host, 0, &wake);
	if (wake.reason == HOST_WAKE_SIGNAL)
		end(128 + wake.signal);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), ascending);
	return values[ROUNDS / 2];
}

typedef void turn(void);

static double time_us(turn *run)
{
	int64_t start = board_now_ns();
	run();
	return (double)(board_now_ns() - start) / 1e3;
}

/* Bare calls are made as any process makes them, not under the rank that the host has taken. */
static double bare_us(turn *run)
{
	struct rank *rank = &bench.cgroup->real.waiter.rank;
	rank_close(rank);
	double us = time_us(run);
	rank_open(rank);
	return us;
}

static bool compare(const char *name, turn *host, turn *bare, double limit)
{
	double hosts[ROUNDS], bares[ROUNDS];
	host(); /* warm */
	bare();
	for (int i = 0; i < ROUNDS; i++) {
		look_for_signals();
		hosts[i] = time_us(host);
		bares[i] = bare_us(bare);
	}
	double ours = median(hosts), theirs = median(bares), ratio = ours / theirs;
	bool within = ratio <= limit;
	printf("%-44s %16.3g x      <= %g  %s   (%.0f us, bare %.0f us)\n", name, ratio, limit,
	       within ? "ok" : "TOO MUCH", ours, theirs);
	return within;
}

static void host_groups(void)
{
	struct knob_value value = {0};
	char name[16];
	cpuset_add(&value.set, cpuset_next(&bench.host->topology.all, -1));
	for (int i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "cell_%d", i);
		must(bench.host->verbs->group_create(bench.host, HOST_GROUP_ROOT, name,
						     &bench.groups[i], &error) &&
			     bench.host->verbs->knob_set(bench.host, bench.groups[i], KNOB_cpus,
							 &value, &error),
		     "create");
	}
	for (int i = 0; i < GROUPS; i++)
		must(bench.host->verbs->group_remove(bench.host, bench.groups[i], &error),
		     "remove");
}

/* The same directories and files, in the same hierarchies. */
static void bare_groups(void)
{
	char name[64], list[16];
	int length = snprintf(list, sizeof(list), "%d", cpuset_next(&bench.host->topology.all, -1));
	for (int i = 0; i < GROUPS; i++) {
		for (int r = 0; r < bench.cgroup->root_count; r++) {
			snprintf(name, sizeof(name), "cell_%d", i);
			must_bare(mkdirat(bench.cgroup->roots[r].fd, name, 0755) == 0, "mkdir");
		}
		snprintf(name, sizeof(name), "cell_%d/cpuset.cpus", i);
		int fd = openat(bench.cgroup->roots[0].fd, name, O_WRONLY | O_CLOEXEC);
		must_bare(fd >= 0 && write(fd, list, (size_t)length) == length, "write");
		close(fd);
	}
	for (int i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "cell_%d", i);
		for (int r = 0; r < bench.cgroup->root_count; r++)
			must_bare(unlinkat(bench.cgroup->roots[r].fd, name, AT_REMOVEDIR) == 0,
				  "rmdir");
	}
}

static void host_moves(void)
{
	const int ways[][2] = {{bench.a, bench.b}, {bench.b, bench.a}};
	for (int i = 0; i < 2; i++) {
		int64_t moved;
		must(bench.host->verbs->move(bench.host, ways[i][0], ways[i][1], -1, &moved,
					     &error),
		     "move");
		if (moved != TASKS)
			fail("move", "not all tasks went");
	}
}

static void bare_move(const char *to)
{
	int fds[HIERARCHIES_MAX];
	for (int r = 0; r < bench.cgroup->root_count; r++)
		fds[r] = openat(bench.cgroup->roots[r].fd, to, O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < TASKS; i++) {
		char pid[16];
		int length =
			snprintf(pid, sizeof(pid), "%d",
				 worker_pool_get(&bench.cgroup->real.pool, bench.first + i)->pid);
		for (int r = 0; r < bench.cgroup->root_count; r++)
			must_bare(write(fds[r], pid, (size_t)length) == length, "attach");
	}
	for (int r = 0; r < bench.cgroup->root_count; r++)
		close(fds[r]);
}

static void bare_moves(void)
{
	bare_move("b/cgroup.procs");
	bare_move("a/cgroup.procs");
}

static void host_spawns(void)
{
	/* They sleep, so that what they do does not delay those that make them. */
	struct work work = {.kind = WORK_sequence,
			    .phase_count = 1,
			    .phases = {{.kind = PHASE_sleep, .length_ns = INT64_C(3600000000000)}}};
	struct host_spawn wanted = {.group = bench.a, .count = TASKS, .work = work};
	must(bench.host->verbs->spawn(bench.host, &wanted, &bench.first, &error), "spawn");
	must(bench.host->verbs->release(bench.host, &error), "release");
}

static void end_spawned(void)
{
	int workers[TASKS];
	for (int i = 0; i < TASKS; i++)
		workers[i] = bench.first + i;
	must(bench.host->verbs->stop(bench.host, workers, TASKS, &error), "stop");
}

/* The plain way: fork, and write each pid to the group's files. */
static void bare_spawns(void)
{
	pid_t *pids = bench.pids;
	int fds[HIERARCHIES_MAX];
	for (int r = 0; r < bench.cgroup->root_count; r++)
		fds[r] = openat(bench.cgroup->roots[r].fd, "a/cgroup.procs", O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < TASKS; i++) {
		char pid[16];
		pids[i] = fork();
		must_bare(pids[i] >= 0, "fork");
		if (pids[i] == 0) {
			pause();
			_exit(0);
		}
		int length = snprintf(pid, sizeof(pid), "%d", (int)pids[i]);
		for (int r = 0; r < bench.cgroup->root_count; r++)
			must_bare(write(fds[r], pid, (size_t)length) == length, "attach");
	}
	for (int r = 0; r < bench.cgroup->root_count; r++)
		close(fds[r]);
}

/* From the release to the first tick of the last worker. */
static double start_us(void)
{
	int64_t last = 0;
	for (int i = 0; i < TASKS; i++) {
		const struct worker_report *report =
			bench.host->verbs->report(bench.host, bench.first + i);
		last = report->start_ns > last ? report->start_ns : last;
	}
	return (double)last / 1e3;
}

static bool compare_spawns(double limit)
{
	double hosts[ROUNDS], bares[ROUNDS], starts[ROUNDS], stops[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		look_for_signals();
		hosts[i] = time_us(host_spawns);
		stops[i] = time_us(end_spawned);
		starts[i] = start_us();
		bares[i] = bare_us(bare_spawns);
		end_bare();
	}
	double ours = median(hosts), theirs = median(bares), ratio = ours / theirs;
	bool within = ratio <= limit;
	printf("%-44s %16.3g x      <= %g  %s   (%.0f us, bare %.0f us)\n",
	       "spawn, release of 1000 / fork and attach", ratio, limit, within ? "ok" : "TOO MUCH",
	       ours, theirs);
	printf("%-44s %16.3g ms\n", "  the last one's first tick after that", median(starts) / 1e3);
	printf("%-44s %16.3g ms\n", "stop of 1000, all reports made", median(stops) / 1e3);
	return within;
}

/* What one worker has for itself, in KiB. */
static long private_kib(pid_t pid)
{
	char path[64], line[256];
	long sum = 0, part;
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Private_Clean: %ld", &part) == 1 ||
		    sscanf(line, "Private_Dirty: %ld", &part) == 1)
			sum += part;
	}
	if (file)
		fclose(file);
	return sum;
}

static struct host *open_host(void)
{
	struct topology topology;
	struct host *host = NULL;
	if (topology_read_machine(&topology, &error))
		host = host_cgroup_open(&topology, &(struct host_options){0}, &error);
	must(host, "open");
	return host;
}

static void open_and_close(void)
{
	host_close(open_host());
}

int main(void)
{
	struct text why = {0};
	if (!host_cgroup_usable(&why)) {
		printf("bench_cgroup: skipped: %s", text_string(&why));
		text_free(&why);
		return 0;
	}
	double times[ROUNDS];
	for (int i = 0; i < ROUNDS; i++)
		times[i] = time_us(open_and_close);
	printf("%-44s %16.3g ms\n", "host: topology, open, close", median(times) / 1e3);

	bench.host = open_host();
	bench.cgroup = cgroup_host_of(bench.host);
	const struct host_verbs *verbs = bench.host->verbs;
	bool ok = compare("create + cpuset + remove, 200 groups / bare", host_groups, bare_groups,
			  1.5);
	must(verbs->group_create(bench.host, HOST_GROUP_ROOT, "a", &bench.a, &error), "create");
	must(verbs->group_create(bench.host, HOST_GROUP_ROOT, "b", &bench.b, &error), "create");
	ok &= compare_spawns(1.3);
	host_spawns();
	long kib = private_kib(
		worker_pool_get(&bench.cgroup->real.pool, bench.first + TASKS / 2)->pid);
	printf("%-44s %16ld KiB    <= 200  %s\n", "private memory of a worker", kib,
	       kib <= 200 ? "ok" : "TOO MUCH");
	ok &= kib <= 200;
	ok &= compare("2 moves of 1000 tasks / bare writes", host_moves, bare_moves, 1.5);
	end(ok ? 0 : 1);
}
