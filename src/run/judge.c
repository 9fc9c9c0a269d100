/*
 * Judging: workers that were stopped together are sorted into groups that can be compared (one
 * cgroup, one kind of work, one way of scheduling), and each group is held against its limits.
 */
#include "run/vm.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Shorter than this, nothing that a worker did or did not do means anything. */
enum { JUDGE_WALL_MIN_NS = 20 * 1000 * 1000 };

static int compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_policies(const struct policy *a, const struct policy *b)
{
	int order = compare_numbers(a->kind, b->kind);
	if (!order)
		order = compare_numbers(a->priority, b->priority);
	if (!order)
		order = compare_numbers(a->runtime_ns, b->runtime_ns);
	return order ? order : compare_numbers(a->period_ns, b->period_ns);
}

/* 0: workers of the two can be compared with each other. */
static int compare_batches(const struct batch *a, const struct batch *b)
{
	int order = strcmp(a->name, b->name);
	if (!order)
		order = work_compare(&a->work, &b->work);
	if (!order)
		order = compare_policies(&a->policy, &b->policy);
	if (!order)
		order = a->nice - b->nice;
	if (!order)
		order = (int)a->affinity.kind - (int)b->affinity.kind;
	if (!order)
		order = memcmp(&a->affinity.set, &b->affinity.set, sizeof(a->affinity.set));
	return order;
}

/* Does it wake the others of its group, while they wait? */
static bool is_messenger(const struct vm *vm, const struct judge_member *member)
{
	const struct batch *batch = &vm->batches.data[member->batch];
	int64_t index = member->report->worker - batch->first;
	return work_is_messenger(&batch->work, index % work_members(&batch->work));
}

/* 0: the two can be compared with each other. */
static int compare_kinds(const struct vm *vm, const struct judge_member *a,
			 const struct judge_member *b)
{
	if (a->path != b->path)
		return a->path < b->path ? -1 : 1;
	int order = compare_batches(&vm->batches.data[a->batch], &vm->batches.data[b->batch]);
	return order ? order : is_messenger(vm, b) - is_messenger(vm, a);
}

/* qsort_r's context is the vm. */
static int compare_members(const void *left, const void *right, void *context)
{
	const struct judge_member *a = left, *b = right;
	int order = compare_kinds(context, a, b);
	if (order)
		return order;
	return a->report->worker < b->report->worker ? -1 : 1;
}

static const char *tell_want(enum worker_want want)
{
	switch (want) {
	case WORKER_WANT_GROUP:
		return ", by the kernel for want of memory (memory_max, or the machine's)";
	case WORKER_WANT_MACHINE:
		return ", probably by the kernel, which was out of memory";
	case WORKER_WANT_NOTHING:
		break;
	}
	return "";
}

static void judge_death(struct vm *vm, const struct batch *batch, int path,
			const struct worker_report *report, size_t index)
{
	const char *group = paths_text(&vm->paths, path);
	struct reason *reason = NULL;
	switch (report->end) {
	case WORKER_STOPPED:
		return;
	case WORKER_EXITED:
		reason = result_add(vm->result, STATUS_BROKEN, "worker", batch->span,
				    "worker %zu of %s in '%s' (pid %d) ended by itself with status "
				    "%d",
				    index, batch->name, group, (int)report->pid, report->end_code);
		break;
	case WORKER_KILLED:
		reason = result_add(
			vm->result, STATUS_BROKEN, "worker", batch->span,
			"worker %zu of %s in '%s' (pid %d) was killed by signal %d (%s)%s", index,
			batch->name, group, (int)report->pid, report->end_code,
			strsignal(report->end_code), tell_want(report->want));
		break;
	case WORKER_STUCK:
		reason = result_add(vm->result, STATUS_FAIL, "not_starved", batch->span,
				    "worker %zu of %s in '%s' (pid %d) did not get to end within "
				    "the 5 s after it was asked to",
				    index, batch->name, group, (int)report->pid);
		break;
	}
	assert(reason);
	reason->cgroup = result_text(vm->result, group);
	reason->worker = (int)index;
}

/* Who set the limit, and how to do without it. */
static void put_layer(struct text *text, const struct limit_entry *limit)
{
	if (strcmp(limit->layer, "default") == 0)
		text_printf(text, "judged by default; `expect { no %s }` turns it off",
			    metric_table[limit->metric].name);
	else if (*limit->owner)
		text_printf(text, "the limit is that of %s '%s'", limit->layer, limit->owner);
	else
		text_printf(text, "the limit is that of the %s", limit->layer);
}

