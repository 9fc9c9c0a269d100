/* A scheduler that was there before the run, a process: it is to live as long as the scenario. */
#include "run/vm.h"

static const int64_t LOOK_NS = 100000000;

static bool lives(struct vm *vm)
{
	uint64_t born;
	return vm->host->verbs->process_lives(vm->host, (pid_t)vm->options->sched_pid, &born) &&
	       born == vm->alive.born;
}

void alive_start(struct vm *vm)
{
	pid_t pid = (pid_t)vm->options->sched_pid;
	vm->alive.due_ns = INT64_MAX;
	if (pid <= 0 || !vm->options->judge)
		return;
	vm->alive.known = true;
	vm->alive.due_ns = vm->start_ns;
	/* One that is gone already was born at no time that a process has. */
	if (!vm->host->verbs->process_lives(vm->host, pid, &vm->alive.born))
		vm->alive.born = UINT64_MAX;
}

/* Found dead: judged where the limit of the scenario, or of the step at hand, says so. */
static bool judge_death(struct vm *vm)
{
	struct limit_entry limit;
	struct text text = {0};
	int64_t now = vm_now(vm);
	vm->alive.over = true;
	vm->alive.due_ns = INT64_MAX;
	if (!limits_find(vm, METRIC_scheduler_alive, PATH_ROOT, (int)vm->scopes.length, &limit))
		return false;
	text_printf(&text, "the scheduler under test (pid %lld) was gone ",
		    (long long)vm->options->sched_pid);
	text_put_duration_short(&text, now - vm->start_ns);
	text_puts(&text, " after the start of the scenario");
	judge_violation(vm, STATUS_FAIL, &limit, -1, 1, (struct finding){-1, now}, vm_span(vm),
			text_string(&text));
	text_free(&text);
	return true;
}

bool alive_is_judged(const struct vm *vm)
{
	struct limit_entry limit;
	return limits_find(vm, METRIC_scheduler_alive, PATH_ROOT, (int)vm->scopes.length, &limit);
}

void alive_look(struct vm *vm)
{
	int64_t now = vm_now(vm);
	if (!vm->alive.known || vm->alive.over || now < vm->alive.due_ns)
		return;
	vm->alive.due_ns = vm_later(now, LOOK_NS);
	if (!lives(vm) && judge_death(vm) && !vm->ending)
		vm_leave(vm);
}

void alive_end(struct vm *vm)
{
	/* One that the scenario started has a watch of its own: scheduler.h. */
	if (vm->scheduler.watched && alive_is_judged(vm))
		vm->result->checks++;
	if (!vm->alive.known || vm->alive.over)
		return;
	bool alive = lives(vm);
	if (!alive)
		judge_death(vm);
	vm->alive.over = true;
	if (alive && alive_is_judged(vm))
		vm->result->checks++;
}
