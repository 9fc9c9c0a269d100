/*
 * The noise guard. From the first release to the end of the scenario, on the CPUs on which its
 * workers were seen:
 *   foreign share = (busy time of those CPUs - CPU time of the workers) / (CPUs * time)
 *   stolen share  = time stolen by the hypervisor / (CPUs * time)
 * Where either is above its limit, a failure of a metric that is TIMING in metrics.def says as much
 * about the other tasks (one real-time hog starves whoever shares its CPU) as about the scheduler,
 * and the scenario is INCONCLUSIVE instead, with these figures. Others stay failures: no noise
 * excuses a worker outside its cpuset.
 */
#include "run/vm.h"

#include <stdio.h>

#define FOREIGN_MOST 0.10
#define STOLEN_MOST  0.05

/* Ticks of /proc/stat are 10 ms: over less than this they say nothing. */
enum { NOISE_TIME_MIN_NS = 100 * 1000 * 1000 };

void noise_start(struct vm *vm)
{
	if (!vm->options->judge)
		return;
	int highest = 0;
	cpuset_for_each (cpu, &vm->host->topology.all) {
		highest = cpu;
	}
	vm->load_count = highest + 1;
	vm->load = ARENA_ARRAY(&vm->values, struct cpu_load, (size_t)vm->load_count);
	vm->host->verbs->load(vm->host, vm->load, vm->load_count);
	vm->load_at_ns = vm_now(vm);
}

void noise_add(struct vm *vm, const struct worker_report *report)
{
	vm->own_ns += report->cpu_ns;
	cpuset_or(&vm->own_cpus, &vm->own_cpus, &report->cpus);
}

static bool is_timing(const struct reason *reason)
{
	enum metric metric = metric_find(reason->check);
	return reason->status == STATUS_FAIL && metric < METRIC_COUNT &&
	       metric_table[metric].timing;
}

/* The failures become what they are worth, and the status what is left. */
static void soften(struct result *result)
{
	result->status = STATUS_PASS;
	for (size_t i = 0; i < result->reasons.length; i++) {
		struct reason *reason = &result->reasons.data[i];
		if (is_timing(reason))
			reason->status = STATUS_INCONCLUSIVE;
		if (reason->status > result->status)
			result->status = reason->status;
	}
}

void noise_judge(struct vm *vm)
{
	struct result *result = vm->result;
	bool timing = false;
	for (size_t i = 0; i < result->reasons.length; i++)
		timing |= is_timing(&result->reasons.data[i]);
	int cpus = cpuset_count(&vm->own_cpus);
	int64_t time = vm_now(vm) - vm->load_at_ns;
	if (!timing || !vm->load || !cpus || time < NOISE_TIME_MIN_NS)
		return;
	struct cpu_load *now = ARENA_ARRAY(&vm->values, struct cpu_load, (size_t)vm->load_count);
	vm->host->verbs->load(vm->host, now, vm->load_count);
	int64_t busy = 0, stolen = 0;
	cpuset_for_each (cpu, &vm->own_cpus) {
		if (cpu >= vm->load_count)
			continue;
		busy += now[cpu].busy_ns - vm->load[cpu].busy_ns;
		stolen += now[cpu].stolen_ns - vm->load[cpu].stolen_ns;
	}
	double capacity = (double)cpus * (double)time;
	double foreign_share = (double)(busy - vm->own_ns) / capacity;
	double stolen_share = (double)stolen / capacity;
	if (foreign_share <= FOREIGN_MOST && stolen_share <= STOLEN_MOST)
		return;
	soften(result);
	result_add(
		result, STATUS_INCONCLUSIVE, "noise", result->span,
		"the machine was too busy to judge: other tasks had %.0f%% of the %d CPU%s under "
		"test (10%% is too much), %.0f%% was stolen (5%%)",
		foreign_share < 0 ? 0 : foreign_share * 100, cpus, cpus == 1 ? "" : "s",
		stolen_share * 100);
}
