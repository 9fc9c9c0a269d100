#include "api/serve.h"

#include "host/host.h"

#include <stdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)KTSTR_SKIP == (int)STATUS_SKIP && (int)KTSTR_TIMEOUT == (int)STATUS_TIMEOUT &&
		       (int)KTSTR_INCONCLUSIVE == (int)STATUS_INCONCLUSIVE &&
		       (int)KTSTR_BROKEN == (int)STATUS_BROKEN &&
		       (int)KTSTR_FAIL == (int)STATUS_FAIL,
	       "the public statuses are the run's");

static const struct cpuset *set_of(const struct wire_request *request)
{
	return request->set ? public_set(request->set) : NULL;
}

/* Handles are batches, counted from 1. */
static int64_t batch_of(int64_t handle)
{
	return handle - 1;
}

static bool spawn(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		  struct error *error)
{
	size_t before = vm->batches.length;
	bool fine = hook_run_text(vm, request->text, error);
	if (fine && vm->batches.length != before + 1)
		fine = error_set(error, ERROR_REFUSED, "this is not one spawn");
	reply->value = (int64_t)vm->batches.length;
	return fine;
}

static bool progress(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		     struct error *error)
{
	int first, count;
	if (!hook_get_workers(vm, batch_of(request->a), &first, &count, error))
		return false;
	for (int worker = first; worker < first + count; worker++) {
		struct worker_progress seen;
		hook_get_progress(vm, worker, &seen);
		struct wire_progress told = {seen.pid, seen.units};
		text_add(&reply->bytes, (const char *)&told, sizeof(told));
	}
	return true;
}

static struct ktstr_report public_report(const struct worker_report *report)
{
	struct ktstr_report told = {.worker = report->worker,
				    .pid = report->pid,
				    .units = report->units,
				    .iterations = report->iterations,
				    .wall_ns = report->wall_ns,
				    .cpu_ns = report->cpu_ns,
				    .gap_ns = report->gap_ns,
				    .gap_at_ns = report->gap_at_ns,
				    .migrations = report->migrations,
				    .strays = report->strays,
				    .complete = report->end == WORKER_STOPPED};
	memcpy(&told.cpus, &report->cpus, sizeof(told.cpus));
	return told;
}

/* A number that no worker can have stays one. */
static struct worker_report own_report(const struct ktstr_report *told)
{
	bool possible = told->worker >= 0 && told->worker <= INT_MAX;
	struct worker_report report = {.worker = possible ? (int)told->worker : -1,
				       .pid = (pid_t)told->pid,
				       .units = told->units,
				       .iterations = told->iterations,
				       .wall_ns = told->wall_ns,
				       .cpu_ns = told->cpu_ns,
				       .gap_ns = told->gap_ns,
				       .gap_at_ns = told->gap_at_ns,
				       .migrations = told->migrations,
				       .strays = told->strays,
				       .end = told->complete ? WORKER_STOPPED : WORKER_EXITED};
	memcpy(&report.cpus, &told->cpus, sizeof(report.cpus));
	return report;
}

static bool stop(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		 struct error *error)
{
	int64_t *batches = memory_zeroed(request->count + 1, sizeof(*batches));
	for (size_t i = 0; i < request->count; i++)
		batches[i] = batch_of(request->items[i]);
	bool fine = hook_stop(vm, batches, request->count, error);
	for (size_t i = 0; i < request->count && fine; i++) {
		int first, count;
		fine = hook_get_workers(vm, batches[i], &first, &count, error);
		for (int worker = first; worker < first + count && fine; worker++) {
			struct ktstr_report told = public_report(hook_report(vm, worker));
			text_add(&reply->bytes, (const char *)&told, sizeof(told));
		}
	}
	free(batches);
	return fine;
}

static bool judge(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		  struct error *error)
{
	struct hook_facts facts;
	hook_get_facts(vm, &facts);
	const struct hook_checks checks = {.expect = request->more,
					   .starved_only = !request->more && !facts.has_limits,
					   .cpus = set_of(request)};
	size_t count = request->count * sizeof(*request->items) / sizeof(struct ktstr_report);
	struct worker_report *reports = memory_zeroed(count, sizeof(*reports));
	for (size_t i = 0; i < count; i++) {
		struct ktstr_report told;
		memcpy(&told, (const char *)request->items + i * sizeof(told), sizeof(told));
		reports[i] = own_report(&told);
	}
	reply->value = hook_new_verdict(vm);
	bool fine = hook_judge(vm, reports, count, &checks, reply->value, error);
	free(reports);
	return fine;
}

