/* The scheduler under test: started before the scenario's first op, watched, stopped at the end. */
#include "run/scheduler.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

static const int64_t LOOK_NS = 20000000, STOP_PATIENCE_NS = 5000000000;

/* Its arguments: those that are always there, and those of the flags that are on. */
static const char **make_argv(struct vm *vm, const uint32_t *args)
{
	uint32_t count = args[SCHEDULER_ARG_COUNT];
	const char **argv = ARENA_ARRAY(&vm->values, const char *, count + 2);
	const uint32_t *pair = args + SCHEDULER_ARG_FIRST;
	size_t used = 0;
	argv[used++] =
		result_text(vm->result, text_string(vm->registers[args[SCHEDULER_ARG_EXEC]].text));
	for (uint32_t i = 0; i < count; i++, pair += 2) {
		if (pair[0] == NONE || vm->flags >> pair[0] & 1)
			argv[used++] =
				result_text(vm->result, text_string(vm->registers[pair[1]].text));
	}
	argv[used] = NULL;
	return argv;
}

/* The command line, for a trace. */
static const char *keep_command(struct vm *vm, const char *const *argv)
{
	struct text text = {0};
	for (size_t i = 0; argv[i]; i++) {
		text_puts(&text, i ? " " : "");
		text_put_visible(&text, argv[i], strlen(argv[i]));
	}
	const char *kept = result_text(vm->result, text_string(&text));
	text_free(&text);
	return kept;
}

/* What it said last, for a message. */
static const char *last_words(struct vm *vm, const struct process_report *report)
{
	enum { TAIL_BYTES = 512 };
	const struct text *said = report->errors->length ? report->errors : report->output;
	struct text text = {0};
	size_t start = said->length > TAIL_BYTES ? said->length - TAIL_BYTES : 0;
	if (said->length) {
		text_puts(&text, "; it said: ");
		text_put_visible(&text, text_string(said) + start, said->length - start);
	}
	const char *kept = result_text(vm->result, text_string(&text));
	text_free(&text);
	return kept;
}

/* All that it said, up to a limit, as notes: a scheduler prints the kernel's dump at its end. */
static void keep_words(struct vm *vm, const struct process_report *report)
{
	enum { LINES_MAX = 100 };
	const char *at = text_string(report->errors);
	for (int line = 0; *at && line < LINES_MAX; line++) {
		size_t length = strcspn(at, "\n");
		struct text text = {0};
		text_printf(&text, "%s: ", vm->scheduler.name);
		text_put_visible(&text, at, length);
		const char *kept = result_text(vm->result, text.data);
		if (length)
			VECTOR_PUSH(&vm->result->notes, kept);
		text_free(&text);
		at += length + (at[length] == '\n');
	}
}

/* Why the kernel let go of it: its log, and the dump that the scheduler prints, come a moment after
 * the fact. "" when it does not say. */
static void await_reason(struct vm *vm, struct sched_ext_state *now)
{
	const int64_t patience_ns = 1000000000;
	const struct host_verbs *verbs = vm->host->verbs;
	int64_t deadline = vm_later(vm_now(vm), patience_ns);
	for (;;) {
		bool ended = verbs->process_report(vm->host, vm->scheduler.process)->ended;
		verbs->scheduler_state(vm->host, now);
		bool told = now->reason_number > vm->scheduler.before_number;
		if (!told)
			now->reason[0] = '\0';
		if (now->enabled || (told && ended) || vm_now(vm) >= deadline)
			return;
		vm_wait_once(vm, vm_later(vm_now(vm), LOOK_NS));
	}
}

/* The kernel does not want it any more, and did not let it go because its process did. */
static bool is_ejected(const struct sched_ext_state *now)
{
	static const char asked[] = "unregistered from user space";
	return !now->enabled && *now->reason && strncmp(now->reason, asked, sizeof(asked) - 1) != 0;
}

static _Noreturn void ejected(struct vm *vm, const struct sched_ext_state *now)
{
	keep_words(vm, vm->host->verbs->process_report(vm->host, vm->scheduler.process));
	vm_end(vm, STATUS_FAIL, "scheduler_alive", "the kernel ejected the scheduler '%s'%s%s",
	       vm->scheduler.name, *now->reason ? ": " : "", now->reason);
}

static _Noreturn void ended(struct vm *vm, enum status status, const char *when)
{
	struct sched_ext_state now;
	if (vm->scheduler.attached.enabled) {
		await_reason(vm, &now);
		if (is_ejected(&now))
			ejected(vm, &now);
	}
	const struct process_report *report =
		vm->host->verbs->process_report(vm->host, vm->scheduler.process);
	vm_end(vm, status, "scheduler_alive", "the scheduler '%s' ended %s (%s %d)%s",
	       vm->scheduler.name, when, report->killed ? "signal" : "exit code", report->code,
	       last_words(vm, report));
}

/* Before it is started: can it attach at all? */
static void look_before(struct vm *vm, struct sched_ext_state *state)
{
	vm->host->verbs->scheduler_state(vm->host, state);
	if (!state->available)
		vm_end(vm, STATUS_SKIP, "scheduler",
		       "this kernel has no sched_ext (CONFIG_SCHED_CLASS_EXT, Linux 6.12 and "
		       "later), which the scheduler '%s' attaches to",
		       vm->scheduler.name);
	if (state->enabled)
		vm_end(vm, STATUS_BROKEN, "scheduler",
		       "a sched_ext scheduler is attached already: %s", state->ops);
}

