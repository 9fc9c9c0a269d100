/* What a spawn asks for beside its CPUs: its work, how many, and where its memory comes from. */
#include "run/vm.h"

#include <inttypes.h>
#include <stdio.h>

enum { SPAWN_COUNT_MAX = 65536 };

void placement_add_phase(struct vm *vm, struct work *work, enum phase_kind kind, int64_t length_ns)
{
	if (work->kind != WORK_sequence)
		vm_end(vm, STATUS_BROKEN, "run", "%s has no phases", work_table[work->kind].name);
	if (work->phase_count == WORK_PHASES_MAX)
		vm_end(vm, STATUS_BROKEN, "run", "a sequence has at most %d phases",
		       WORK_PHASES_MAX);
	if (length_ns < WORK_PHASE_LEAST_NS || length_ns > WORK_PHASE_MOST_NS)
		vm_end(vm, STATUS_BROKEN, "run",
		       "the length of a phase is from 1us to 60min, not %" PRId64 "ns", length_ns);
	work->phases[work->phase_count++] = (struct phase){kind, length_ns};
}

void placement_check_work(struct vm *vm, const struct work *work)
{
	const struct work_info *info = &work_table[work->kind];
	for (int i = 0; info->params[i].name; i++) {
		int64_t value = work->params[i];
		if (value < info->params[i].least || value > info->params[i].most)
			vm_end(vm, STATUS_BROKEN, "spawn",
			       "`%s` of %s is %" PRId64 ", and goes from %" PRId64 " to %" PRId64,
			       info->params[i].name, info->name, value, info->params[i].least,
			       info->params[i].most);
	}
	if (work->kind == WORK_sequence && !work->phase_count)
		vm_end(vm, STATUS_BROKEN, "spawn", "a sequence has at least one phase");
}

static bool count_is_given(const uint32_t *args)
{
	return args[SPAWN_ARG_COUNT] != NONE;
}

int64_t placement_count(struct vm *vm, const uint32_t *args, const struct work *work)
{
	bool given = count_is_given(args);
	int64_t count = given ? vm->registers[args[SPAWN_ARG_COUNT]].i : vm->workers;
	int64_t members = work_members(work);
	/* `workers` is of no kind of work: whole groups are made of it. */
	if (!given && count > 0 && count % members)
		count += members - count % members;
	if (count < 1 || count > SPAWN_COUNT_MAX)
		vm_end(vm, STATUS_SKIP, "topology",
		       "this asks for %" PRId64 " workers here; a spawn makes 1 to %d", count,
		       SPAWN_COUNT_MAX);
	if (count % members)
		vm_end(vm, STATUS_SKIP, "topology",
		       "%" PRId64 " workers of %s cannot be put into groups of %" PRId64, count,
		       work_table[work->kind].name, members);
	return count;
}

const char *placement_swap(struct vm *vm, const uint32_t *args, int path, struct work *work)
{
	const struct work *offered = vm->options->work_type;
	bool swappable =
		args[SPAWN_ARG_SWAPPABLE] != NONE && vm->registers[args[SPAWN_ARG_SWAPPABLE]].i;
	if (!offered || !swappable || work_compare(offered, work) == 0)
		return "";
	int64_t count = placement_count(vm, args, work);
	struct text own = {0}, other = {0};
	work_put(&own, work);
	work_put(&other, offered);
	bool suits = !count_is_given(args) || count % work_members(offered) == 0;
	VECTOR_PUSH(&vm->result->swaps,
		    (struct swap_result){
			    .cgroup = result_text(vm->result, paths_text(&vm->paths, path)),
			    .declared = result_text(vm->result, text_string(&own)),
			    .work = result_text(vm->result, text_string(&other)),
			    .count = suits ? placement_count(vm, args, offered) : count,
			    .members = work_members(offered),
			    .replaced = suits,
			    .span = vm_span(vm)});
	text_free(&own);
	text_free(&other);
	if (!suits)
		return "";
	*work = *offered;
	return vm->result->swaps.data[vm->result->swaps.length - 1].declared;
}

static void all_nodes(const struct topology *topology, struct cpuset *nodes)
{
	*nodes = (struct cpuset){0};
	for (int i = 0; i < topology->node_count; i++)
		cpuset_add(nodes, topology->node_numbers[i]);
}

/* The nodes whose memory the group's tasks are to have: those of `mems` where it or one above it
 * sets that; else those of its CPUs, for a group that does not have all. */
static void group_nodes(struct vm *vm, int path, struct cpuset *nodes)
{
	struct error error;
	struct cpuset cpus;
	const struct topology *topology = &vm->host->topology;
	bool has_mems = false;
	all_nodes(topology, nodes);
	for (int at = path; at > PATH_ROOT; at = vm->paths.all.data[at].parent) {
		const struct knob_value *mems = action_knob_value(vm, at, KNOB_mems);
		if (mems && cpuset_intersects(nodes, &mems->set)) {
			cpuset_and(nodes, nodes, &mems->set);
			has_mems = true;
		}
	}
	if (has_mems)
		return;
	if (!vm->host->verbs->group_cpus(vm->host, vm_group(vm, path), &cpus, &error))
		vm_refused(vm, &error);
	if (!cpuset_equal(&cpus, &topology->all))
		topology_nodes_of(topology, &cpus, nodes);
}

static _Noreturn void skip_nodes(struct vm *vm, const struct cpuset *missing,
				 const struct cpuset *have, const char *format)
{
	struct text lacking = {0}, there = {0};
	char message[256];
	cpuset_print(&lacking, missing);
	cpuset_print(&there, have);
	snprintf(message, sizeof(message), format, text_string(&lacking), text_string(&there));
	text_free(&lacking);
	text_free(&there);
	vm_end(vm, STATUS_SKIP, "topology", "%s", message);
}

static void check_nodes(struct vm *vm, int path, const struct mempolicy *policy)
{
	struct cpuset have, missing;
	/* Relative numbers are counted among the allowed nodes, beginning again at their end. */
	if (policy->flags & MEMPOLICY_RELATIVE)
		return;
	all_nodes(&vm->host->topology, &have);
	cpuset_minus(&missing, &policy->nodes, &have);
	if (!cpuset_empty(&missing))
		skip_nodes(vm, &missing, &have,
			   "NUMA node %.100s is not on this machine, which has %.100s");
	if (policy->flags & MEMPOLICY_STATIC)
		return;
	group_nodes(vm, path, &have);
	cpuset_minus(&missing, &policy->nodes, &have);
	if (!cpuset_empty(&missing))
		skip_nodes(vm, &missing, &have,
			   "the memory policy asks for NUMA node %.80s, and its cgroup has %.80s "
			   "(`static` means it all the same)");
}

void placement_mempolicy(struct vm *vm, const uint32_t *args, int path, struct mempolicy *policy)
{
	*policy = (struct mempolicy){0};
	if (args[SPAWN_ARG_MEMPOLICY] != NONE)
		*policy = *vm->registers[args[SPAWN_ARG_MEMPOLICY]].mempolicy;
	if (args[SPAWN_ARG_FLAGS] != NONE)
		policy->flags = (unsigned)(vm->registers[args[SPAWN_ARG_FLAGS]].i &
					   (MEMPOLICY_STATIC | MEMPOLICY_RELATIVE |
					    MEMPOLICY_NUMA_BALANCING));
	const char *fault = mempolicy_fault(policy->kind, policy->flags);
	if (fault)
		vm_end(vm, STATUS_BROKEN, "spawn", "%s", fault);
	if (!cpuset_empty(&policy->nodes))
		check_nodes(vm, path, policy);
}