static bool block(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		  struct error *error)
{
	struct text text = {0};
	text_puts(&text, request->text);
	if (request->more)
		text_printf(&text, "\nexpect {\n%s\n}", request->more);
	reply->value = hook_new_verdict(vm);
	bool fine = hook_run_block(vm, text_string(&text), reply->value, error);
	text_free(&text);
	return fine;
}

static bool find(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		 struct error *error)
{
	if (request->a < STATUS_PASS || request->a >= STATUS_COUNT)
		return error_set(error, ERROR_REFUSED, "there is no such status");
	reply->value = hook_new_verdict(vm);
	hook_add_finding(vm, reply->value, (enum status)request->a, request->text);
	return true;
}

static bool needs_text(enum wire_verb verb)
{
	return verb == WIRE_CREATE || verb == WIRE_REMOVE || verb == WIRE_SET_CPUS ||
	       verb == WIRE_GET_CPUS || verb == WIRE_COUNT_TASKS || verb == WIRE_FREEZE ||
	       verb == WIRE_MOVE_TASKS || verb == WIRE_MOVE || verb == WIRE_SPAWN ||
	       verb == WIRE_MAP || verb == WIRE_FIND || verb == WIRE_NOTE || verb == WIRE_BLOCK;
}

/* dispatch */
static bool answer(struct vm *vm, const struct wire_request *request, struct wire_reply *reply,
		   struct error *error)
{
	if (needs_text(request->verb) && !request->text)
		return error_set(error, ERROR_REFUSED, "a name or text is missing");
	switch ((enum wire_verb)request->verb) {
	case WIRE_CREATE:
		return hook_create(vm, request->text, error);
	case WIRE_REMOVE:
		return hook_remove(vm, request->text, error);
	case WIRE_SET_CPUS:
		return hook_set_cpus(vm, request->text, set_of(request), error);
	case WIRE_GET_CPUS:
		return hook_get_cpus(vm, request->text, (struct cpuset *)&reply->set, error);
	case WIRE_COUNT_TASKS:
		return hook_get_tasks(vm, request->text, &reply->value, error);
	case WIRE_FREEZE:
		return hook_freeze(vm, request->text, request->a, error);
	case WIRE_MOVE_TASKS:
		return hook_move_tasks(vm, request->text, request->items, request->count, error);
	case WIRE_MOVE:
		return hook_move_batch(vm, batch_of(request->a), request->text, error);
	case WIRE_SPAWN:
		return spawn(vm, request, reply, error);
	case WIRE_RELEASE:
		return hook_release(vm, error);
	case WIRE_PROGRESS:
		return progress(vm, request, reply, error);
	case WIRE_STOP:
		return stop(vm, request, reply, error);
	case WIRE_SLEEP:
		return hook_sleep(vm, request->a, request->b, error);
	case WIRE_MAP:
		return hook_map_value(vm, request->text, request->a, &reply->value, error);
	case WIRE_FIND:
		return find(vm, request, reply, error);
	case WIRE_MERGE:
		reply->value = request->b ? request->b : hook_new_verdict(vm);
		hook_merge(vm, reply->value, request->a);
		return true;
	case WIRE_VERDICT:
		reply->value = hook_verdict_status(vm, request->a);
		hook_put_verdict(vm, request->a, &reply->bytes);
		return true;
	case WIRE_NOTE:
		hook_note(vm, request->text);
		return true;
	case WIRE_JUDGE:
		return judge(vm, request, reply, error);
	case WIRE_BLOCK:
		return block(vm, request, reply, error);
	case WIRE_VERBS:
		break;
	}
	return error_set(error, ERROR_REFUSED, "this ktstr has no such function");
}

void serve(struct vm *vm, const struct wire_request *request, struct wire_reply *reply)
{
	struct error error = {0};
	reply->fine = answer(vm, request, reply, &error);
	reply->lacking = !reply->fine && error.kind == ERROR_UNAVAILABLE;
	snprintf(reply->error, sizeof(reply->error), "%s", reply->fine ? "" : error.message);
}
