/* Which CPUs each worker of a spawn asks for. The pool is the effective cpuset of its cgroup. */
#include "run/vm.h"

#include <inttypes.h>

void affinity_pick(struct vm *vm, const struct cpuset *set, int64_t n, struct cpuset *out)
{
	/* Selection sampling: each member is taken with the chance that is left to be filled. */
	struct cpuset picked = {0};
	uint64_t left = (uint64_t)cpuset_count(set), wanted = (uint64_t)n;
	cpuset_for_each (cpu, set) {
		if (wanted && vm_random(vm, left) < wanted) {
			cpuset_add(&picked, cpu);
			wanted--;
		}
		left--;
	}
	*out = picked;
}

/* The part of the pool that lies in the LLC with most of it; the lowest LLC wins a tie. */
static void llc_part(const struct topology *topology, const struct cpuset *pool, struct cpuset *out)
{
	int most = 0;
	for (int i = 0; i < topology->llc_count; i++) {
		struct cpuset part;
		cpuset_and(&part, &topology->llcs[i], pool);
		if (cpuset_count(&part) > most) {
			most = cpuset_count(&part);
			*out = part;
		}
	}
}

void affinity_put(struct text *text, const struct affinity *affinity)
{
	static const char *const names[] = {
		[AFFINITY_INHERIT] = "inherit", [AFFINITY_RANDOM] = "random",
		[AFFINITY_ONE] = "one",         [AFFINITY_SPREAD] = "spread",
		[AFFINITY_LLC] = "llc_aligned", [AFFINITY_SPANNING] = "spanning",
	};
	if (affinity->kind == AFFINITY_SET)
		cpuset_print(text, &affinity->set);
	else
		text_puts(text, names[affinity->kind]);
	if (affinity->kind == AFFINITY_RANDOM && affinity->count)
		text_printf(text, "(%" PRId64 ")", affinity->count);
}

bool affinity_resolve(struct vm *vm, const struct affinity *affinity, int path, int64_t count,
		      struct cpuset *sets)
{
	struct error error;
	struct cpuset pool, common = {0};
	const struct topology *topology = &vm->host->topology;
	if (affinity->kind == AFFINITY_INHERIT)
		return false;
	if (!vm->host->verbs->group_cpus(vm->host, vm_group(vm, path), &pool, &error))
		vm_refused(vm, &error);
	int size = cpuset_count(&pool);
	int64_t each = affinity->count;
	switch (affinity->kind) {
	case AFFINITY_RANDOM:
		if (!each)
			each = size / 2 > 0 ? size / 2 : 1;
		if (each > size)
			vm_end(vm, STATUS_SKIP, "topology",
			       "random(%d) asks for more CPUs than the %d of its cgroup", (int)each,
			       size);
		break;
	case AFFINITY_ONE:
		cpuset_slice(&common, &pool, 0, 1);
		break;
	case AFFINITY_LLC:
		llc_part(topology, &pool, &common);
		break;
	case AFFINITY_SPANNING:
		common = topology->all;
		break;
	case AFFINITY_SET:
		cpuset_and(&common, &affinity->set, &pool);
		if (cpuset_empty(&common))
			vm_end(vm, STATUS_SKIP, "topology",
			       "the affinity has no CPU in common with the cpuset of its cgroup");
		break;
	case AFFINITY_SPREAD:
	case AFFINITY_INHERIT:
		break;
	}
	for (int64_t i = 0; i < count; i++) {
		if (affinity->kind == AFFINITY_RANDOM)
			affinity_pick(vm, &pool, each, &sets[i]);
		else if (affinity->kind == AFFINITY_SPREAD)
			cpuset_slice(&sets[i], &pool, (int)(i % size), (int)(i % size) + 1);
		else
			sets[i] = common;
	}
	return true;
}
