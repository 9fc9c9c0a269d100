/* One function per word of words.def. Arguments are registers; one that was left out is NONE. */
#include "run/vm.h"

#include <inttypes.h>
#include <math.h>

struct call {
	struct vm *vm;
	union value *dst;
	char dst_type;
	const uint32_t *args;
	bool patient; /* what is not there yet is waited for */
};

static int64_t integer(const struct call *call, int i)
{
	return call->vm->registers[call->args[i]].i;
}

static double real(const struct call *call, int i)
{
	return call->vm->registers[call->args[i]].f;
}

static const struct cpuset *set_of(const struct call *call, int i)
{
	return call->vm->registers[call->args[i]].set;
}

static const struct topology *topology_of(const struct call *call)
{
	return &call->vm->host->topology;
}

/* A count or position that the program computed; what is out of range no machine can give. */
static int64_t at_least(const struct call *call, int i, int64_t least, const char *what)
{
	int64_t value = integer(call, i);
	if (value < least)
		vm_end(call->vm, STATUS_BROKEN, "run", "%s is at least %" PRId64 ", not %" PRId64,
		       what, least, value);
	return value;
}

static void given(struct call *call, bool fine, const struct error *error)
{
	if (!fine)
		vm_refused(call->vm, error);
}

static void word_duration(struct call *call)
{
	call->dst->i = call->vm->duration_ns;
}

static void word_settle(struct call *call)
{
	call->dst->i = call->vm->settle_ns;
}

static void word_workers(struct call *call)
{
	call->dst->i = call->vm->workers;
}

static void word_seed(struct call *call)
{
	call->dst->i = (int64_t)(call->vm->options->seed & INT64_MAX);
}

static void word_topo_cpus(struct call *call)
{
	call->dst->i = topology_of(call)->cpu_count;
}

static void word_topo_usable(struct call *call)
{
	call->dst->i = cpuset_count(&topology_of(call)->usable);
}

static void word_topo_cores(struct call *call)
{
	call->dst->i = topology_of(call)->core_count;
}

static void word_topo_llcs(struct call *call)
{
	call->dst->i = topology_of(call)->llc_count;
}

static void word_topo_nodes(struct call *call)
{
	call->dst->i = topology_of(call)->node_count;
}

static void word_topo_smt(struct call *call)
{
	call->dst->i = topology_of(call)->smt;
}

static void word_sched_pid(struct call *call)
{
	const struct vm *vm = call->vm;
	call->dst->i = vm->scheduler.pid ? vm->scheduler.pid : vm->options->sched_pid;
}

static void word_map_value(struct call *call)
{
	struct vm *vm = call->vm;
	struct error error;
	const char *path = text_string(vm->registers[call->args[0]].text);
	vm->guessed |= !vm->options->judge;
	if (vm->host->verbs->map_value(vm->host, path, integer(call, 1), &call->dst->i, &error))
		return;
	if (!call->patient || error.kind != ERROR_UNAVAILABLE)
		vm_refused(vm, &error);
	call->dst->i = 0;
}

static void word_all(struct call *call)
{
	*call->dst->set = topology_of(call)->all;
}

static void word_usable(struct call *call)
{
	*call->dst->set = topology_of(call)->usable;
}

static void word_llc(struct call *call)
{
	struct error error;
	given(call, topology_llc(topology_of(call), integer(call, 0), call->dst->set, &error),
	      &error);
}

static void word_node(struct call *call)
{
	struct error error;
	given(call, topology_node(topology_of(call), integer(call, 0), call->dst->set, &error),
	      &error);
}

static void word_core(struct call *call)
{
	struct error error;
	given(call, topology_core(topology_of(call), integer(call, 0), call->dst->set, &error),
	      &error);
}

static void word_cpus(struct call *call)
{
	const char *list = text_string(call->vm->registers[call->args[0]].text);
	struct cpuset set, missing;
	if (!cpuset_parse(&set, list) || cpuset_empty(&set))
		vm_end(call->vm, STATUS_BROKEN, "run", "\"%s\" is no list of CPUs", list);
	cpuset_minus(&missing, &set, &topology_of(call)->all);
	if (!cpuset_empty(&missing))
		vm_end(call->vm, STATUS_SKIP, "topology", "CPU %d is not on this machine",
		       cpuset_next(&missing, -1));
	*call->dst->set = set;
}

static double share(const struct call *call, int i)
{
	double value = real(call, i);
	if (!(value >= 0 && value <= 1))
		vm_end(call->vm, STATUS_BROKEN, "run", "a share is from 0%% to 100%%, not %g%%",
		       value * 100);
	return value;
}

static void word_range(struct call *call)
{
	struct error error;
	double a = share(call, 0), b = share(call, 1);
	if (a >= b)
		vm_end(call->vm, STATUS_BROKEN, "run", "range(%g, %g) ends before it begins", a, b);
	given(call, topology_range(topology_of(call), a, b, call->dst->set, &error), &error);
}