void judge_violation(struct vm *vm, enum status status, const struct limit_entry *limit, int path,
		     double observed, struct finding finding, struct span span, const char *message)
{
	struct text layer = {0};
	struct reason *reason =
		result_add(vm->result, status, metric_table[limit->metric].name,
			   span_is_none(limit->span) ? span : limit->span, "%s", message);
	if (!span_is_none(limit->span))
		reason->call = SPAN_NONE; /* it led to the workers, not to this line */
	if (path >= 0)
		reason->cgroup = result_text(vm->result, paths_text(&vm->paths, path));
	reason->worker = finding.worker;
	if (finding.at_ns >= 0)
		reason->at_ns = finding.at_ns - vm->start_ns;
	reason->has_figures = true;
	reason->observed = observed;
	reason->limit = limit->has_value ? limit->value : 0;
	reason->sustained_ns = limit->sustained_ns;
	reason->unit = metrics_unit(limit->metric);
	reason->layer = limit->layer;
	put_layer(&layer, limit);
	reason->note = result_text(vm->result, text_string(&layer));
	text_free(&layer);
}

static void judge_metric(struct vm *vm, const struct judged *judged, enum metric metric,
			 double observed, int64_t shortest_ns)
{
	struct limit_entry limit;
	if (metric_table[metric].source != METRIC_WORKERS || isnan(observed) ||
	    !limits_find(vm, metric, judged->path, judged->batch->scope, &limit))
		return;
	limits_judged(vm, &limit);
	if (limits_hold(&limit, observed)) {
		vm->result->checks++;
		return;
	}
	struct text text = {0};
	struct finding finding = {.worker = -1, .at_ns = -1};
	const char *group = paths_text(&vm->paths, judged->path);
	text_printf(&text, "%s in '%s': ", judged->batch->name, group);
	metrics_explain(judged, observed, &limit, &text, &finding);
	bool brief = (double)shortest_ns < metric_table[metric].window_ns;
	if (brief) {
		text_puts(&text, "; it ran too briefly for a failure, less than ");
		text_put_duration(&text, (int64_t)metric_table[metric].window_ns);
	}
	judge_violation(vm, brief ? STATUS_INCONCLUSIVE : STATUS_FAIL, &limit, judged->path,
			observed, finding, judged->batch->span, text_string(&text));
	text_free(&text);
}

static const struct worker_move *keep_moves(struct vm *vm, const struct worker_report *report)
{
	struct worker_move *kept =
		ARENA_ARRAY(&vm->result->arena, struct worker_move, report->move_count);
	if (report->move_count)
		memcpy(kept, report->moves, report->move_count * sizeof(*kept));
	return kept;
}

static void keep_wakes(struct vm *vm, const struct histogram *wakes, struct group_result *group)
{
	size_t count = 0;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
		count += wakes->counts[bucket] != 0;
	struct histogram_count *kept =
		ARENA_ARRAY(&vm->result->arena, struct histogram_count, count);
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS && group->wake_count < count;
	     bucket++) {
		if (wakes->counts[bucket])
			kept[group->wake_count++] =
				(struct histogram_count){bucket, wakes->counts[bucket]};
	}
	group->wakes = kept;
}

/* The release at that time, where it is or goes in their order. */
static struct release_result *find_release(struct result *result, int64_t t_ns)
{
	size_t low = 0, high = result->releases.length;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (result->releases.data[middle].t_ns < t_ns)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == result->releases.length || result->releases.data[low].t_ns != t_ns) {
		VECTOR_PUSH(&result->releases, (struct release_result){0});
		struct release_result *at = result->releases.data + low;
		memmove(at + 1, at, (result->releases.length - 1 - low) * sizeof(*at));
		*at = (struct release_result){.t_ns = t_ns, .first_ns = INT64_MAX, .last_ns = -1};
	}
	return &result->releases.data[low];
}

static void add_start(struct vm *vm, const struct worker_report *report)
{
	if (report->start_ns < 0)
		return;
	struct release_result *release =
		find_release(vm->result, report->released_ns - vm->start_ns);
	release->workers++;
	if (report->start_ns < release->first_ns)
		release->first_ns = report->start_ns;
	if (report->start_ns > release->last_ns)
		release->last_ns = report->start_ns;
}

