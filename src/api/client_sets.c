/* The library's functions that ask nobody: CPU sets and the topology. */
#include "api/public.h"

#include <stdio.h>
#include <string.h>

static struct cpuset *own_set(struct ktstr_cpuset *set)
{
	return (struct cpuset *)set;
}

static bool is_cpu(int cpu)
{
	return cpu >= 0 && cpu < KTSTR_CPUS_MAX;
}

void ktstr_cpuset_add(struct ktstr_cpuset *set, int cpu)
{
	if (is_cpu(cpu))
		cpuset_add(own_set(set), cpu);
}

void ktstr_cpuset_remove(struct ktstr_cpuset *set, int cpu)
{
	if (is_cpu(cpu))
		cpuset_remove(own_set(set), cpu);
}

bool ktstr_cpuset_has(const struct ktstr_cpuset *set, int cpu)
{
	return is_cpu(cpu) && cpuset_has(public_set(set), cpu);
}

int ktstr_cpuset_count(const struct ktstr_cpuset *set)
{
	return cpuset_count(public_set(set));
}

int ktstr_cpuset_next(const struct ktstr_cpuset *set, int after)
{
	return after >= KTSTR_CPUS_MAX - 1 ? -1
					   : cpuset_next(public_set(set), after < -1 ? -1 : after);
}

struct ktstr_cpuset ktstr_cpuset_slice(const struct ktstr_cpuset *set, int first, int end)
{
	struct ktstr_cpuset part = {{0}};
	int at = 0;
	cpuset_for_each (cpu, public_set(set)) {
		if (at >= first && at < end)
			cpuset_add(own_set(&part), cpu);
		at++;
	}
	return part;
}

struct ktstr_cpuset ktstr_cpuset_or(const struct ktstr_cpuset *a, const struct ktstr_cpuset *b)
{
	struct ktstr_cpuset out;
	cpuset_or(own_set(&out), public_set(a), public_set(b));
	return out;
}

struct ktstr_cpuset ktstr_cpuset_and(const struct ktstr_cpuset *a, const struct ktstr_cpuset *b)
{
	struct ktstr_cpuset out;
	cpuset_and(own_set(&out), public_set(a), public_set(b));
	return out;
}

struct ktstr_cpuset ktstr_cpuset_minus(const struct ktstr_cpuset *a, const struct ktstr_cpuset *b)
{
	struct ktstr_cpuset out;
	cpuset_minus(own_set(&out), public_set(a), public_set(b));
	return out;
}

size_t ktstr_cpuset_print(const struct ktstr_cpuset *set, char *text, size_t size)
{
	struct text list = {0};
	cpuset_print(&list, public_set(set));
	size_t length = list.length;
	if (size)
		snprintf(text, size, "%s", text_string(&list));
	text_free(&list);
	return length;
}

bool ktstr_cpuset_parse(struct ktstr_cpuset *set, const char *list)
{
	return cpuset_parse(own_set(set), list);
}

int ktstr_topology_total_cpus(const struct ktstr_topology *topo)
{
	return topo->total_cpus;
}

int ktstr_topology_num_llcs(const struct ktstr_topology *topo)
{
	return topo->num_llcs;
}

int ktstr_topology_num_numa_nodes(const struct ktstr_topology *topo)
{
	return topo->num_numa_nodes;
}

struct ktstr_cpuset ktstr_topology_all_cpuset(const struct ktstr_topology *topo)
{
	return *topo->all;
}

struct ktstr_cpuset ktstr_topology_usable_cpuset(const struct ktstr_topology *topo)
{
	return *topo->usable;
}

struct ktstr_cpuset ktstr_topology_llc_aligned_cpuset(const struct ktstr_topology *topo, int i)
{
	static const struct ktstr_cpuset none;
	return i >= 0 && i < topo->num_llcs ? topo->llcs[i] : none;
}

static size_t list(const struct ktstr_cpuset *set, int *cpus, size_t room)
{
	size_t count = 0;
	cpuset_for_each (cpu, public_set(set)) {
		if (count < room)
			cpus[count] = cpu;
		count++;
	}
	return count;
}

size_t ktstr_topology_all_cpus(const struct ktstr_topology *topo, int *cpus, size_t room)
{
	return list(topo->all, cpus, room);
}

size_t ktstr_topology_usable_cpus(const struct ktstr_topology *topo, int *cpus, size_t room)
{
	return list(topo->usable, cpus, room);
}

size_t ktstr_topology_cpus_in_llc(const struct ktstr_topology *topo, int i, int *cpus, size_t room)
{
	struct ktstr_cpuset set = ktstr_topology_llc_aligned_cpuset(topo, i);
	return list(&set, cpus, room);
}

size_t ktstr_topology_split_by_llc(const struct ktstr_topology *topo, struct ktstr_cpuset *sets,
				   size_t room)
{
	for (int i = 0; i < topo->num_llcs && (size_t)i < room; i++)
		sets[i] = topo->llcs[i];
	return (size_t)topo->num_llcs;
}
