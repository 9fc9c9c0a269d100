/*
 * The sampler: in the waits of a scenario it looks at the cgroups that have workers, for metrics
 * that no worker can tell of itself. A look costs some 10 us a worker; they are so far apart that
 * it takes 5 % of a CPU at most. What was seen is judged when the cgroup is removed, or at the end
 * of the scenario, against the limits that were in force when it was seen.
 */
#include "run/vm.h"

#include "run/sustain.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static const int64_t QUEUE_NS = 20000000;  /* between two looks, for imbalance */
static const int64_t LOOK_NS = 100000000;  /* for all else */
static const int64_t NEAREST_NS = 5000000; /* one out of turn comes no sooner */
static const int64_t COST_SHARE = 20;      /* at most one of so many parts of the time */

/* Of one cgroup. */
struct watch {
	int group;   /* the host's number when it was seen last */
	int scope;   /* of the first of its workers */
	size_t look; /* the last look at it */
	/* of the look at hand */
	uint64_t units;
	bool wants;       /* some worker could go on */
	uint32_t *queues; /* runnable workers by CPU */
	/* since the look before */
	uint64_t units_before;
	int64_t still_since_ns;
	bool has_pressure;
	int64_t waited_ns;
	int64_t looked_ns;
	struct sustain seen[METRIC_COUNT];
	struct limit_entry limits[METRIC_COUNT]; /* in force; metric.on: there is one */
};

struct sampler {
	VECTOR(struct watch *) watches; /* by path; NULL: none */
	VECTOR(int) touched;            /* paths of the look at hand */
	size_t looks;
	int64_t looked_ns;
	int64_t due_ns;
	int cpu_count;
};

static bool wanted(const struct vm *vm, enum metric metric)
{
	return vm->sampled >> metric & 1;
}

int64_t sampler_due(const struct vm *vm)
{
	if (!vm->sampled || !vm->options->judge || vm->released_ns < 0)
		return INT64_MAX;
	return vm->sampler ? vm->sampler->due_ns : vm_now(vm);
}

static struct sampler *open_sampler(struct vm *vm)
{
	if (vm->sampler)
		return vm->sampler;
	vm->sampler = memory_zeroed(1, sizeof(*vm->sampler));
	cpuset_for_each (cpu, &vm->host->topology.all) {
		vm->sampler->cpu_count = cpu + 1;
	}
	return vm->sampler;
}

static struct watch *find_watch(const struct vm *vm, int path)
{
	const struct sampler *sampler = vm->sampler;
	if (!sampler || (size_t)path >= sampler->watches.length)
		return NULL;
	return sampler->watches.data[path];
}

/* The watch of a cgroup that has workers, ready for what this look sees. */
static struct watch *touch(struct vm *vm, int path, int group, int64_t now)
{
	struct sampler *sampler = vm->sampler;
	while (sampler->watches.length <= (size_t)path)
		VECTOR_PUSH(&sampler->watches, NULL);
	struct watch *watch = sampler->watches.data[path];
	if (!watch) {
		watch = memory_zeroed(1, sizeof(*watch));
		watch->queues = memory_zeroed((size_t)sampler->cpu_count, sizeof(*watch->queues));
		watch->group = -1;
		sampler->watches.data[path] = watch;
	}
	if (watch->look == sampler->looks)
		return watch;
	/* Not seen the last time: what was before says nothing about the time between. */
	if (watch->group != group || watch->look + 1 != sampler->looks) {
		watch->has_pressure = false;
		watch->still_since_ns = now;
		watch->looked_ns = now;
	}
	watch->look = sampler->looks;
	watch->group = group;
	watch->scope = -1;
	watch->units = 0;
	watch->wants = false;
	memset(watch->queues, 0, (size_t)sampler->cpu_count * sizeof(*watch->queues));
	VECTOR_PUSH(&sampler->touched, path);
	return watch;
}

