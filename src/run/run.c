#include "run/run.h"

#include "run/hooks.h"
#include "run/interpreter.h"
#include "run/profile.h"
#include "run/scheduler.h"
#include "sema/flags.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* From here on it is told how late ktstr itself came to its own steps. */
static const int64_t LATE_TOLD_NS = 50000000;

enum { EVENTS_MAX = 2000000, EVENTS_SHOWN_MAX = 10000, RESULT_MIB_MAX = 256 };

static void add_reason(struct vm *vm, enum status status, const char *check, const char *message)
{
	if (vm->attempt) {
		error_set(vm->attempt, status == STATUS_SKIP ? ERROR_UNAVAILABLE : ERROR_REFUSED,
			  "%s", message);
		longjmp(*vm->unwind, 1);
	}
	/* A SKIP does not hide a check that failed before: result_add() keeps the worse status. */
	result_add(vm->result, status, check, vm_span(vm), "%s", message);
}

void vm_leave(struct vm *vm)
{
	vm->over = true;
	vm->ending = true;
	vm->result->call = SPAN_NONE;
	longjmp(*vm->unwind, 1);
}

void vm_end(struct vm *vm, enum status status, const char *check, const char *format, ...)
{
	char message[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	add_reason(vm, status, check, message);
	vm_leave(vm);
}

void vm_refused(struct vm *vm, const struct error *error)
{
	bool lacking = error->kind == ERROR_UNAVAILABLE;
	add_reason(vm, lacking ? STATUS_SKIP : STATUS_BROKEN, lacking ? "topology" : "host",
		   error->message);
	vm_leave(vm);
}

const char *vm_keep_set(struct vm *vm, const struct cpuset *set)
{
	struct text text = {0};
	cpuset_print(&text, set);
	const char *kept = result_text(vm->result, text_string(&text));
	text_free(&text);
	return kept;
}

const char *vm_keep_path(struct vm *vm, int path)
{
	if (!vm->options->trace)
		return "";
	return result_text(vm->result, paths_text(&vm->paths, path));
}

struct event *vm_event(struct vm *vm, const char *op, int path)
{
	struct cpuset cpus;
	struct error error;
	int group = path < 0 ? -1 : vm->paths.all.data[path].group;
	/* Without a trace one entry is overwritten again and again. */
	if (!vm->options->trace)
		vm->result->events.length = 0;
	/* A picture of a run is not worth its verdict: what is too much is left out. */
	if (vm->options->judge && vm->result->events.length == EVENTS_SHOWN_MAX) {
		vm->result->events.length--;
		vm->events_dropped++;
	}
	if (vm->result->events.length == EVENTS_MAX && !vm->ending)
		vm_end(vm, STATUS_BROKEN, "limit", "more than %d events", EVENTS_MAX);
	if (vm->result->bytes > (size_t)RESULT_MIB_MAX * 1024 * 1024 && !vm->ending)
		vm_end(vm, STATUS_BROKEN, "limit", "its notes and reasons take more than %d MiB",
		       RESULT_MIB_MAX);
	struct event *event = result_add_event(vm->result, op);
	event->t_ns = vm_now(vm) - vm->start_ns;
	event->step = vm->step;
	if (path >= 0)
		event->cgroup = vm_keep_path(vm, path);
	event->implied = vm->ending;
	event->span = vm_span(vm);
	if (vm->options->trace && group >= 0 &&
	    vm->host->verbs->group_cpus(vm->host, group, &cpus, &error))
		event->cpus = vm_keep_set(vm, &cpus);
	return event;
}

int vm_group(struct vm *vm, int64_t path)
{
	int group = vm->paths.all.data[path].group;
	if (group < 0)
		vm_end(vm, STATUS_BROKEN, "run", "there is no cgroup '%s' now",
		       paths_text(&vm->paths, (int)path));
	return group;
}

static int64_t deadline_of(const struct vm *vm)
{
	return vm->timeout_ns > 0 ? vm_later(vm->start_ns, vm->timeout_ns) : INT64_MAX;
}

static void look(struct vm *vm, const struct host_wake *wake)
{
	/* What is found here ends the scenario, whoever looked. */
	struct error *attempt = vm->attempt;
	vm->attempt = NULL;
	if (wake->reason == HOST_WAKE_SIGNAL) {
		vm->result->interrupted = wake->signal;
		vm_end(vm, STATUS_BROKEN, "signal", "interrupted by SIG%s",
		       sigabbrev_np(wake->signal));
	}
	if (wake->reason == HOST_WAKE_WORKER_DIED) {
		const struct batch *batch = &vm->batches.data[vm->batch_of.data[wake->worker]];
		/* The figures come with the worker's report, when its block is cleaned up. */
		vm_end(vm, STATUS_BROKEN, "worker", "a worker of %s ended while it was needed",
		       batch->name);
	}
	if (wake->reason == HOST_WAKE_PROCESS_ENDED)
		scheduler_ended(vm, wake->process);
	scheduler_watch(vm);
	if (vm_now(vm) >= deadline_of(vm)) {
		struct text text = {0};
		text_put_duration(&text, vm->timeout_ns);
		char shown[64];
		snprintf(shown, sizeof(shown), "%s", text_string(&text));
		text_free(&text);
		vm_end(vm, STATUS_TIMEOUT, "timeout", "not done within the timeout of %s", shown);
	}
	vm->attempt = attempt;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void vm_wait_once(struct vm *vm, int64_t until_ns)
{
	struct host_wake wake;
	int64_t sample = sampler_due(vm);
	int64_t next =
		earlier(earlier(until_ns, deadline_of(vm)), earlier(sample, vm->alive.due_ns));
	progress_look(vm);
	next = earlier(earlier(next, progress_due(vm)), noise_due(vm));
	/* On paper nothing can happen to it, and a wait may be as long as it likes. */
	if (vm->scheduler.watched && vm->options->judge)
		next = earlier(next, vm->scheduler.look_ns);
	int64_t due = vm_now(vm) > next ? vm_now(vm) : next;
	vm->host->verbs->wait(vm->host, next, &wake);
	if (wake.reason == HOST_WAKE_TIME && vm_now(vm) - due > vm->late_ns)
		vm->late_ns = vm_now(vm) - due;
	noise_late(vm, wake.late_ns);
	look(vm, &wake);
	if (vm_now(vm) >= sample)
		sampler_look(vm);
	noise_look(vm);
	alive_look(vm);
}

void vm_wait(struct vm *vm, int64_t until_ns)
{
	do {
		vm_wait_once(vm, until_ns);
	} while (vm_now(vm) < until_ns);
}

void vm_poll(struct vm *vm)
{
	struct host_wake wake;
	if (vm->polls++ % 64)
		return;
	vm->host->verbs->wait(vm->host, vm_now(vm), &wake);
	look(vm, &wake);
}

void vm_release(struct vm *vm)
{
	struct error error;
	if (vm->waiting) {
		if (vm->groups_are_new && vm->settle_ns > 0)
			vm_wait(vm, vm_later(vm_now(vm), vm->settle_ns));
		vm->groups_are_new = false;
		struct event *event = vm_event(vm, "release", -1);
		event->count = vm->waiting;
		event->implied = true;
		vm->waiting = 0;
		if (!vm->host->verbs->release(vm->host, &error))
			vm_refused(vm, &error);
	}
	if (vm->released_ns < 0) {
		vm->released_ns = vm_now(vm);
		noise_start(vm);
	}
}

uint64_t vm_random(struct vm *vm, uint64_t n)
{
	/* splitmix64 (Vigna), then the remainder: its bias is below n / 2^64. */
	uint64_t z = vm->random += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % n;
}

void vm_make_registers(struct vm *vm)
{
	const struct program *program = vm->program;
	static const size_t sizes[128] = {
		['S'] = sizeof(struct text),   ['C'] = sizeof(struct cpuset),
		['W'] = sizeof(struct work),   ['A'] = sizeof(struct affinity),
		['P'] = sizeof(struct policy), ['M'] = sizeof(struct mempolicy)};
	vm->registers = memory_zeroed(program->registers.length, sizeof(*vm->registers));
	for (size_t i = 0; i < program->registers.length; i++) {
		size_t size = sizes[(int)program->registers.data[i]];
		if (size)
			vm->registers[i].p = arena_alloc(&vm->values, size);
	}
	for (size_t i = 0; i < program->constants.length; i++) {
		const struct constant *constant = &program->constants.data[i];
		char type = program->registers.data[constant->reg];
		union value *value = &vm->registers[constant->reg];
		if (type == 'S') {
			text_clear(value->text);
			text_puts(value->text, program->strings.data[constant->string]);
		} else {
			value->i = constant->integer; /* or the bits of a double */
		}
	}
}

/* Those that some line swaps, and that which memory policies are held against. */
static unsigned remembered_knobs(const struct program *program)
{
	unsigned knobs = 1u << KNOB_mems;
	for (size_t i = 0; i < program->code.length; i++) {
		if (program->code.data[i].op == OP_KNOB_SWAP)
			knobs |= 1u << program->code.data[i].c;
	}
	return knobs;
}

void vm_free_registers(struct vm *vm)
{
	for (size_t i = 0; i < vm->program->registers.length; i++) {
		if (vm->program->registers.data[i] == 'S')
			text_free(vm->registers[i].text);
	}
	free(vm->registers);
	arena_free(&vm->values);
}

static void free_vm(struct vm *vm)
{
	noise_end(vm);
	vm_free_registers(vm);
	for (size_t i = 0; i < vm->verdicts.length; i++)
		VECTOR_FREE(&vm->verdicts.data[i].reasons);
	VECTOR_FREE(&vm->verdicts);
	paths_free(&vm->paths);
	VECTOR_FREE(&vm->batches);
	VECTOR_FREE(&vm->runs);
	VECTOR_FREE(&vm->batch_of);
	VECTOR_FREE(&vm->living);
	VECTOR_FREE(&vm->living_at);
	VECTOR_FREE(&vm->ledger);
	VECTOR_FREE(&vm->stubborn);
	VECTOR_FREE(&vm->limits);
	VECTOR_FREE(&vm->scopes);
	VECTOR_FREE(&vm->knobs);
	VECTOR_FREE(&vm->chosen);
	VECTOR_FREE(&vm->ended);
	text_free(&vm->unfair[0]);
	text_free(&vm->unfair[1]);
	VECTOR_FREE(&vm->sets);
}

/* The farthest apart that workers began to run which were let go together, where it is as long as
 * what the default settle time waits for. */
static void tell_skew(struct vm *vm)
{
	const struct release_result *worst = NULL;
	for (size_t i = 0; i < vm->result->releases.length; i++) {
		const struct release_result *release = &vm->result->releases.data[i];
		if (!worst ||
		    release->last_ns - release->first_ns > worst->last_ns - worst->first_ns)
			worst = release;
	}
	if (!worst || worst->last_ns - worst->first_ns < SEMA_SETTLE_NS)
		return;
	struct text text = {0};
	text_printf(&text, "%" PRIu64 " workers that were let go together began to run within ",
		    worst->workers);
	text_put_duration_short(&text, worst->last_ns - worst->first_ns);
	text_puts(&text, " of each other");
	const char *kept = result_text(vm->result, text_string(&text));
	VECTOR_PUSH(&vm->result->notes, kept);
	text_free(&text);
}

static void tell_count(struct vm *vm, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void tell_count(struct vm *vm, const char *format, ...)
{
	char note[128];
	va_list values;
	va_start(values, format);
	vsnprintf(note, sizeof(note), format, values);
	va_end(values);
	const char *kept = result_text(vm->result, note);
	VECTOR_PUSH(&vm->result->notes, kept);
}

/* Its own steps, not its workers, were kept waiting. */
static void tell_late(struct vm *vm)
{
	struct text text = {0};
	text_puts(&text, "ktstr itself waited up to ");
	text_put_duration_short(&text, vm->late_ns);
	text_puts(&text, " for a CPU: a step took as much longer");
	VECTOR_PUSH(&vm->result->notes, result_text(vm->result, text_string(&text)));
	text_free(&text);
}

static void finish(struct vm *vm)
{
	struct result *result = vm->result;
	result->duration_ns = vm_now(vm) - vm->start_ns;
	if (!vm->options->trace)
		result->events.length = 0;
	if (vm->late_turns)
		tell_count(vm, "%" PRIu64 " turn%s of `repeat every` came too late and %s left out",
			   vm->late_turns, vm->late_turns == 1 ? "" : "s",
			   vm->late_turns == 1 ? "was" : "were");
	if (vm->late_ns >= LATE_TOLD_NS)
		tell_late(vm);
	if (vm->events_dropped)
		tell_count(vm,
			   "of %" PRIu64 " events %" PRIu64 " are in no picture: all but the first "
			   "%d and the last",
			   vm->events_dropped + EVENTS_SHOWN_MAX, vm->events_dropped,
			   EVENTS_SHOWN_MAX - 1);
	tell_skew(vm);
	if (result->status == STATUS_PASS && !result->checks && vm->options->judge)
		result_add(result, STATUS_INCONCLUSIVE, "nothing", result->span,
			   "nothing was judged: no worker ran and no `expect` was met");
}

static int64_t either(int64_t wanted, int64_t otherwise)
{
	return wanted >= 0 ? wanted : otherwise;
}

static void init_settings(struct vm *vm)
{
	const struct run_options *options = vm->options;
	vm->duration_ns = either(options->duration_ns, SEMA_DURATION_NS);
	vm->settle_ns = either(options->settle_ns, SEMA_SETTLE_NS);
	vm->workers = either(options->workers, SEMA_WORKERS);
	vm->timeout_ns = either(options->timeout_ns, options->patience_ns);
	vm->released_ns = -1;
	vm->scheduler.process = -1;
	vm->remembered = remembered_knobs(vm->program);
	vm->step = "";
	vm->random = options->seed;
}

/* Which flags are on, and does the scenario accept that? */
static void set_flags(struct vm *vm, const struct scenario *scenario)
{
	const struct program *program = vm->program;
	const struct run_options *options = vm->options;
	struct error error;
	vm->flags = scenario->requires;
	if (options->profile ? !profile_read(program, options->profile, &vm->flags, &error)
			     : options->flags &&
				       !run_read_flags(program, options->flags, &vm->flags, &error))
		vm_refused(vm, &error);
	uint64_t missing = scenario->requires & ~vm->flags;
	uint64_t unwanted = scenario->excludes & vm->flags;
	for (size_t i = 0; i < program->flags.length; i++) {
		if ((missing | unwanted) >> i & 1)
			vm_end(vm, STATUS_SKIP, "flags",
			       missing >> i & 1 ? "it requires the flag '%s', which is not on"
						: "it excludes the flag '%s', which is on",
			       program->flags.data[i].name);
	}
}

static void set_cpu_control(struct vm *vm)
{
	struct error error;
	bool without = vm->flags >> FLAG_no_ctrl & 1;
	if (!vm->host->verbs->cpu_control(vm->host, !without, &error))
		vm_refused(vm, &error);
}

int64_t run_bound_ns(const struct program *program, size_t index, const struct run_options *options)
{
	const struct bound *bound = &program->scenarios.data[index].bound;
	bool changed =
		options->duration_ns >= 0 || options->settle_ns >= 0 || options->workers >= 0;
	if (((bound->depends & BOUND_ON_PARAMS) && program->redefined) ||
	    ((bound->depends & BOUND_ON_SETTINGS) && changed))
		return -1;
	int64_t ns = bound_evaluate_ns(bound, options->duration_ns, options->settle_ns);
	int64_t timeout_ns = options->timeout_ns >= 0 ? options->timeout_ns : bound->timeout_ns;
	return timeout_ns > 0 && timeout_ns < ns ? timeout_ns : ns;
}

void run_name_result(struct result *result, const struct scenario *scenario, const char *profile)
{
	struct text name = {0};
	text_printf(&name, "%s%s%s", scenario->name, profile ? "/" : "", profile ? profile : "");
	result->name = result_text(result, text_string(&name));
	result->doc = result_text(result, scenario->doc);
	result->category = result_text(result, scenario->category);
	result->profile = result_text(result, profile ? profile : "");
	text_free(&name);
}

void run_scenario(const struct program *program, size_t index, struct host *host,
		  const struct run_options *options, struct result *result)
{
	const struct scenario *scenario = &program->scenarios.data[index];
	jmp_buf unwind_here;
	/* On the heap, so that nothing of it sits in a register when vm_end() jumps back here. */
	struct vm *vm = memory_zeroed(1, sizeof(*vm));
	*result = (struct result){.span = scenario->span,
				  .call = SPAN_NONE,
				  .bound_ns = run_bound_ns(program, index, options),
				  .seed = options->seed};
	run_name_result(result, scenario, options->profile);
	vm->program = program;
	vm->host = host;
	vm->options = options;
	vm->result = result;
	vm->unwind = &unwind_here;
	vm->at = scenario->entry;
	init_settings(vm);
	paths_init(&vm->paths);
	vm_make_registers(vm);
	vm->start_ns = vm_now(vm);
	alive_start(vm);
	if (!setjmp(unwind_here)) {
		set_flags(vm, scenario);
		set_cpu_control(vm);
		hooks_check(vm, index);
		scheduler_start_given(vm);
		interpreter_run(vm, scenario->entry);
	}
	vm->ending = true;
	if (options->hooks)
		options->hooks->end(options->hooks);
	while (vm->scopes.length)
		ledger_close_scope(vm);
	scheduler_stop(vm);
	ledger_retry(vm);
	sampler_end(vm);
	noise_judge(vm);
	progress_end(vm);
	finish(vm);
	free_vm(vm);
	free(vm);
}