static void check_part(const struct call *call)
{
	int64_t parts = at_least(call, 1, 1, "the number of parts");
	int64_t part = at_least(call, 0, 0, "the number of a part");
	if (part >= parts)
		vm_end(call->vm, STATUS_BROKEN, "run",
		       "there is no part %" PRId64 " of %" PRId64 ": they are counted from 0", part,
		       parts);
}

static void word_disjoint(struct call *call)
{
	struct error error;
	check_part(call);
	given(call,
	      topology_disjoint(topology_of(call), integer(call, 0), integer(call, 1),
				call->dst->set, &error),
	      &error);
}

static void word_overlap(struct call *call)
{
	struct error error;
	check_part(call);
	given(call,
	      topology_overlap(topology_of(call), integer(call, 0), integer(call, 1),
			       share(call, 2), call->dst->set, &error),
	      &error);
}

/* n members of a set: the machine may have fewer. */
static int members(const struct call *call)
{
	int64_t n = at_least(call, 1, 1, "the number of CPUs");
	int size = cpuset_count(set_of(call, 0));
	if (n > size)
		vm_end(call->vm, STATUS_SKIP, "topology",
		       "this asks for %" PRId64 " CPUs of a set of %d", n, size);
	return (int)n;
}

static void word_pick(struct call *call)
{
	int n = members(call);
	affinity_pick(call->vm, set_of(call, 0), n, call->dst->set);
}

static void word_first(struct call *call)
{
	cpuset_slice(call->dst->set, set_of(call, 0), 0, members(call));
}

static void word_last(struct call *call)
{
	int size = cpuset_count(set_of(call, 0));
	cpuset_slice(call->dst->set, set_of(call, 0), size - members(call), size);
}

static void word_nth(struct call *call)
{
	int64_t i = at_least(call, 1, 0, "a position");
	int size = cpuset_count(set_of(call, 0));
	if (i >= size)
		vm_end(call->vm, STATUS_SKIP, "topology",
		       "there is no CPU at position %" PRId64 " of a set of %d", i, size);
	cpuset_slice(call->dst->set, set_of(call, 0), (int)i, (int)i + 1);
}

/* May come out empty, as `-` and `&` may: what cannot do with an empty set says so where it is
 * used. */
static void word_slice(struct call *call)
{
	int64_t a = at_least(call, 1, 0, "a position"), b = integer(call, 2);
	int size = cpuset_count(set_of(call, 0));
	int64_t end = b > size ? size : b;
	if (a < end)
		cpuset_slice(call->dst->set, set_of(call, 0), (int)a, (int)end);
	else
		cpuset_clear(call->dst->set);
}

static void word_size(struct call *call)
{
	call->dst->i = cpuset_count(set_of(call, 0));
}

static void word_llcs_of(struct call *call)
{
	call->dst->i = topology_llcs_of(topology_of(call), set_of(call, 0));
}

static void word_nodes_of(struct call *call)
{
	struct cpuset nodes;
	topology_nodes_of(topology_of(call), set_of(call, 0), &nodes);
	call->dst->i = cpuset_count(&nodes);
}

static void whole(struct call *call, double value)
{
	if (!(fabs(value) < 9.2e18))
		vm_end(call->vm, STATUS_BROKEN, "run", "%g does not fit in 64 bits", value);
	call->dst->i = (int64_t)value;
}

static void word_floor(struct call *call)
{
	whole(call, floor(real(call, 0)));
}

static void word_ceil(struct call *call)
{
	whole(call, ceil(real(call, 0)));
}

static void word_round(struct call *call)
{
	whole(call, round(real(call, 0)));
}

static void word_min(struct call *call)
{
	if (call->dst_type == 'F')
		call->dst->f = fmin(real(call, 0), real(call, 1));
	else
		call->dst->i =
			integer(call, 0) < integer(call, 1) ? integer(call, 0) : integer(call, 1);
}

static void word_max(struct call *call)
{
	if (call->dst_type == 'F')
		call->dst->f = fmax(real(call, 0), real(call, 1));
	else
		call->dst->i =
			integer(call, 0) > integer(call, 1) ? integer(call, 0) : integer(call, 1);
}

static void word_abs(struct call *call)
{
	if (call->dst_type == 'F')
		call->dst->f = fabs(real(call, 0));
	else if (integer(call, 0) == INT64_MIN)
		vm_end(call->vm, STATUS_BROKEN, "run", "the result does not fit in 64 bits");
	else
		call->dst->i = integer(call, 0) < 0 ? -integer(call, 0) : integer(call, 0);
}

