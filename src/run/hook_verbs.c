#include "run/hook_verbs.h"

#include "run/interpreter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void hook_get_facts(const struct vm *vm, struct hook_facts *facts)
{
	*facts = (struct hook_facts){.duration_ns = vm->duration_ns,
				     .settle_ns = vm->settle_ns,
				     .workers = vm->workers,
				     .sched_pid = vm->scheduler.pid ? vm->scheduler.pid
								    : vm->options->sched_pid,
				     .work_type = vm->options->work_type,
				     .has_limits = vm->limits.length > 0,
				     .topology = &vm->host->topology};
}

bool vm_is_over(const struct vm *vm)
{
	return vm->over;
}

void hook_leave_if_over(struct vm *vm)
{
	if (vm->over)
		vm_leave(vm);
}

/* Where the run stands when a verb begins, and stands again when it has ended. */
struct frame {
	uint32_t at;
	int call_count;
	jmp_buf *unwind;
	struct error *attempt;
	enum judging judging;
};

static struct frame frame_of(const struct vm *vm)
{
	return (struct frame){vm->at, vm->call_count, vm->unwind, vm->attempt, vm->judging};
}

static void restore(struct vm *vm, const struct frame *frame)
{
	vm->at = frame->at;
	vm->call_count = frame->call_count;
	vm->unwind = frame->unwind;
	vm->attempt = frame->attempt;
	vm->judging = frame->judging;
}

bool hook_try(struct vm *vm, void (*verb)(struct vm *, void *), void *argument, struct error *error)
{
	jmp_buf here;
	volatile bool done = false;
	const struct frame frame = frame_of(vm);
	if (vm->over)
		return error_set(error, ERROR_REFUSED, "the scenario is over");
	*error = (struct error){.kind = ERROR_REFUSED};
	vm->unwind = &here;
	vm->attempt = error;
	if (!setjmp(here)) {
		vm_poll(vm);
		verb(vm, argument);
		done = true;
	}
	restore(vm, &frame);
	if (vm->over)
		return error_set(error, ERROR_REFUSED, "the scenario is over");
	return done;
}

/* Every verb's arguments; each uses some. */
struct request {
	const char *group;
	const struct cpuset *cpus;
	struct cpuset *set;
	const int64_t *items;
	size_t count;
	int64_t number;
	int64_t *value;
	bool yes;
};

/* "a/b_3" → a path, whether it exists or not. */
static int find_path(struct vm *vm, const char *group)
{
	int path = PATH_ROOT;
	char name[256];
	if (strcmp(group, "host") == 0)
		return PATH_HOST;
	for (const char *at = group;; at++) {
		size_t length = strcspn(at, "/");
		snprintf(name, sizeof(name), "%.*s", length > 255 ? 255 : (int)length, at);
		path = vm_child(vm, path, name);
		at += length;
		if (!*at)
			return path;
	}
}

static void do_create(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	int path = find_path(vm, request->group);
	if (path == PATH_HOST)
		vm_end(vm, STATUS_BROKEN, "create", "'host' exists already");
	action_create(vm, path, false);
}

bool hook_create(struct vm *vm, const char *group, struct error *error)
{
	return hook_try(vm, do_create, &(struct request){.group = group}, error);
}

static int own_path(struct vm *vm, const char *group)
{
	int path = find_path(vm, group);
	if (path == PATH_HOST)
		vm_end(vm, STATUS_BROKEN, "custom", "the cgroup of the run itself is not changed");
	return path;
}

static void do_remove(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	action_remove(vm, own_path(vm, request->group));
}

bool hook_remove(struct vm *vm, const char *group, struct error *error)
{
	return hook_try(vm, do_remove, &(struct request){.group = group}, error);
}

static void do_set_cpus(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	struct knob_value value = {0};
	if (request->cpus)
		value.set = *request->cpus;
	action_knob(vm, own_path(vm, request->group), KNOB_cpus, request->cpus ? &value : NULL,
		    false);
}

bool hook_set_cpus(struct vm *vm, const char *group, const struct cpuset *cpus, struct error *error)
{
	return hook_try(vm, do_set_cpus, &(struct request){.group = group, .cpus = cpus}, error);
}

static void do_freeze(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	action_freeze(vm, own_path(vm, request->group), request->yes);
}

bool hook_freeze(struct vm *vm, const char *group, bool frozen, struct error *error)
{
	return hook_try(vm, do_freeze, &(struct request){.group = group, .yes = frozen}, error);
}

static void do_get_cpus(struct vm *vm, void *argument)
{
	struct request *request = argument;
	struct error error;
	int group = vm_group(vm, find_path(vm, request->group));
	if (!vm->host->verbs->group_cpus(vm->host, group, request->set, &error))
		vm_refused(vm, &error);
}

