/*
 * What a large report costs: 10,000 groups with all metrics, in every format under a second, and
 * twice as many in at most two and a half times the memory. Ends with 1 when one is over.
 *
 *     bench_reports [GROUPS]
 */
#include "report/formats.h"
#include "sema/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GROUPS = 10000, BUCKETS = 40, FINDINGS_EVERY = 10 };

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add_group(struct result *result, size_t number, const struct histogram_count *wakes)
{
	char name[32];
	struct worker_result *worker = ARENA_NEW(&result->arena, struct worker_result);
	struct group_result group = {.work = "bursty",
				     .judged = true,
				     .workers = worker,
				     .worker_count = 1,
				     .wakes = wakes,
				     .wake_count = BUCKETS};
	snprintf(name, sizeof(name), "cell_%zu", number);
	group.cgroup = result_text(result, name);
	*worker = (struct worker_result){.pid = (int64_t)number,
					 .wall_ns = 1000000000,
					 .cpu_ns = 300000000,
					 .cpus = "0",
					 .complete = true};
	group.metrics = ARENA_ARRAY(&result->arena, double, METRIC_COUNT);
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		group.metrics[metric] = (double)number * 1234.567 / (metric + 1);
	VECTOR_PUSH(&result->groups, group);
	struct event *event = result_add_event(result, "cgroup");
	event->cgroup = group.cgroup;
	event->cpus = "0-3";
	if (number % FINDINGS_EVERY == 0) {
		struct reason *reason =
			result_add(result, STATUS_FAIL, "gap", SPAN_NONE,
				   "bursty in '%s': gap is 3 s, the limit is 2 s", name);
		reason->cgroup = group.cgroup;
		reason->at_ns = (int64_t)number * 1000;
	}
}

static void fill(struct result *result, size_t groups)
{
	struct histogram_count *wakes =
		ARENA_ARRAY(&result->arena, struct histogram_count, BUCKETS);
	for (uint32_t i = 0; i < BUCKETS; i++)
		wakes[i] = (struct histogram_count){.bucket = 100 + i * 16, .count = i + 1};
	result->name = result->doc = result->category = "large";
	result->span = SPAN_NONE;
	result->duration_ns = 1000000000;
	for (size_t i = 0; i < groups; i++)
		add_group(result, i, wakes);
}

struct cost {
	double seconds;
	long grown_kib; /* of the resident memory */
	size_t bytes;
};

/* In a process of its own, so that its memory is its own. */
static struct cost measure(enum format format, size_t groups)
{
	struct result result = {0};
	struct cost cost = {0};
	struct environment environment = {.kernel = "Linux", .topology = "1n1l4c1t"};
	int ends[2];
	fill(&result, groups);
	struct report report = {.environment = &environment,
				.environment_count = 1,
				.results = &result,
				.count = 1};
	if (pipe(ends))
		return cost;
	pid_t child = fork();
	if (!child) {
		struct rusage before, after;
		struct text out = {0};
		getrusage(RUSAGE_SELF, &before);
		double began = seconds();
		format_put(format, &report, &out);
		cost.seconds = seconds() - began;
		getrusage(RUSAGE_SELF, &after);
		cost.grown_kib = after.ru_maxrss - before.ru_maxrss;
		cost.bytes = out.length;
		_exit(write(ends[1], &cost, sizeof(cost)) != sizeof(cost));
	}
	close(ends[1]);
	if (read(ends[0], &cost, sizeof(cost)) != sizeof(cost))
		cost.seconds = 1e9;
	close(ends[0]);
	waitpid(child, NULL, 0);
	result_free(&result);
	return cost;
}

int main(int count, char **arguments)
{
	size_t groups = count > 1 ? strtoul(arguments[1], NULL, 10) : GROUPS;
	bool fine = true;
	for (enum format format = 0; format < FORMAT_COUNT; format++) {
		struct cost once = measure(format, groups), twice = measure(format, 2 * groups);
		/* A text's room doubles: 2 MiB more or less say nothing. */
		bool linear = (double)twice.grown_kib <= 2.5 * (double)once.grown_kib + 2048;
		bool good = once.seconds < 1 && linear;
		printf("%-10s %zu groups: %.3f s, %.1f MB, memory %ld KiB, of twice as many %ld "
		       "KiB%s\n",
		       format_table[format].name, groups, once.seconds, (double)once.bytes / 1e6,
		       once.grown_kib, twice.grown_kib, good ? "" : "  TOO MUCH");
		fine &= good;
	}
	return fine ? 0 : 1;
}