static void look_at_worker(struct vm *vm, int worker, int64_t now)
{
	struct worker_look look;
	bool state = wanted(vm, METRIC_imbalance) || wanted(vm, METRIC_stall);
	int group = vm->host->verbs->worker_group(vm->host, worker);
	if (group < 0 || !vm->host->verbs->look(vm->host, worker, state, &look))
		return;
	struct watch *watch = touch(vm, paths_of_group(&vm->paths, group), group, now);
	if (watch->scope < 0)
		watch->scope = vm->batches.data[vm->batch_of.data[worker]].scope;
	watch->units += look.units;
	watch->wants |= look.runnable || look.halted;
	if (look.runnable && look.cpu >= 0 && look.cpu < vm->sampler->cpu_count)
		watch->queues[look.cpu]++;
}

static void judge_metric(struct vm *vm, enum metric metric, struct watch *watch, int path)
{
	struct sustain *seen = &watch->seen[metric];
	const struct limit_entry *limit = &watch->limits[metric];
	struct finding finding = {.worker = -1};
	struct text text = {0};
	if (!seen->seen || !limit->on)
		return;
	limits_judged(vm, limit);
	if (!seen->violated) {
		vm->result->checks++;
		return;
	}
	bool lasting = limit->sustained_ns > 0;
	double observed = lasting ? seen->worst.least : seen->most;
	finding.at_ns = lasting ? seen->worst.from_ns : seen->most_at_ns;
	text_printf(&text, "'%s': %s is %s", paths_text(&vm->paths, path),
		    metric_table[metric].name, lasting ? "at least " : "");
	metrics_put_value(&text, metric, observed);
	if (lasting) {
		text_puts(&text, " (and up to ");
		metrics_put_value(&text, metric, seen->worst.most);
		text_puts(&text, ") for ");
		text_put_duration_short(&text, seen->worst.to_ns - seen->worst.from_ns);
		text_puts(&text, " without a break");
	}
	text_puts(&text, ", and ");
	metrics_put_limit(&text, limit);
	if (lasting) {
		text_puts(&text, " for ");
		text_put_duration(&text, limit->sustained_ns);
	}
	text_puts(&text, lasting ? ": from " : ": seen ");
	text_put_duration_short(&text, finding.at_ns - vm->start_ns);
	text_puts(&text, " after the start of the scenario");
	judge_violation(vm, STATUS_FAIL, limit, path, observed, finding, limit->span,
			text_string(&text));
	text_free(&text);
}

/* The limit that is in force now; what was seen under another one is judged by that. */
static const struct limit_entry *limit_now(struct vm *vm, enum metric metric, struct watch *watch,
					   int path)
{
	struct limit_entry limit;
	assert(watch);
	struct limit_entry *before = &watch->limits[metric];
	limits_find(vm, metric, path, watch->scope, &limit);
	if (before->on && (!limit.on || limit.span.start != before->span.start)) {
		judge_metric(vm, metric, watch, path);
		watch->seen[metric] = (struct sustain){0};
	}
	*before = limit;
	return before;
}

static void add_sample(struct vm *vm, enum metric metric, int path, int64_t from, int64_t to,
		       double value)
{
	struct watch *watch = find_watch(vm, path);
	const struct limit_entry *limit = limit_now(vm, metric, watch, path);
	sustain_add(&watch->seen[metric], from, to, value, limit->on && !limits_hold(limit, value),
		    limit->sustained_ns);
}

static void sample_imbalance(struct vm *vm, struct watch *watch, int path, int64_t now)
{
	struct cpuset cpus;
	uint32_t least = UINT32_MAX, most = 0;
	if (!vm->host->verbs->group_cpus(vm->host, watch->group, &cpus, NULL))
		return;
	cpuset_for_each (cpu, &cpus) {
		if (cpu >= vm->sampler->cpu_count)
			continue;
		uint32_t queue = watch->queues[cpu];
		least = queue < least ? queue : least;
		most = queue > most ? queue : most;
	}
	if (most)
		add_sample(vm, METRIC_imbalance, path, now, now,
			   (double)most / (double)(least ? least : 1));
	else
		add_sample(vm, METRIC_imbalance, path, now, now, 1);
}

