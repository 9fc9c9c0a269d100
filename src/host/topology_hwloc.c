#include "host/topology_hwloc.h"

#include "base/arena.h"

#include <ctype.h>
#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>

/* Only CPUs, caches, packages and nodes matter. Without the filters, and without the x86 component
 * (it binds itself to every CPU in turn), loading takes a third of the time. */
static void leave_out_the_rest(hwloc_topology_t source)
{
	hwloc_topology_set_io_types_filter(source, HWLOC_TYPE_FILTER_KEEP_NONE);
	hwloc_topology_set_icache_types_filter(source, HWLOC_TYPE_FILTER_KEEP_NONE);
	hwloc_topology_set_type_filter(source, HWLOC_OBJ_MISC, HWLOC_TYPE_FILTER_KEEP_NONE);
	hwloc_topology_set_components(source, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
}

static bool read_set(struct cpuset *set, hwloc_const_bitmap_t bits, struct error *error)
{
	cpuset_clear(set);
	for (int number = hwloc_bitmap_next(bits, -1); number >= 0;
	     number = hwloc_bitmap_next(bits, number)) {
		if (number >= CPUSET_CPUS)
			return error_set(error, ERROR_REFUSED,
					 "there is a CPU %d; at most %d CPUs are supported", number,
					 CPUSET_CPUS);
		cpuset_add(set, number);
	}
	return true;
}

/* The nearest level around a CPU that NUMA nodes hang on. */
static hwloc_obj_t level_with_memory(hwloc_obj_t pu)
{
	hwloc_obj_t object = pu->parent;
	while (object && !object->memory_first_child)
		object = object->parent;
	return object;
}

/* The outermost data or unified cache around a CPU. Where hwloc knows of none (some virtual
 * machines), the package counts as one LLC, else the NUMA node, else the machine. */
static hwloc_obj_t llc_of(hwloc_topology_t source, hwloc_obj_t pu)
{
	hwloc_obj_t llc = NULL, package = NULL;
	for (hwloc_obj_t object = pu->parent; object; object = object->parent) {
		if (hwloc_obj_type_is_dcache(object->type))
			llc = object;
		else if (object->type == HWLOC_OBJ_PACKAGE && !package)
			package = object;
	}
	if (llc || package)
		return llc ? llc : package;
	hwloc_obj_t level = level_with_memory(pu);
	return level ? level : hwloc_get_root_obj(source);
}

static hwloc_obj_t core_of(hwloc_obj_t pu)
{
	for (hwloc_obj_t object = pu->parent; object; object = object->parent) {
		if (object->type == HWLOC_OBJ_CORE)
			return object;
	}
	return pu;
}

/* Add the CPUs of `object` as one more set, unless the CPU at hand is in one already. */
static bool add_once(struct cpuset *sets, int *count, struct cpuset *covered, hwloc_obj_t pu,
		     hwloc_obj_t object, const struct cpuset *all, struct error *error)
{
	if (cpuset_has(covered, (int)pu->os_index))
		return true;
	struct cpuset *set = &sets[*count];
	if (!read_set(set, object->cpuset, error))
		return false;
	cpuset_and(set, set, all);
	cpuset_minus(set, set, covered);
	cpuset_or(covered, covered, set);
	(*count)++;
	return true;
}

static bool read_cpus(struct topology *topology, hwloc_topology_t source, struct error *error)
{
	if (!read_set(&topology->all, hwloc_topology_get_allowed_cpuset(source), error))
		return false;
	struct cpuset present;
	if (!read_set(&present, hwloc_topology_get_topology_cpuset(source), error))
		return false;
	cpuset_and(&topology->all, &topology->all, &present);
	size_t cpus = (size_t)cpuset_count(&topology->all);
	topology->cores = memory_zeroed(cpus, sizeof(*topology->cores));
	topology->llcs = memory_zeroed(cpus, sizeof(*topology->llcs));

	struct cpuset in_core = {0}, in_llc = {0};
	hwloc_obj_t pu = NULL;
	while ((pu = hwloc_get_next_obj_by_type(source, HWLOC_OBJ_PU, pu))) {
		if (!cpuset_has(&topology->all, (int)pu->os_index))
			continue;
		if (!add_once(topology->cores, &topology->core_count, &in_core, pu, core_of(pu),
			      &topology->all, error) ||
		    !add_once(topology->llcs, &topology->llc_count, &in_llc, pu, llc_of(source, pu),
			      &topology->all, error))
			return false;
	}
	return true;
}

/* The node with the lowest number below the memory objects of one level. */
static hwloc_obj_t lowest_node(hwloc_obj_t memory, hwloc_obj_t lowest)
{
	for (; memory; memory = memory->next_sibling) {
		if (memory->type == HWLOC_OBJ_NUMANODE &&
		    (!lowest || memory->os_index < lowest->os_index))
			lowest = memory;
		lowest = lowest_node(memory->memory_first_child, lowest);
	}
	return lowest;
}

/* The node whose CPU this is, to the kernel. hwloc gives a node without CPUs those of the level
 * that it hangs on, so its sets cannot tell. The nearest level with memory does; of several nodes
 * there the lowest has the CPUs, as firmware numbers memory-only nodes last. */
static hwloc_obj_t node_of(hwloc_obj_t pu)
{
	hwloc_obj_t level = level_with_memory(pu);
	return level ? lowest_node(level->memory_first_child, NULL) : NULL;
}

static bool read_nodes(struct topology *topology, hwloc_topology_t source, struct error *error)
{
	int found = hwloc_get_nbobjs_by_type(source, HWLOC_OBJ_NUMANODE);
	size_t count = found > 0 ? (size_t)found : 0;
	topology->nodes = memory_zeroed(count, sizeof(*topology->nodes));
	topology->node_numbers = memory_zeroed(count, sizeof(*topology->node_numbers));
	hwloc_obj_t node = NULL, pu = NULL;
	while ((node = hwloc_get_next_obj_by_type(source, HWLOC_OBJ_NUMANODE, node))) {
		if (node->os_index >= CPUSET_CPUS)
			return error_set(error, ERROR_REFUSED,
					 "there is a NUMA node %u; at most %d are supported",
					 node->os_index, CPUSET_CPUS);
		topology->node_numbers[topology->node_count++] = (int)node->os_index;
	}
	while ((pu = hwloc_get_next_obj_by_type(source, HWLOC_OBJ_PU, pu))) {
		node = node_of(pu);
		if (node && cpuset_has(&topology->all, (int)pu->os_index))
			cpuset_add(&topology->nodes[node->logical_index], (int)pu->os_index);
	}
	return true;
}

/* Takes over `source`. */
static bool load(struct topology *topology, hwloc_topology_t source, unsigned long flags,
		 const char *what, struct error *error)
{
	leave_out_the_rest(source);
	hwloc_topology_set_flags(source, flags | HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
						 HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS |
						 HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS);
	bool ok;
	if (hwloc_topology_load(source) != 0)
		ok = error_set(error, ERROR_REFUSED, "hwloc cannot read %s", what);
	else
		ok = read_cpus(topology, source, error) && read_nodes(topology, source, error);
	hwloc_topology_destroy(source);
	return ok;
}

static bool begin(hwloc_topology_t *source, struct error *error)
{
	if (hwloc_topology_init(source) != 0)
		return error_set(error, ERROR_REFUSED, "hwloc cannot be started");
	return true;
}

bool topology_hwloc_machine(struct topology *topology, struct error *error)
{
	/* hwloc obeys these; a run on this machine must not take another one's CPUs for its own. */
	static const char *const elsewhere[] = {"HWLOC_XMLFILE", "HWLOC_SYNTHETIC", "HWLOC_FSROOT",
						"HWLOC_CPUID_PATH"};
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		if (getenv(elsewhere[i]))
			return error_set(error, ERROR_REFUSED,
					 "%s is set, so hwloc would describe another machine than "
					 "this one: unset it",
					 elsewhere[i]);
	}
	hwloc_topology_t source;
	return begin(&source, error) &&
	       load(topology, source, HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING, "this machine",
		    error);
}