/* Only the count tells that it is in charge for good: the kernel raises it last. */
static void await_attached(struct vm *vm, const struct sched_ext_state *before, int64_t timeout_ns)
{
	int64_t deadline = vm_later(vm_now(vm), timeout_ns);
	struct sched_ext_state now;
	for (;;) {
		vm->host->verbs->scheduler_state(vm->host, &now);
		if (now.enabled && now.enable_seq != before->enable_seq)
			break;
		if (vm->host->verbs->process_report(vm->host, vm->scheduler.process)->ended)
			ended(vm, STATUS_BROKEN, "before it was attached");
		if (vm_now(vm) >= deadline)
			vm_end(vm, STATUS_BROKEN, "scheduler",
			       "the scheduler '%s' was not attached in time%s", vm->scheduler.name,
			       last_words(vm, vm->host->verbs->process_report(
						      vm->host, vm->scheduler.process)));
		vm_wait_once(vm, vm_later(vm_now(vm), LOOK_NS));
	}
	vm->scheduler.attached = now;
	/* On paper none goes by itself, and a look every 100 ms of a year is a long time. */
	vm->scheduler.watched = vm->options->judge;
}

static void start(struct vm *vm, const char *name, const char *const *argv, int64_t timeout_ns)
{
	struct sched_ext_state before;
	struct error error;
	vm->scheduler.name = name;
	vm->scheduler.attached = (struct sched_ext_state){0};
	look_before(vm, &before);
	vm->scheduler.before_number = before.reason_number;
	const struct host_process process = {
		.group = HOST_GROUP_OUTSIDE, .argv = argv, .scheduler = true};
	if (!vm->host->verbs->process_start(vm->host, &process, &vm->scheduler.process, &error)) {
		error_wrap(&error, "scheduler '%s'", name);
		vm_refused(vm, &error);
	}
	struct event *event = vm_event(vm, "scheduler", -1);
	event->text = result_text(vm->result, name);
	event->value = keep_command(vm, argv);
	await_attached(vm, &before, timeout_ns);
	vm->scheduler.pid = vm->host->verbs->process_report(vm->host, vm->scheduler.process)->pid;
}

void scheduler_start(struct vm *vm, const uint32_t *args)
{
	const struct scheduler *declared =
		&vm->program->schedulers.data[args[SCHEDULER_ARG_SCHEDULER]];
	int64_t timeout_ns = args[SCHEDULER_ARG_TIMEOUT] == NONE
				     ? SEMA_ATTACH_NS
				     : vm->registers[args[SCHEDULER_ARG_TIMEOUT]].i;
	vm_release(vm);
	if (vm->scheduler.given)
		vm_end(vm, STATUS_SKIP, "scheduler",
		       "it has a scheduler of its own, '%s', and is no test of '%s' (--scheduler)",
		       declared->name, vm->scheduler.name);
	if (vm->scheduler.process >= 0)
		vm_end(vm, STATUS_BROKEN, "scheduler", "the scheduler '%s' runs already",
		       vm->scheduler.name);
	ledger_add(vm, ENTRY_SCHEDULER, 0);
	start(vm, declared->name, make_argv(vm, args), timeout_ns);
}

void scheduler_start_given(struct vm *vm)
{
	const char *const *argv = vm->options->scheduler;
	if (!argv)
		return;
	const char *slash = strrchr(argv[0], '/');
	vm->scheduler.given = true;
	start(vm, slash ? slash + 1 : argv[0], argv, SEMA_ATTACH_NS);
}

void scheduler_ended(struct vm *vm, int process)
{
	if (process == vm->scheduler.process && vm->scheduler.watched) {
		vm->scheduler.watched = false;
		if (alive_is_judged(vm))
			ended(vm, STATUS_FAIL, "while it was needed");
	}
}

void scheduler_watch(struct vm *vm)
{
	struct sched_ext_state now;
	if (!vm->scheduler.watched || vm_now(vm) < vm->scheduler.look_ns)
		return;
	vm->scheduler.look_ns = vm_later(vm_now(vm), SCHEDULER_LOOK_NS);
	vm->host->verbs->scheduler_state(vm->host, &now);
	if (now.enabled && now.enable_seq == vm->scheduler.attached.enable_seq &&
	    strcmp(now.ops, vm->scheduler.attached.ops) == 0)
		return;
	vm->scheduler.watched = false;
	if (!alive_is_judged(vm))
		return;
	await_reason(vm, &now);
	if (!now.enabled && !is_ejected(&now) && *now.reason &&
	    vm->host->verbs->process_report(vm->host, vm->scheduler.process)->ended)
		ended(vm, STATUS_FAIL, "while it was needed");
	if (!now.enabled)
		ejected(vm, &now);
	keep_words(vm, vm->host->verbs->process_report(vm->host, vm->scheduler.process));
	vm_end(vm, STATUS_FAIL, "scheduler_alive", "the scheduler '%s' was replaced by '%s'",
	       vm->scheduler.name, now.ops);
}

void scheduler_stop(struct vm *vm)
{
	struct error error;
	vm->scheduler.watched = false;
	if (vm->scheduler.process < 0)
		return;
	if (!vm->host->verbs->process_stop(vm->host, vm->scheduler.process, SIGINT,
					   STOP_PATIENCE_NS, &error)) {
		result_add(vm->result, STATUS_BROKEN, "cleanup", vm_span(vm), "%s", error.message);
		vm->host->verbs->process_stop(vm->host, vm->scheduler.process, 0, 0, NULL);
	}
	vm->scheduler.process = -1;
}

void scheduler_end(struct vm *vm)
{
	vm_release(vm);
	if (vm->scheduler.process < 0)
		vm_end(vm, STATUS_BROKEN, "scheduler", "no scheduler under test runs");
	scheduler_watch(vm);
	vm_event(vm, "scheduler stop", -1)->text = result_text(vm->result, vm->scheduler.name);
	scheduler_stop(vm);
	vm->scheduler.pid = 0;
}