static void sample_stall(struct vm *vm, struct watch *watch, int path, int64_t now)
{
	if (!watch->wants || watch->units != watch->units_before)
		watch->still_since_ns = now;
	watch->units_before = watch->units;
	add_sample(vm, METRIC_stall, path, now, now, (double)(now - watch->still_since_ns));
}

static void sample_pressure(struct vm *vm, struct watch *watch, int path, int64_t now)
{
	int64_t waited, time = now - watch->looked_ns;
	if (!vm->host->verbs->group_pressure(vm->host, watch->group, &waited, NULL))
		return;
	if (watch->has_pressure && time > 0 && waited >= watch->waited_ns) {
		double share = (double)(waited - watch->waited_ns) / (double)time;
		add_sample(vm, METRIC_pressure, path, watch->looked_ns, now, share > 1 ? 1 : share);
	}
	watch->has_pressure = true;
	watch->waited_ns = waited;
	watch->looked_ns = now;
}

static void sample_throttling(struct vm *vm, struct watch *watch, int path, int64_t now)
{
	int64_t periods;
	if (vm->host->verbs->group_throttled(vm->host, watch->group, &periods, NULL))
		add_sample(vm, METRIC_nr_throttled, path, now, now, (double)periods);
}

static void sample_group(struct vm *vm, int path, int64_t now)
{
	static void (*const samples[METRIC_COUNT])(struct vm *, struct watch *, int, int64_t) = {
		[METRIC_imbalance] = sample_imbalance,
		[METRIC_stall] = sample_stall,
		[METRIC_pressure] = sample_pressure,
		[METRIC_nr_throttled] = sample_throttling,
	};
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		if (samples[metric] && wanted(vm, metric))
			samples[metric](vm, find_watch(vm, path), path, now);
	}
}

void sampler_look(struct vm *vm)
{
	int64_t now = vm_now(vm);
	if (sampler_due(vm) == INT64_MAX ||
	    (vm->sampler && now - vm->sampler->looked_ns < NEAREST_NS))
		return;
	struct sampler *sampler = open_sampler(vm);
	sampler->looks++;
	sampler->touched.length = 0;
	for (size_t i = 0; i < vm->living.length; i++)
		look_at_worker(vm, vm->living.data[i], now);
	for (size_t i = 0; i < sampler->touched.length; i++)
		sample_group(vm, sampler->touched.data[i], now);
	sampler->looked_ns = now;
	int64_t pause = wanted(vm, METRIC_imbalance) ? QUEUE_NS : LOOK_NS;
	int64_t cost = vm_now(vm) - now;
	sampler->due_ns = now + (cost * COST_SHARE > pause ? cost * COST_SHARE : pause);
}

double sampler_observe(const struct vm *vm, enum metric metric, int path)
{
	const struct watch *watch = find_watch(vm, path);
	return watch && watch->seen[metric].seen ? watch->seen[metric].most : NAN;
}

void sampler_judge(struct vm *vm, int path)
{
	struct watch *watch = find_watch(vm, path);
	if (!watch)
		return;
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		judge_metric(vm, metric, watch, path);
	vm->sampler->watches.data[path] = NULL;
	free(watch->queues);
	free(watch);
}

void sampler_end(struct vm *vm)
{
	if (!vm->sampler)
		return;
	for (size_t path = 0; path < vm->sampler->watches.length; path++)
		sampler_judge(vm, (int)path);
	VECTOR_FREE(&vm->sampler->watches);
	VECTOR_FREE(&vm->sampler->touched);
	free(vm->sampler);
	vm->sampler = NULL;
}
