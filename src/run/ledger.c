/*
 * The ledger: what was made and must be unmade, in order. Entries are written before the thing
 * exists, so that whatever happens in between, its scope's end looks for it.
 */
#include "run/payload.h"
#include "run/scheduler.h"

#include <string.h>

void ledger_add(struct vm *vm, enum entry_kind kind, int id)
{
	VECTOR_PUSH(&vm->ledger, (struct ledger_entry){kind, id, true});
}

void ledger_add_living(struct vm *vm, int first, int count, int batch)
{
	while (vm->batch_of.length < (size_t)first + (size_t)count) {
		VECTOR_PUSH(&vm->batch_of, -1);
		VECTOR_PUSH(&vm->living_at, -1);
	}
	for (int worker = first; worker < first + count; worker++) {
		vm->batch_of.data[worker] = batch;
		vm->living_at.data[worker] = (int)vm->living.length;
		VECTOR_PUSH(&vm->living, worker);
	}
}

static void remove_living(struct vm *vm, int worker)
{
	int at = vm->living_at.data[worker];
	if (at < 0)
		return;
	int last = vm->living.data[--vm->living.length];
	vm->living.data[at] = last;
	vm->living_at.data[last] = at;
	vm->living_at.data[worker] = -1;
}

/* What cannot be undone is told and left to the host's own sweep at its end. */
static void report_refusal(struct vm *vm, const struct error *error)
{
	result_add(vm->result, STATUS_BROKEN, "cleanup", vm_span(vm), "%s", error->message);
}

void ledger_stop(struct vm *vm, const int *workers, size_t count)
{
	struct error error;
	if (!count)
		return;
	fairness_wait(vm, workers, count);
	sampler_look(vm);
	if (!vm->host->verbs->stop(vm->host, workers, count, &error)) {
		report_refusal(vm, &error);
		/* Once more: a refusal may pass, and living workers keep their groups from going.
		 */
		vm->host->verbs->stop(vm->host, workers, count, NULL);
	}
	judge_workers(vm, workers, count);
	for (size_t i = 0; i < count; i++)
		remove_living(vm, workers[i]);
}

void ledger_open_scope(struct vm *vm, enum scope_kind kind, const char *label)
{
	int64_t now = vm_now(vm) - vm->start_ns;
	VECTOR_PUSH(&vm->scopes, (struct scope){.kind = kind,
						.label = label,
						.start_ns = now,
						.ledger = vm->ledger.length,
						.limits = vm->limits.length});
	if (kind == SCOPE_STEP)
		vm->step = label;
}

/* Living workers of the innermost scope, in order, in vm->ended. */
static size_t own_workers(struct vm *vm, size_t mark)
{
	vm->ended.length = 0;
	for (size_t i = mark; i < vm->ledger.length; i++) {
		const struct ledger_entry *entry = &vm->ledger.data[i];
		if (entry->kind != ENTRY_WORKERS)
			continue;
		const struct batch *batch = &vm->batches.data[entry->id];
		for (int worker = batch->first; worker < batch->first + batch->count; worker++) {
			if (vm->living_at.data[worker] >= 0)
				VECTOR_PUSH(&vm->ended, worker);
		}
	}
	return vm->ended.length;
}

/* Stop the workers that are in a path with the newest stamp. */
static void stop_stamped(struct vm *vm)
{
	vm->ended.length = 0;
	for (size_t i = 0; i < vm->living.length; i++) {
		int worker = vm->living.data[i];
		int group = vm->host->verbs->worker_group(vm->host, worker);
		if (group < 0)
			continue;
		int path = paths_of_group(&vm->paths, group);
		if (vm->paths.all.data[path].stamp == vm->stamp)
			VECTOR_PUSH(&vm->ended, worker);
	}
	ledger_stop(vm, vm->ended.data, vm->ended.length);
}