static void keep_workers(struct vm *vm, const struct judged *judged, struct group_result *group)
{
	struct result *result = vm->result;
	group->worker_count = judged->count;
	group->workers = ARENA_ARRAY(&result->arena, struct worker_result, judged->count);
	for (size_t i = 0; i < judged->count; i++) {
		const struct worker_report *report = judged->reports[i];
		group->workers[i] =
			(struct worker_result){.pid = report->pid,
					       .units = report->units,
					       .iterations = report->iterations,
					       .wall_ns = report->wall_ns,
					       .cpu_ns = report->cpu_ns,
					       .gap_ns = report->gap_ns,
					       .delay_ns = report->delay_ns,
					       .slices = report->slices,
					       .waits = report->waits,
					       .migrations = report->migrations,
					       .moves = keep_moves(vm, report),
					       .move_count = report->move_count,
					       .released_ns = report->released_ns - vm->start_ns,
					       .start_ns = report->start_ns,
					       .strays = report->strays,
					       .cpus = vm_keep_set(vm, &report->cpus),
					       .complete = report->end == WORKER_STOPPED};
	}
}

/* Long enough to be judged, all of them? */
static bool long_enough(const struct judged *judged, int64_t *shortest)
{
	*shortest = INT64_MAX;
	for (size_t i = 0; i < judged->count; i++) {
		if (judged->reports[i]->wall_ns < *shortest)
			*shortest = judged->reports[i]->wall_ns;
	}
	return *shortest >= JUDGE_WALL_MIN_NS;
}

/* What the report calls them: those that wake others are kept apart from those. */
static const char *group_name(struct vm *vm, const struct judged *judged)
{
	struct text text = {0};
	const struct work *work = &judged->batch->work;
	int64_t index = judged->reports[0]->worker - judged->batch->first;
	text_puts(&text, judged->batch->name);
	if (work_is_messenger(work, index % work_members(work)))
		text_puts(&text, " (messenger)");
	const char *name = result_text(vm->result, text_string(&text));
	text_free(&text);
	return name;
}

static void tell_brief(struct vm *vm, const struct judged *judged, const char *group,
		       int64_t shortest_ns)
{
	struct text text = {0};
	text_put_duration_short(&text, shortest_ns);
	struct reason *reason =
		result_add(vm->result, STATUS_INCONCLUSIVE, "time", judged->batch->span,
			   "%s in '%s' ran for %s only; nothing is judged before 20 ms",
			   judged->batch->name, group, text_string(&text));
	reason->cgroup = group;
	text_free(&text);
}

static void judge_metrics(struct vm *vm, const struct judged *judged, int64_t shortest_ns,
			  double *values)
{
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		values[metric] = metric_table[metric].source == METRIC_WORKERS
					 ? metrics_observe(metric, judged)
					 : sampler_observe(vm, metric, judged->path);
		judge_metric(vm, judged, metric, values[metric], shortest_ns);
	}
}

static void judge_group(struct vm *vm, struct judged *judged)
{
	struct group_result group = {
		.cgroup = result_text(vm->result, paths_text(&vm->paths, judged->path)),
		.work = group_name(vm, judged)};
	struct histogram *wakes = memory_zeroed(1, sizeof(*wakes));
	metrics_merge_wakes(judged, wakes);
	judged->wakes = wakes;
	keep_workers(vm, judged, &group);
	keep_wakes(vm, wakes, &group);
	int64_t shortest = 0;
	bool whole = true;
	for (size_t i = 0; i < judged->count; i++) {
		judge_death(vm, judged->batch, judged->path, judged->reports[i], i);
		whole &= judged->reports[i]->end == WORKER_STOPPED;
	}
	group.judged = long_enough(judged, &shortest) && whole;
	group.metrics = ARENA_ARRAY(&vm->result->arena, double, METRIC_COUNT);
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		group.metrics[metric] = NAN;
	if (group.judged)
		judge_metrics(vm, judged, shortest, group.metrics);
	else if (whole && !vm->ending)
		tell_brief(vm, judged, group.cgroup, shortest);
	free(wakes);
	VECTOR_PUSH(&vm->result->groups, group);
}

/* Stopped before anything let them start: told once per spawn. */
static void judge_unreleased(struct vm *vm, struct batch *batch, const struct worker_report *report)
{
	if (report && report->end != WORKER_STOPPED) {
		if (vm->judging != JUDGING_METRICS_ONLY)
			judge_death(vm, batch, paths_of_group(&vm->paths, report->group), report,
				    (size_t)(report->worker - batch->first));
		return;
	}
	if (vm->ending || batch->told)
		return;
	batch->told = true;
	vm->result->call = batch->call;
	result_add(vm->result, STATUS_INCONCLUSIVE, "time", batch->span,
		   "%s was stopped before anything let it start", batch->name);
}

