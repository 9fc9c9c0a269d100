/* What a hook has found out and not yet said, and judging workers for it. */
#include "run/hook_verbs.h"

#include <stdio.h>
#include <string.h>

int64_t hook_new_verdict(struct vm *vm)
{
	VECTOR_PUSH(&vm->verdicts, (struct verdict){0});
	return (int64_t)vm->verdicts.length;
}

/* NULL: 0, or no verdict at all. */
static struct verdict *find(const struct vm *vm, int64_t verdict)
{
	if (verdict < 1 || (size_t)verdict > vm->verdicts.length)
		return NULL;
	return &vm->verdicts.data[verdict - 1];
}

enum status hook_verdict_status(const struct vm *vm, int64_t number)
{
	const struct verdict *verdict = find(vm, number);
	enum status worst = STATUS_PASS;
	if (!verdict)
		return number ? STATUS_BROKEN : STATUS_PASS;
	for (size_t i = 0; i < verdict->reasons.length; i++) {
		if (verdict->reasons.data[i].status > worst)
			worst = verdict->reasons.data[i].status;
	}
	return worst;
}

void hook_put_verdict(const struct vm *vm, int64_t number, struct text *text)
{
	const struct verdict *verdict = find(vm, number);
	for (size_t i = 0; verdict && i < verdict->reasons.length; i++)
		text_printf(text, "%s%s: %s", i ? "\n" : "",
			    status_name(verdict->reasons.data[i].status),
			    verdict->reasons.data[i].message);
}

void hook_divert(struct vm *vm, size_t kept, enum status status, int64_t number)
{
	struct result *result = vm->result;
	struct verdict *verdict = find(vm, number);
	for (size_t i = kept; i < result->reasons.length; i++) {
		result->reasons.data[i].span = vm_span(vm);
		if (verdict)
			VECTOR_PUSH(&verdict->reasons, result->reasons.data[i]);
	}
	result->reasons.length = kept;
	result->status = status;
}

void hook_add_finding(struct vm *vm, int64_t number, enum status status, const char *message)
{
	size_t kept = vm->result->reasons.length;
	enum status before = vm->result->status;
	result_add(vm->result, status, status == STATUS_SKIP ? "skip" : "custom", vm_span(vm), "%s",
		   message);
	hook_divert(vm, kept, before, number);
}

static void merge_into_result(struct vm *vm, const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->reasons.length; i++) {
		const struct reason *from = &verdict->reasons.data[i];
		struct reason *reason = result_add(vm->result, from->status, from->check,
						   from->span, "%s", from->message);
		const char *message = reason->message;
		*reason = *from;
		reason->message = message;
	}
}

void hook_merge(struct vm *vm, int64_t into, int64_t from)
{
	struct verdict *source = find(vm, from), *target = find(vm, into);
	if (!source || source == target)
		return;
	if (into < 0)
		merge_into_result(vm, source);
	for (size_t i = 0; target && i < source->reasons.length; i++)
		VECTOR_PUSH(&target->reasons, source->reasons.data[i]);
	/* Said once, wherever else it is said. */
	source->reasons.length = 0;
}

void hook_return(struct vm *vm, int64_t verdict)
{
	if (hook_verdict_status(vm, verdict) == STATUS_PASS)
		vm->result->checks++;
	hook_merge(vm, -1, verdict);
}

struct workers {
	const int64_t *batches;
	size_t count;
};

static void do_stop(struct vm *vm, void *argument)
{
	const struct workers *stopped = argument;
	VECTOR(int) workers = {0};
	for (size_t i = 0; i < stopped->count; i++) {
		const struct batch *batch = &vm->batches.data[stopped->batches[i]];
		for (int worker = batch->first; worker < batch->first + batch->count; worker++) {
			if (vm->living_at.data[worker] >= 0)
				VECTOR_PUSH(&workers, worker);
		}
	}
	vm->judging = JUDGING_NOISE_ONLY;
	ledger_stop(vm, workers.data, workers.length);
	struct event *event = vm_event(vm, "stop", -1);
	event->count = (int64_t)workers.length;
	VECTOR_FREE(&workers);
}

bool hook_stop(struct vm *vm, const int64_t *batches, size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (!hook_is_batch(vm, batches[i], error))
			return false;
	}
	return hook_try(vm, do_stop, &(struct workers){batches, count}, error);
}

const struct worker_report *hook_report(struct vm *vm, int64_t worker)
{
	if (worker < 0 || (size_t)worker >= vm->batch_of.length || vm->batch_of.data[worker] < 0 ||
	    vm->living_at.data[worker] >= 0)
		return NULL;
	return vm->host->verbs->report(vm->host, (int)worker);
}

