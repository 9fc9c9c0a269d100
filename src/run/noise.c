/*
 * The noise guard. From the first release to the end of the scenario, on the CPUs on which its
 * workers were seen:
 *   foreign share = (busy time of those CPUs - CPU time of the workers) / (CPUs * time)
 *   stolen share  = time stolen by the hypervisor / (CPUs * time)
 *   frequency     = the highest that a CPU was allowed to have, the least and the most of all looks
 *   throttling    = times that heat slowed one of them down
 * and on the machine: which CPUs are online, and which of them the run may use; and how late this
 * process, which waits ahead of all tasks where it may (host/rank.h), woke from its waits, which are
 * no longer than the time from look to look: so long the whole machine stood still (stopped by its
 * hypervisor, say), and nobody but the clocks has counted it.
 *
 * Where a share is above its limit, or the rest changed, a failure of a metric that is TIMING in
 * metrics.def says as much about that (one real-time hog starves whoever shares its CPU) as about
 * the scheduler, and the scenario is INCONCLUSIVE instead, with these figures. Others stay
 * failures: no noise excuses a worker outside its cpuset.
 *
 * Below these limits, too, a `spread` can be another task's doing, one that takes a fifth of one
 * CPU, say. Had the worst served worker had all that others and the hypervisor took from these
 * CPUs, the spread would be smaller by that time over the worker's; where it is beyond its
 * limit by less, it is INCONCLUSIVE by itself.
 *
 * The frequency that a CPU has at the moment is not looked at: it goes up and down with the
 * scenario's own load, and to read it interrupts the CPU.
 */
#include "run/vm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FOREIGN_MOST   0.10
#define STOLEN_MOST    0.05
#define FREQUENCY_MOST 0.05

/* More than the 50 ms of a second in which the kernel keeps real-time tasks from running. */
static const int64_t STOOD_MOST_NS = 200000000;

/* Ticks of /proc/stat are 10 ms: over less than this they say nothing. */
enum { NOISE_TIME_MIN_NS = 100 * 1000 * 1000 };
static const int64_t LOOK_NS = 500000000;
static const int64_t COST_SHARE = 20; /* looks take at most one of so many parts of the time */

/* What the looks at the machine have shown. */
struct noise_machine {
	struct cpu_state *first; /* by CPU, likewise the next two */
	struct cpu_state *now;
	int64_t *lowest_khz;   /* 0: not told */
	struct cpuset changed; /* CPUs that were not as at first, in any look */
	struct cpuset root;    /* that the run may use: at first, … */
	struct cpuset other;   /* … and when that had changed */
	int64_t changed_ns;    /* when that was seen, -1: it was not */
	int64_t other_ns;
	int64_t due_ns;
};

static void read_root(struct vm *vm, struct cpuset *cpus)
{
	if (!vm->host->verbs->group_cpus(vm->host, HOST_GROUP_ROOT, cpus, NULL))
		cpuset_clear(cpus);
}

static void start_machine(struct vm *vm)
{
	size_t count = (size_t)vm->load_count;
	struct noise_machine *machine = memory_zeroed(1, sizeof(*machine));
	*machine = (struct noise_machine){.changed_ns = -1, .other_ns = -1};
	machine->first = memory_zeroed(count, sizeof(*machine->first));
	machine->now = memory_zeroed(count, sizeof(*machine->now));
	machine->lowest_khz = memory_zeroed(count, sizeof(*machine->lowest_khz));
	vm->host->verbs->cpu_states(vm->host, machine->first, vm->load_count);
	for (size_t cpu = 0; cpu < count; cpu++)
		machine->lowest_khz[cpu] = machine->first[cpu].limit_khz;
	memcpy(machine->now, machine->first, count * sizeof(*machine->now));
	read_root(vm, &machine->root);
	machine->due_ns = vm_later(vm_now(vm), LOOK_NS);
	vm->machine = machine;
}

void noise_start(struct vm *vm)
{
	if (!vm->options->judge)
		return;
	int highest = 0;
	cpuset_for_each (cpu, &vm->host->topology.all) {
		highest = cpu;
	}
	vm->load_count = highest + 1;
	/* Not with the values: the first release may be in a hook's text, whose values go with it.
	 */
	vm->load = memory_zeroed((size_t)vm->load_count, sizeof(*vm->load));
	vm->host->verbs->load(vm->host, vm->load, vm->load_count);
	vm->load_at_ns = vm_now(vm);
	start_machine(vm);
}

void noise_add(struct vm *vm, const struct worker_report *report)
{
	vm->own_ns += report->cpu_ns;
	cpuset_or(&vm->own_cpus, &vm->own_cpus, &report->cpus);
}

int64_t noise_due(const struct vm *vm)
{
	return vm->machine ? vm->machine->due_ns : INT64_MAX;
}