static void plain_affinity(struct call *call, enum affinity_kind kind)
{
	call->dst->affinity->kind = kind;
	call->dst->affinity->count = 0;
}

static void word_inherit(struct call *call)
{
	plain_affinity(call, AFFINITY_INHERIT);
}

static void word_random(struct call *call)
{
	plain_affinity(call, AFFINITY_RANDOM);
	if (call->args[0] != NONE)
		call->dst->affinity->count = at_least(call, 0, 1, "the number of CPUs");
}

static void word_one(struct call *call)
{
	plain_affinity(call, AFFINITY_ONE);
}

static void word_spread(struct call *call)
{
	plain_affinity(call, AFFINITY_SPREAD);
}

static void word_llc_aligned(struct call *call)
{
	plain_affinity(call, AFFINITY_LLC);
}

static void word_spanning(struct call *call)
{
	plain_affinity(call, AFFINITY_SPANNING);
}

static void word_normal(struct call *call)
{
	*call->dst->policy = (struct policy){.kind = POLICY_NORMAL};
}

static void word_batch(struct call *call)
{
	*call->dst->policy = (struct policy){.kind = POLICY_BATCH};
}

static void word_idle(struct call *call)
{
	*call->dst->policy = (struct policy){.kind = POLICY_IDLE};
}

static void real_time(struct call *call, enum policy_kind kind)
{
	int64_t priority = integer(call, 0);
	if (priority < 1 || priority > 99)
		vm_end(call->vm, STATUS_BROKEN, "run",
		       "a real-time priority is from 1 to 99, not %" PRId64, priority);
	*call->dst->policy = (struct policy){.kind = kind, .priority = (int)priority};
}

static void word_fifo(struct call *call)
{
	real_time(call, POLICY_FIFO);
}

static void word_rr(struct call *call)
{
	real_time(call, POLICY_RR);
}

static void word_deadline(struct call *call)
{
	enum { RUNTIME_LEAST_NS = 1024 };
	int64_t runtime = integer(call, 0), period = integer(call, 1);
	if (runtime < RUNTIME_LEAST_NS || runtime > period)
		vm_end(call->vm, STATUS_BROKEN, "run",
		       "the runtime is at least %dns and at most the period, not %" PRId64
		       "ns of %" PRId64 "ns",
		       RUNTIME_LEAST_NS, runtime, period);
	*call->dst->policy = (struct policy){
		.kind = POLICY_DEADLINE, .runtime_ns = runtime, .period_ns = period};
}

static int64_t node_number(const struct call *call, int i)
{
	int64_t node = at_least(call, i, 0, "a NUMA node's number");
	if (node >= MEMPOLICY_NODES)
		vm_end(call->vm, STATUS_BROKEN, "run",
		       "a NUMA node's number is at most %d, not %" PRId64, MEMPOLICY_NODES - 1,
		       node);
	return node;
}

static void memory_policy(struct call *call, enum mempolicy_kind kind, int most)
{
	struct mempolicy *policy = call->dst->mempolicy;
	*policy = (struct mempolicy){.kind = kind};
	for (int i = 0; i < most; i++) {
		if (call->args[i] != NONE)
			cpuset_add(&policy->nodes, (int)node_number(call, i));
	}
}

static void word_bind(struct call *call)
{
	memory_policy(call, MEMPOLICY_BIND, WORD_ARGS_MAX);
}

static void word_preferred(struct call *call)
{
	memory_policy(call, MEMPOLICY_PREFERRED, 1);
}

static void word_interleave(struct call *call)
{
	memory_policy(call, MEMPOLICY_INTERLEAVE, WORD_ARGS_MAX);
}

static void word_local(struct call *call)
{
	memory_policy(call, MEMPOLICY_LOCAL, 0);
}

static void word_preferred_many(struct call *call)
{
	memory_policy(call, MEMPOLICY_PREFERRED_MANY, WORD_ARGS_MAX);
}

static void word_weighted_interleave(struct call *call)
{
	memory_policy(call, MEMPOLICY_WEIGHTED_INTERLEAVE, WORD_ARGS_MAX);
}

static void word_static(struct call *call)
{
	call->dst->i = MEMPOLICY_STATIC;
}

static void word_relative(struct call *call)
{
	call->dst->i = MEMPOLICY_RELATIVE;
}

static void word_numa_balancing(struct call *call)
{
	call->dst->i = MEMPOLICY_NUMA_BALANCING;
}

void words_call(struct vm *vm, uint32_t dst, enum word word, const uint32_t *args, bool patient)
{
	static void (*const functions[WORD_COUNT])(struct call *) = {
#define WORD(id, name, result, doc, ...) [WORD_##id] = word_##id,
#include "sema/words.def"
#undef WORD
	};
	struct call call = {vm, &vm->registers[dst], vm->program->registers.data[dst], args,
			    patient};
	functions[word](&call);
}
