/* What ops cannot express: follow how fast workers get on, and give them more CPUs until they have
 * reached what was asked for. Called by follow.kts. */
#include <ktstr.h>

#include <stdlib.h>

/* A worker's body: touch pages, tick after each round. */
KTSTR_WORK(touch_pages, INT)
static void touch_pages(struct ktstr_worker *worker, int64_t pages)
{
	size_t bytes = (size_t)pages * 4096;
	volatile char *memory = malloc(bytes);
	while (memory && !ktstr_worker_stopped(worker)) {
		for (size_t at = 0; at < bytes; at += 4096)
			memory[at]++;
		ktstr_worker_tick(worker, (uint64_t)pages);
	}
	free((void *)memory);
}

/* Begin with one CPU of the group's, look every `turn`, and add one as long as `wanted` units are not
 * done. How many CPUs it took; more than there are is a failure. */
KTSTR_HOOK(follow, INT, CGROUP, CPUSET, INT, DURATION)
static int64_t follow(struct ktstr_context *ctx, const char *group, const struct ktstr_cpuset *cpus,
		      int64_t wanted, int64_t turn_ns)
{
	int most = ktstr_cpuset_count(cpus), count = 1;
	uint64_t done = 0;
	struct ktstr_work work = {.work = "cpu_spin", .workers = most};
	struct ktstr_cpuset now = ktstr_cpuset_slice(cpus, 0, count);
	if (!ktstr_cgroup_set_cpuset(ctx->cgroups, group, &now)) {
		ktstr_add(ctx, ktstr_refused(ctx));
		return 0;
	}
	struct ktstr_handle workers = ktstr_spawn(ctx, group, &work);
	if (!workers.number || !ktstr_release(ctx)) {
		ktstr_add(ctx, ktstr_refused(ctx));
		return 0;
	}
	for (int turns = 0; turns < 100 && done < (uint64_t)wanted; turns++) {
		if (!ktstr_sleep(ctx, turn_ns) || !ktstr_progress(ctx, workers, &done))
			break;
		if (done >= (uint64_t)wanted || count == most)
			continue;
		now = ktstr_cpuset_slice(cpus, 0, ++count);
		if (!ktstr_cgroup_set_cpuset(ctx->cgroups, group, &now))
			break;
	}
	if (done < (uint64_t)wanted)
		ktstr_add(ctx, ktstr_fail(ctx, "%llu of %lld units on %d CPUs",
					  (unsigned long long)done, (long long)wanted, count));
	struct ktstr_checks checks = {.expect = "isolated; no spread"};
	ktstr_add(ctx, ktstr_collect_all(ctx, &workers, 1, &checks));
	return count;
}