static void look_at_machine(struct vm *vm, struct noise_machine *machine, int64_t now)
{
	struct cpuset root;
	vm->host->verbs->cpu_states(vm->host, machine->now, vm->load_count);
	for (int cpu = 0; cpu < vm->load_count; cpu++) {
		const struct cpu_state *state = &machine->now[cpu];
		if (state->online != machine->first[cpu].online)
			cpuset_add(&machine->changed, cpu);
		if (state->limit_khz > 0 && state->limit_khz < machine->lowest_khz[cpu])
			machine->lowest_khz[cpu] = state->limit_khz;
		/* What is most stays in `first`. */
		if (state->limit_khz > machine->first[cpu].limit_khz)
			machine->first[cpu].limit_khz = state->limit_khz;
	}
	if (machine->changed_ns < 0 && !cpuset_empty(&machine->changed))
		machine->changed_ns = now;
	read_root(vm, &root);
	if (machine->other_ns < 0 && !cpuset_equal(&root, &machine->root)) {
		machine->other = root;
		machine->other_ns = now;
	}
}

void noise_look(struct vm *vm)
{
	struct noise_machine *machine = vm->machine;
	int64_t now = vm_now(vm);
	if (!machine || now < machine->due_ns)
		return;
	look_at_machine(vm, machine, now);
	int64_t pause = (vm_now(vm) - now) * COST_SHARE;
	machine->due_ns = vm_later(now, pause > LOOK_NS ? pause : LOOK_NS);
}

void noise_late(struct vm *vm, int64_t late_ns)
{
	if (!vm->load || late_ns <= vm->stood_ns)
		return;
	vm->stood_ns = late_ns;
	vm->stood_at_ns = vm_now(vm);
}

static bool is_timing(const struct reason *reason)
{
	enum metric metric = metric_find(reason->check);
	return reason->status == STATUS_FAIL && metric < METRIC_COUNT &&
	       metric_table[metric].timing;
}

/* The failures that are excused become what they are worth, and the status what is left. */
static void soften(struct result *result,
		   bool (*excused)(const struct result *, const struct reason *, int64_t),
		   int64_t taken_ns)
{
	result->status = STATUS_PASS;
	for (size_t i = 0; i < result->reasons.length; i++) {
		struct reason *reason = &result->reasons.data[i];
		if (is_timing(reason) && excused(result, reason, taken_ns))
			reason->status = STATUS_INCONCLUSIVE;
		if (reason->status > result->status)
			result->status = reason->status;
	}
}

static bool is_any(const struct result *result, const struct reason *reason, int64_t taken_ns)
{
	(void)result;
	(void)reason;
	(void)taken_ns;
	return true;
}

/* The shortest time that a worker of a cgroup had; 0 where there is none. */
static int64_t shortest_ns(const struct result *result, const char *cgroup)
{
	int64_t shortest = 0;
	for (size_t i = 0; i < result->groups.length; i++) {
		const struct group_result *group = &result->groups.data[i];
		for (size_t j = 0; j < group->worker_count && strcmp(group->cgroup, cgroup) == 0;
		     j++) {
			int64_t wall = group->workers[j].wall_ns;
			if (wall > 0 && (!shortest || wall < shortest))
				shortest = wall;
		}
	}
	return shortest;
}

/* A spread that is beyond its limit by no more than what was taken can explain. */
static bool is_explained(const struct result *result, const struct reason *reason, int64_t taken_ns)
{
	int64_t wall_ns = shortest_ns(result, reason->cgroup);
	return metric_find(reason->check) == METRIC_spread && reason->has_figures && wall_ns > 0 &&
	       reason->observed - reason->limit < (double)taken_ns / (double)wall_ns;
}

static void excuse_spreads(struct vm *vm, int64_t taken_ns)
{
	struct result *result = vm->result;
	size_t explained = 0;
	for (size_t i = 0; i < result->reasons.length; i++)
		explained += is_timing(&result->reasons.data[i]) &&
			     is_explained(result, &result->reasons.data[i], taken_ns);
	if (!explained)
		return;
	struct text taken = {0};
	text_put_duration_short(&taken, taken_ns);
	soften(result, is_explained, taken_ns);
	result_add(result, STATUS_INCONCLUSIVE, "noise", result->span,
		   "other tasks and the hypervisor took %s of the CPUs under test: that may be all "
		   "by which the spread is beyond its limit",
		   text_string(&taken));
	text_free(&taken);
}

/* What others took of the CPUs under test goes to *taken_ns. */
static bool tell_load(struct vm *vm, int64_t *taken_ns)
{
	struct result *result = vm->result;
	int cpus = cpuset_count(&vm->own_cpus);
	int64_t time = vm_now(vm) - vm->load_at_ns;
	*taken_ns = 0;
	if (!cpus || time < NOISE_TIME_MIN_NS)
		return false;
	struct cpu_load *now = ARENA_ARRAY(&vm->values, struct cpu_load, (size_t)vm->load_count);
	vm->host->verbs->load(vm->host, now, vm->load_count);
	int64_t busy = 0, stolen = 0;
	cpuset_for_each (cpu, &vm->own_cpus) {
		if (cpu >= vm->load_count)
			continue;
		busy += now[cpu].busy_ns - vm->load[cpu].busy_ns;
		stolen += now[cpu].stolen_ns - vm->load[cpu].stolen_ns;
	}
	*taken_ns = (busy > vm->own_ns ? busy - vm->own_ns : 0) + stolen;
	double capacity = (double)cpus * (double)time;
	double foreign_share = (double)(busy - vm->own_ns) / capacity;
	double stolen_share = (double)stolen / capacity;
	if (foreign_share <= FOREIGN_MOST && stolen_share <= STOLEN_MOST)
		return false;
	result_add(
		result, STATUS_INCONCLUSIVE, "noise", result->span,
		"the machine was too busy to judge: other tasks had %.0f%% of the %d CPU%s under "
		"test (10%% is too much), %.0f%% was stolen (5%%)",
		foreign_share < 0 ? 0 : foreign_share * 100, cpus, cpus == 1 ? "" : "s",
		stolen_share * 100);
	return true;
}