bool hook_get_cpus(struct vm *vm, const char *group, struct cpuset *cpus, struct error *error)
{
	return hook_try(vm, do_get_cpus, &(struct request){.group = group, .set = cpus}, error);
}

static void do_get_tasks(struct vm *vm, void *argument)
{
	struct request *request = argument;
	struct error error;
	int group = vm_group(vm, find_path(vm, request->group));
	if (!vm->host->verbs->group_tasks(vm->host, group, request->value, &error))
		vm_refused(vm, &error);
}

bool hook_get_tasks(struct vm *vm, const char *group, int64_t *count, struct error *error)
{
	return hook_try(vm, do_get_tasks, &(struct request){.group = group, .value = count}, error);
}

/* The living worker with this pid, -1 if there is none. */
static int worker_with(struct vm *vm, int64_t pid)
{
	for (size_t i = 0; i < vm->living.length; i++) {
		struct worker_progress progress;
		vm->host->verbs->progress(vm->host, vm->living.data[i], &progress);
		if (progress.pid == pid)
			return vm->living.data[i];
	}
	return -1;
}

static void do_move_tasks(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	const struct host_verbs *verbs = vm->host->verbs;
	struct error error;
	int path = find_path(vm, request->group), group = vm_group(vm, path);
	for (size_t i = 0; i < request->count; i++) {
		int worker = worker_with(vm, request->items[i]);
		bool fine = worker >= 0 ? verbs->move_workers(vm->host, &worker, 1, group, &error)
					: verbs->move_task(vm->host, (pid_t)request->items[i],
							   group, &error);
		if (!fine)
			vm_refused(vm, &error);
	}
	struct event *event = vm_event(vm, "move", -1);
	event->to = vm_keep_path(vm, path);
	event->count = (int64_t)request->count;
}

bool hook_move_tasks(struct vm *vm, const char *group, const int64_t *tasks, size_t count,
		     struct error *error)
{
	struct request request = {.group = group, .items = tasks, .count = count};
	return hook_try(vm, do_move_tasks, &request, error);
}

bool hook_is_batch(const struct vm *vm, int64_t batch, struct error *error)
{
	if (batch >= 0 && (size_t)batch < vm->batches.length && vm->batches.data[batch].first >= 0)
		return true;
	return error_set(error, ERROR_REFUSED, "there are no workers with the number %" PRId64,
			 batch);
}

static void do_move_batch(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	action_move_batch(vm, (int)request->number, find_path(vm, request->group));
}

bool hook_move_batch(struct vm *vm, int64_t batch, const char *group, struct error *error)
{
	struct request request = {.group = group, .number = batch};
	return hook_is_batch(vm, batch, error) && hook_try(vm, do_move_batch, &request, error);
}

bool hook_get_workers(struct vm *vm, int64_t batch, int *first, int *count, struct error *error)
{
	if (!hook_is_batch(vm, batch, error))
		return false;
	*first = vm->batches.data[batch].first;
	*count = vm->batches.data[batch].count;
	return true;
}

void hook_get_progress(struct vm *vm, int worker, struct worker_progress *progress)
{
	*progress = (struct worker_progress){0};
	if (worker >= 0 && (size_t)worker < vm->living_at.length && vm->living_at.data[worker] >= 0)
		vm->host->verbs->progress(vm->host, worker, progress);
}

static void do_release(struct vm *vm, void *argument)
{
	(void)argument;
	vm_release(vm);
}

bool hook_release(struct vm *vm, struct error *error)
{
	return hook_try(vm, do_release, NULL, error);
}

static void do_sleep(struct vm *vm, void *argument)
{
	const struct request *request = argument;
	if (request->number < 0)
		vm_end(vm, STATUS_BROKEN, "custom", "a time cannot be negative");
	if (request->yes) {
		vm_release(vm);
		vm_event(vm, "hold", -1)->length_ns = request->number;
	}
	vm_wait(vm, vm_later(vm_now(vm), request->number));
}

bool hook_sleep(struct vm *vm, int64_t length_ns, bool phase, struct error *error)
{
	struct request request = {.number = length_ns, .yes = phase};
	return hook_try(vm, do_sleep, &request, error);
}

static void do_map_value(struct vm *vm, void *argument)
{
	struct request *request = argument;
	struct error error;
	if (!vm->host->verbs->map_value(vm->host, request->group, request->number, request->value,
					&error))
		vm_refused(vm, &error);
}

bool hook_map_value(struct vm *vm, const char *path, int64_t key, int64_t *value,
		    struct error *error)
{
	struct request request = {.group = path, .number = key, .value = value};
	return hook_try(vm, do_map_value, &request, error);
}

void hook_note(struct vm *vm, const char *text)
{
	const char *note = result_text(vm->result, text);
	VECTOR_PUSH(&vm->result->notes, note);
}