struct judgement {
	struct judge_member *members;
	size_t count;
	const struct hook_checks *checks;
};

/* Workers that were seen elsewhere, whatever cpuset was in force there. */
static void check_cpus(struct vm *vm, const struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct worker_report *report = judgement->members[i].report;
		struct cpuset outside;
		cpuset_minus(&outside, &report->cpus, judgement->checks->cpus);
		if (cpuset_empty(&outside)) {
			vm->result->checks++;
			continue;
		}
		struct text list = {0};
		cpuset_print(&list, &outside);
		struct reason *reason = result_add(
			vm->result, STATUS_FAIL, "isolated", vm_span(vm),
			"%s: worker %zu (pid %d) ran on CPUs %s, outside the set that it "
			"was to stay in",
			vm->batches.data[judgement->members[i].batch].name, i, (int)report->pid,
			text_string(&list));
		reason->worker = (int)i;
		text_free(&list);
	}
}

static void do_judge(struct vm *vm, void *argument)
{
	const struct judgement *judgement = argument;
	vm->judging = JUDGING_METRICS_ONLY;
	if (judgement->checks->cpus)
		check_cpus(vm, judgement);
	judge_members(vm, judgement->members, judgement->count);
}

/* What reports belong to that are of no worker. */
static int made_up_batch(struct vm *vm)
{
	VECTOR_PUSH(&vm->batches, (struct batch){.first = -1,
						 .name = "a hook's reports",
						 .scope = (int)vm->scopes.length - 1,
						 .span = vm_span(vm),
						 .call = vm->result->call});
	return (int)vm->batches.length - 1;
}

/* What a hook is not told of a worker is not in a report of none. */
static void make_up(struct worker_report *report, const struct worker_report *given, size_t index)
{
	*report = *given;
	report->worker = (int)index;
	report->released = true;
	report->start_ns = -1;
	report->delay_ns = -1;
	report->pages = -1;
	report->pages_moved = -1;
}

static void merge_into_report(struct worker_report *report, const struct worker_report *known,
			      const struct worker_report *given)
{
	*report = *known;
	report->units = given->units;
	report->iterations = given->iterations;
	report->wall_ns = given->wall_ns;
	report->cpu_ns = given->cpu_ns;
	report->gap_ns = given->gap_ns;
	report->gap_at_ns = given->gap_at_ns;
	report->migrations = given->migrations;
	report->strays = given->strays;
	report->cpus = given->cpus;
	if (given->end == WORKER_STOPPED || report->end == WORKER_STOPPED)
		report->end = given->end;
}

/* All off but the one that always is judged. */
static void starved_only(struct vm *vm)
{
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		struct limit_entry entry = {.metric = metric,
					    .on = metric == METRIC_not_starved,
					    .path = -1,
					    .span = vm_span(vm)};
		limits_add(vm, entry);
	}
}

static bool add_limits(struct vm *vm, const char *expect, struct error *error)
{
	struct text text = {0};
	text_printf(&text, "expect {\n%s\n}", expect);
	bool fine = hook_run_text(vm, text_string(&text), error);
	text_free(&text);
	return fine;
}

bool hook_judge(struct vm *vm, const struct worker_report *reports, size_t count,
		const struct hook_checks *checks, int64_t verdict, struct error *error)
{
	size_t limits = vm->limits.length, kept = vm->result->reasons.length;
	enum status before = vm->result->status;
	struct worker_report *merged = memory_zeroed(count, sizeof(*merged));
	struct judge_member *members = memory_zeroed(count, sizeof(*members));
	int made_up = -1;
	bool fine = true;
	for (size_t i = 0; i < count; i++) {
		const struct worker_report *known = hook_report(vm, reports[i].worker);
		if (known && known->pid == reports[i].pid) {
			merge_into_report(&merged[i], known, &reports[i]);
			members[i] = (struct judge_member){&merged[i],
							   paths_of_group(&vm->paths, known->group),
							   vm->batch_of.data[known->worker]};
			continue;
		}
		made_up = made_up < 0 ? made_up_batch(vm) : made_up;
		make_up(&merged[i], &reports[i], i);
		members[i] = (struct judge_member){&merged[i], PATH_ROOT, made_up};
	}
	if (checks->starved_only)
		starved_only(vm);
	fine = fine && (!checks->expect || add_limits(vm, checks->expect, error));
	struct judgement judgement = {members, count, checks};
	fine = fine && hook_try(vm, do_judge, &judgement, error);
	free(members);
	free(merged);
	vm->limits.length = limits;
	if (!vm->over)
		hook_divert(vm, kept, before, verdict);
	return fine;
}