/* What the text says changed, at a time that goes to the reason. */
static void tell_change(struct vm *vm, struct text *text, int64_t at_ns)
{
	text_puts(text, ", seen ");
	text_put_duration_short(text, at_ns - vm->start_ns);
	text_puts(text, " after the start of the scenario");
	struct reason *reason = result_add(vm->result, STATUS_INCONCLUSIVE, "noise",
					   vm->result->span, "%s", text_string(text));
	reason->at_ns = at_ns - vm->start_ns;
	text_clear(text);
}

static bool tell_topology(struct vm *vm, const struct noise_machine *machine)
{
	struct text text = {0};
	if (machine->changed_ns >= 0) {
		text_puts(&text, "the machine changed too much to judge: CPUs ");
		cpuset_print(&text, &machine->changed);
		text_puts(&text, " came or went");
		tell_change(vm, &text, machine->changed_ns);
	}
	if (machine->other_ns >= 0) {
		text_puts(&text, "the machine changed too much to judge: the run's CPUs were ");
		cpuset_print(&text, &machine->root);
		text_puts(&text, " and then ");
		text_puts(&text, cpuset_empty(&machine->other) ? "none" : "");
		cpuset_print(&text, &machine->other);
		tell_change(vm, &text, machine->other_ns);
	}
	text_free(&text);
	return machine->changed_ns >= 0 || machine->other_ns >= 0;
}

/* The CPU under test whose limit changed most, and the one that was slowed down most often. */
static bool tell_speed(struct vm *vm, const struct noise_machine *machine)
{
	int changed = -1, throttled = -1;
	double change = FREQUENCY_MOST;
	int64_t times = 0;
	cpuset_for_each (cpu, &vm->own_cpus) {
		if (cpu >= vm->load_count)
			break;
		double most = (double)machine->first[cpu].limit_khz;
		double cpu_change = most > 0 ? 1 - (double)machine->lowest_khz[cpu] / most : 0;
		int64_t cpu_times = machine->now[cpu].throttled - machine->first[cpu].throttled;
		changed = cpu_change > change ? cpu : changed;
		change = cpu_change > change ? cpu_change : change;
		throttled = cpu_times > times ? cpu : throttled;
		times = cpu_times > times ? cpu_times : times;
	}
	if (changed >= 0)
		result_add(vm->result, STATUS_INCONCLUSIVE, "noise", vm->result->span,
			   "the machine changed too much to judge: CPU %d was allowed %.0f MHz at "
			   "one time and %.0f MHz at another (5%% less is too much)",
			   changed, (double)machine->first[changed].limit_khz / 1e3,
			   (double)machine->lowest_khz[changed] / 1e3);
	if (throttled >= 0)
		result_add(vm->result, STATUS_INCONCLUSIVE, "noise", vm->result->span,
			   "the machine changed too much to judge: heat slowed CPU %d down %" PRId64
			   " time%s (once is too much)",
			   throttled, times, times == 1 ? "" : "s");
	return changed >= 0 || throttled >= 0;
}

static bool tell_stood(struct vm *vm)
{
	if (vm->stood_ns <= STOOD_MOST_NS)
		return false;
	struct text text = {0};
	text_puts(&text, "the machine changed too much to judge: it stood still for ");
	text_put_duration_short(&text, vm->stood_ns);
	text_puts(&text, " (200 ms is too much)");
	tell_change(vm, &text, vm->stood_at_ns);
	text_free(&text);
	return true;
}

void noise_end(struct vm *vm)
{
	if (vm->machine) {
		free(vm->machine->first);
		free(vm->machine->now);
		free(vm->machine->lowest_khz);
	}
	free(vm->machine);
	free(vm->load);
	vm->machine = NULL;
	vm->load = NULL;
}

void noise_judge(struct vm *vm)
{
	struct result *result = vm->result;
	bool timing = false;
	for (size_t i = 0; i < result->reasons.length; i++)
		timing |= is_timing(&result->reasons.data[i]);
	if (!timing || !vm->load)
		return;
	look_at_machine(vm, vm->machine, vm_now(vm));
	int64_t taken_ns;
	bool noisy = tell_load(vm, &taken_ns);
	noisy |= tell_topology(vm, vm->machine);
	noisy |= tell_speed(vm, vm->machine);
	noisy |= tell_stood(vm);
	if (noisy)
		soften(result, is_any, taken_ns);
	else
		excuse_spreads(vm, taken_ns);
}