bool topology_hwloc_xml(struct topology *topology, const char *path, struct error *error)
{
	hwloc_topology_t source;
	if (!begin(&source, error))
		return false;
	if (hwloc_topology_set_xml(source, path) != 0) {
		hwloc_topology_destroy(source);
		return error_set(error, ERROR_REFUSED, "%s is no hwloc XML file", path);
	}
	return load(topology, source, 0, path, error);
}

/* An upper bound of the objects that a synthetic description asks for: the product of all arities.
 * hwloc itself would go on building until memory is gone. */
static bool too_many(const char *text)
{
	int64_t product = 1;
	int inside = 0; /* attributes and memory children hold numbers that count nothing */
	for (const char *at = text; *at; at++) {
		if (*at == '(' || *at == '[')
			inside++;
		else if (*at == ')' || *at == ']')
			inside--;
		bool starts = at == text || at[-1] == ':' || isspace((unsigned char)at[-1]);
		if (inside || !starts || !isdigit((unsigned char)*at))
			continue;
		unsigned long arity = strtoul(at, NULL, 10);
		if (arity > CPUSET_CPUS || (product *= (int64_t)arity) > CPUSET_CPUS)
			return true;
	}
	return false;
}

bool topology_hwloc_synthetic(struct topology *topology, const char *text, struct error *error)
{
	if (too_many(text))
		return error_set(error, ERROR_REFUSED,
				 "'%s' asks for more than the %d CPUs that are supported", text,
				 CPUSET_CPUS);
	hwloc_topology_t source;
	if (!begin(&source, error))
		return false;
	if (hwloc_topology_set_synthetic(source, text) != 0) {
		hwloc_topology_destroy(source);
		error_set(error, ERROR_REFUSED, "'%s' is no hwloc synthetic description", text);
		if (error)
			error->number = EINVAL;
		return false;
	}
	return load(topology, source, 0, text, error);
}