static void remove_group(struct vm *vm, int path, bool implied)
{
	struct error error;
	int group = vm->paths.all.data[path].group;
	if (group < 0)
		return;
	payload_end_in(vm, path);
	sampler_judge(vm, path);
	struct event *event = vm_event(vm, "remove", path);
	event->implied = implied;
	event->cpus = "";
	if (vm->host->verbs->group_remove(vm->host, group, &error)) {
		paths_set_group(&vm->paths, path, -1);
	} else {
		report_refusal(vm, &error);
		VECTOR_PUSH(&vm->stubborn, path);
	}
}

void ledger_retry(struct vm *vm)
{
	for (size_t i = 0; i < vm->stubborn.length; i++) {
		int path = vm->stubborn.data[i];
		int group = vm->paths.all.data[path].group;
		if (group >= 0 && vm->host->verbs->group_remove(vm->host, group, NULL))
			paths_set_group(&vm->paths, path, -1);
	}
}

void ledger_close_scope(struct vm *vm)
{
	struct scope scope = vm->scopes.data[vm->scopes.length - 1];
	size_t count = own_workers(vm, scope.ledger);
	/* Before anything is changed: it may end the scenario. */
	fairness_wait(vm, vm->ended.data, count);
	if (vm->scopes.length == 1)
		alive_end(vm);
	for (size_t i = vm->ledger.length; i-- > scope.ledger;) {
		if (vm->ledger.data[i].kind == ENTRY_RUN)
			payload_end(vm, vm->ledger.data[i].id, true);
	}
	if (count) {
		struct event *event = vm_event(vm, "stop", -1);
		event->count = (int64_t)count;
		event->implied = true;
	}
	ledger_stop(vm, vm->ended.data, count);
	/* Workers of outer blocks may have been moved into these groups in a way that the checker
	 * could not see. */
	vm->stamp++;
	for (size_t i = scope.ledger; i < vm->ledger.length; i++) {
		if (vm->ledger.data[i].kind == ENTRY_GROUP)
			vm->paths.all.data[vm->ledger.data[i].id].stamp = vm->stamp;
	}
	if (vm->living.length && vm->ledger.length > scope.ledger)
		stop_stamped(vm);
	while (vm->ledger.length > scope.ledger) {
		struct ledger_entry entry = vm->ledger.data[--vm->ledger.length];
		if (entry.kind == ENTRY_GROUP && entry.open)
			remove_group(vm, entry.id, true);
		else if (entry.kind == ENTRY_SCHEDULER)
			scheduler_stop(vm);
	}
	limits_close(vm, scope.limits);
	vm->scopes.length--;
	if (scope.kind == SCOPE_STEP) {
		VECTOR_PUSH(&vm->result->steps, (struct step_result){scope.label, scope.start_ns,
								     vm_now(vm) - vm->start_ns});
		vm->step = "";
	}
}

void ledger_remove_group(struct vm *vm, int path)
{
	struct path *all = vm->paths.all.data;
	size_t first = vm->ledger.length;
	vm->stamp++;
	all[path].stamp = vm->stamp;
	/* A child is made after its parent, so the parent's entry ends the search. */
	while (first > 0) {
		const struct ledger_entry *entry = &vm->ledger.data[--first];
		if (entry->kind == ENTRY_GROUP && entry->open && entry->id == path)
			break;
	}
	for (size_t i = first; i < vm->ledger.length; i++) {
		const struct ledger_entry *entry = &vm->ledger.data[i];
		if (entry->kind == ENTRY_GROUP && entry->open &&
		    all[all[entry->id].parent].stamp == vm->stamp)
			all[entry->id].stamp = vm->stamp;
	}
	if (vm->living.length)
		stop_stamped(vm);
	for (size_t i = vm->ledger.length; i-- > first;) {
		struct ledger_entry *entry = &vm->ledger.data[i];
		if (entry->kind != ENTRY_GROUP || !entry->open || all[entry->id].stamp != vm->stamp)
			continue;
		entry->open = false;
		remove_group(vm, entry->id, entry->id != path);
	}
	size_t mark = vm->scopes.data[vm->scopes.length - 1].ledger;
	while (vm->ledger.length > mark && !vm->ledger.data[vm->ledger.length - 1].open)
		vm->ledger.length--;
}