/* The end of the members that can be compared with the one at `start`. */
static size_t end_of_group(const struct vm *vm, const struct judge_member *members, size_t count,
			   size_t start)
{
	size_t end = start + 1;
	while (end < count && compare_kinds(vm, &members[start], &members[end]) == 0)
		end++;
	return end;
}

static bool is_group_fair(struct vm *vm, const struct judged *judged, struct text *why)
{
	/* What is measured at the end is a little later, and a little else. */
	const double spare = 0.98;
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		struct limit_entry limit;
		/* Of wakes a look at running workers tells nothing. */
		if (metric_table[metric].source != METRIC_WORKERS ||
		    metric_table[metric].window_ns <= 0 || metric_table[metric].latency ||
		    !limits_find(vm, metric, judged->path, judged->batch->scope, &limit))
			continue;
		double observed = metrics_observe(metric, judged);
		bool most = metric_table[metric].direction == METRIC_MOST;
		if (isnan(observed) ||
		    limits_hold(&limit, most ? observed / spare : observed * spare))
			continue;
		text_printf(why, "the %s of %s in '%s' was ", metric_table[metric].name,
			    judged->batch->name, paths_text(&vm->paths, judged->path));
		metrics_put_value(why, metric, observed);
		return false;
	}
	return true;
}

bool judge_is_fair(struct vm *vm, const int *workers, size_t count, struct text *why)
{
	struct judge_member *members = memory_zeroed(count, sizeof(*members));
	struct worker_report *looks = memory_zeroed(count, sizeof(*looks));
	const struct worker_report **reports = memory_zeroed(count, sizeof(*reports));
	size_t kept = 0;
	bool fair = true;
	text_clear(why);
	for (size_t i = 0; i < count; i++) {
		struct worker_progress progress;
		int group = vm->host->verbs->worker_group(vm->host, workers[i]);
		vm->host->verbs->progress(vm->host, workers[i], &progress);
		if (group < 0 || progress.wall_ns <= 0)
			continue;
		looks[kept] = (struct worker_report){.worker = workers[i],
						     .units = progress.units,
						     .wall_ns = progress.wall_ns,
						     .cpu_ns = progress.cpu_ns};
		members[kept] =
			(struct judge_member){&looks[kept], paths_of_group(&vm->paths, group),
					      vm->batch_of.data[workers[i]]};
		kept++;
	}
	qsort_r(members, kept, sizeof(*members), compare_members, vm);
	for (size_t i = 0; i < kept; i++)
		reports[i] = members[i].report;
	for (size_t start = 0, end; start < kept && fair; start = end) {
		end = end_of_group(vm, members, kept, start);
		fair = is_group_fair(
			vm,
			&(struct judged){.vm = vm,
					 .path = members[start].path,
					 .batch = &vm->batches.data[members[start].batch],
					 .reports = reports + start,
					 .count = end - start},
			why);
	}
	free(members);
	free(looks);
	free(reports);
	return fair;
}

void judge_members(struct vm *vm, struct judge_member *members, size_t kept)
{
	struct span call = vm->result->call;
	const struct worker_report **reports = memory_zeroed(kept, sizeof(*reports));
	qsort_r(members, kept, sizeof(*members), compare_members, vm);
	for (size_t i = 0; i < kept; i++)
		reports[i] = members[i].report;
	for (size_t start = 0, end; start < kept; start = end) {
		const struct batch *batch = &vm->batches.data[members[start].batch];
		end = end_of_group(vm, members, kept, start);
		struct judged judged = {.vm = vm,
					.path = members[start].path,
					.batch = batch,
					.reports = reports + start,
					.count = end - start};
		vm->result->call = batch->call;
		judge_group(vm, &judged);
	}
	vm->result->call = call;
	free(reports);
}

void judge_workers(struct vm *vm, const int *workers, size_t count)
{
	if (!vm->options->judge || !count)
		return;
	struct judge_member *members = memory_zeroed(count, sizeof(*members));
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const struct worker_report *report = vm->host->verbs->report(vm->host, workers[i]);
		if (!report || !report->released) {
			judge_unreleased(vm, &vm->batches.data[vm->batch_of.data[workers[i]]],
					 report);
			continue;
		}
		if (vm->judging != JUDGING_METRICS_ONLY) {
			noise_add(vm, report);
			add_start(vm, report);
		}
		if (vm->judging == JUDGING_NOISE_ONLY)
			continue;
		members[kept++] =
			(struct judge_member){report, paths_of_group(&vm->paths, report->group),
					      vm->batch_of.data[workers[i]]};
	}
	judge_members(vm, members, kept);
	free(members);
}
