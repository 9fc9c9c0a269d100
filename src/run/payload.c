#include "run/payload.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { TAIL_BYTES = 1024 };

static const int64_t KILL_PATIENCE_NS = 500000000;

static const struct payload *declared(const struct vm *vm, const struct payload_run *run)
{
	return &vm->program->payloads.data[run->payload];
}

static const struct process_report *report_of(const struct vm *vm, const struct payload_run *run)
{
	return vm->host->verbs->process_report(vm->host, run->process);
}

/* The program and its arguments, in the result's own memory. */
static const char **make_argv(struct vm *vm, uint32_t exec, const uint32_t *args, size_t count)
{
	const char **argv = ARENA_ARRAY(&vm->values, const char *, count + 2);
	argv[0] = result_text(vm->result, text_string(vm->registers[exec].text));
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = result_text(vm->result, text_string(vm->registers[args[i]].text));
	argv[count + 1] = NULL;
	return argv;
}

static double *limit_values(struct vm *vm, const struct payload *payload, const uint32_t *regs)
{
	double *values = ARENA_ARRAY(&vm->values, double, payload->limit_count + 1);
	for (uint32_t i = 0; i < payload->limit_count; i++) {
		if (payload_limit_has_value(&payload->limits[i]))
			values[i] = vm->registers[*regs++].f;
	}
	return values;
}

static struct event *payload_event(struct vm *vm, const char *op, const struct payload_run *run)
{
	struct event *event = vm_event(vm, op, run->path == PATH_HOST ? -1 : run->path);
	event->text = result_text(vm->result, declared(vm, run)->name);
	return event;
}

int payload_start(struct vm *vm, const uint32_t *args)
{
	const struct payload *payload = &vm->program->payloads.data[args[RUN_ARG_PAYLOAD]];
	size_t count = args[RUN_ARG_COUNT];
	bool placed = args[RUN_ARG_GROUP] != NONE;
	struct payload_run run = {.payload = args[RUN_ARG_PAYLOAD],
				  .process = -1,
				  .path = placed ? (int)vm->registers[args[RUN_ARG_GROUP]].i
						 : PATH_HOST,
				  .timeout_ns = args[RUN_ARG_TIMEOUT] == NONE
							? SEMA_PAYLOAD_NS
							: vm->registers[args[RUN_ARG_TIMEOUT]].i,
				  .limits = limit_values(vm, payload, args + RUN_ARGS + count),
				  .span = vm_span(vm),
				  .open = true};
	if (run.timeout_ns < 1)
		vm_end(vm, STATUS_BROKEN, "run", "the timeout of '%s' comes out as %" PRId64 "ns",
		       payload->name, run.timeout_ns);
	const struct host_process start = {
		.group = placed ? vm_group(vm, run.path) : HOST_GROUP_OUTSIDE,
		.argv = make_argv(vm, args[RUN_ARG_EXEC], args + RUN_ARGS, count)};
	struct error error;
	int number = (int)vm->runs.length;
	VECTOR_PUSH(&vm->runs, run);
	ledger_add(vm, ENTRY_RUN, number);
	if (!vm->host->verbs->process_start(vm->host, &start, &vm->runs.data[number].process,
					    &error)) {
		vm->runs.data[number].open = false;
		error_wrap(&error, "payload '%s'", payload->name);
		vm_refused(vm, &error);
	}
	payload_event(vm, "run", &run);
	return number;
}

static bool holds(enum payload_relation relation, double observed, double limit)
{
	switch (relation) {
	case PAYLOAD_EQ:
		return observed == limit;
	case PAYLOAD_NE:
		return observed != limit;
	case PAYLOAD_LT:
		return observed < limit;
	case PAYLOAD_LE:
		return observed <= limit;
	case PAYLOAD_GT:
		return observed > limit;
	case PAYLOAD_GE:
		return observed >= limit;
	case PAYLOAD_IS_GIVEN:
	case PAYLOAD_IS_FREE:
	case PAYLOAD_RELATIONS:
		break;
	}
	return true;
}

static const char *relation_text(enum payload_relation relation)
{
	static const char *const texts[PAYLOAD_RELATIONS] = {
		[PAYLOAD_EQ] = "==", [PAYLOAD_NE] = "!=", [PAYLOAD_LT] = "<",
		[PAYLOAD_LE] = "<=", [PAYLOAD_GT] = ">",  [PAYLOAD_GE] = ">="};
	return texts[relation];
}

/* Standard output has the figures; where it has none of them, standard error may. */
static void find_figures(const struct payload *payload, const struct process_report *report,
			 double *figures)
{
	bool any = false;
	for (int stream = 0; stream < 2 && !any; stream++) {
		const struct text *text = stream ? report->errors : report->output;
		for (uint32_t i = 0; i < payload->metric_count; i++) {
			if (!payload_find_figure(payload->output, payload->metrics[i].path, text,
						 &figures[i]))
				figures[i] = NAN;
			any |= !isnan(figures[i]);
		}
	}
}

/* The end of what it said on standard error, for a failure's note. */
static const char *tail_of(struct vm *vm, const struct process_report *report)
{
	struct text note = {0};
	const char *text = text_string(report->errors);
	size_t length = report->errors->length;
	while (length && strchr("\n\r\t ", text[length - 1]))
		length--;
	size_t start = length > TAIL_BYTES ? length - TAIL_BYTES : 0;
	if (length) {
		text_puts(&note, "its standard error ends with: ");
		text_put_visible(&note, text + start, length - start);
	}
	const char *kept = result_text(vm->result, text_string(&note));
	text_free(&note);
	return kept;
}

static struct reason *add_failure(struct vm *vm, const struct payload_run *run, struct span span,
				  const char *check, const char *message)
{
	return result_add(vm->result, STATUS_FAIL, check, span, "payload '%s' %s",
			  declared(vm, run)->name, message);
}

static void judge_exit(struct vm *vm, const struct payload_run *run)
{
	const struct process_report *report = report_of(vm, run);
	char message[128];
	if (report->stopped) /* by us: how it ends is no finding */
		return;
	if (report->killed)
		snprintf(message, sizeof(message), "was killed by SIG%s",
			 sigabbrev_np(report->code) ? sigabbrev_np(report->code) : "?");
	else if (report->code != 0)
		snprintf(message, sizeof(message), "ended with exit code %d, not 0", report->code);
	else {
		vm->result->checks++;
		return;
	}
	add_failure(vm, run, run->span, "exit_code", message)->note = tail_of(vm, report);
}

static void judge_limit(struct vm *vm, const struct payload_run *run, uint32_t index,
			const double *figures)
{
	const struct payload *payload = declared(vm, run);
	const struct payload_limit *limit = &payload->limits[index];
	const struct process_report *report = report_of(vm, run);
	const char *name = limit->metric ? payload->metrics[limit->metric - 1].name : "exit_code";
	double observed = limit->metric    ? figures[limit->metric - 1]
			  : report->killed ? -1
					   : report->code;
	char message[256];
	if (limit->relation == PAYLOAD_IS_FREE || (!limit->metric && report->stopped))
		return;
	if (isnan(observed)) {
		snprintf(message, sizeof(message), "gave no '%s': its output has no number there",
			 name);
		add_failure(vm, run, limit->span, name, message)->note = tail_of(vm, report);
		return;
	}
	if (holds(limit->relation, observed, run->limits[index])) {
		vm->result->checks++;
		return;
	}
	snprintf(message, sizeof(message), "has %s %g, expected %s %g", name, observed,
		 relation_text(limit->relation), run->limits[index]);
	struct reason *reason = add_failure(vm, run, limit->span, name, message);
	reason->has_figures = true;
	reason->observed = observed;
	reason->limit = run->limits[index];
	reason->unit = "";
}

static void keep_result(struct vm *vm, const struct payload_run *run, double *figures)
{
	const struct process_report *report = report_of(vm, run);
	const struct payload *payload = declared(vm, run);
	const char **names =
		ARENA_ARRAY(&vm->result->arena, const char *, payload->metric_count + 1);
	for (uint32_t i = 0; i < payload->metric_count; i++)
		names[i] = result_text(vm->result, payload->metrics[i].name);
	VECTOR_PUSH(&vm->result->payloads,
		    ((struct payload_result){
			    .name = result_text(vm->result, payload->name),
			    .cgroup = result_text(vm->result, paths_text(&vm->paths, run->path)),
			    .pid = report->pid,
			    .stopped = report->stopped,
			    .killed = report->killed,
			    .code = report->code,
			    .wall_ns = report->wall_ns,
			    .cut = report->cut,
			    .metric_count = payload->metric_count,
			    .metric_names = names,
			    .metrics = figures}));
}

static void judge(struct vm *vm, const struct payload_run *run)
{
	const struct payload *payload = declared(vm, run);
	double *figures = ARENA_ARRAY(&vm->result->arena, double, payload->metric_count + 1);
	bool exit_told = false;
	if (!vm->options->judge)
		return;
	find_figures(payload, report_of(vm, run), figures);
	for (uint32_t i = 0; i < payload->limit_count; i++) {
		exit_told |= payload->limits[i].metric == 0;
		judge_limit(vm, run, i, figures);
	}
	if (!exit_told)
		judge_exit(vm, run);
	keep_result(vm, run, figures);
}

/* End it if it has not ended yet, and judge it. */
static void close_run(struct vm *vm, struct payload_run *run, bool politely)
{
	struct error error;
	run->open = false;
	if (!vm->host->verbs->process_stop(vm->host, run->process, politely ? SIGTERM : 0,
					   KILL_PATIENCE_NS, &error)) {
		result_add(vm->result, STATUS_BROKEN, "cleanup", vm_span(vm), "%s", error.message);
		vm->host->verbs->process_stop(vm->host, run->process, 0, 0, NULL);
	}
	judge(vm, run);
}

static bool has_ended(const struct vm *vm, const struct payload_run *run)
{
	/* On paper a payload has done its work when it is asked for. */
	return !vm->options->judge || report_of(vm, run)->ended;
}

void payload_wait(struct vm *vm, int number, int64_t timeout_ns)
{
	struct payload_run *run = &vm->runs.data[number];
	if (!run->open)
		vm_end(vm, STATUS_BROKEN, "run", "payload '%s' has ended already",
		       declared(vm, run)->name);
	if (timeout_ns < 0)
		timeout_ns = run->timeout_ns;
	vm_release(vm);
	payload_event(vm, "wait", run)->length_ns = timeout_ns;
	vm->result->awaits_ns = vm_later(vm->result->awaits_ns, timeout_ns);
	int64_t deadline = vm_later(vm_now(vm), timeout_ns);
	while (!has_ended(vm, run) && vm_now(vm) < deadline)
		vm_wait_once(vm, deadline);
	bool ended = has_ended(vm, run);
	close_run(vm, run, false);
	if (ended)
		return;
	struct text message = {0};
	text_puts(&message, "did not end within ");
	text_put_duration(&message, timeout_ns);
	text_puts(&message, " and was killed");
	add_failure(vm, run, vm_span(vm), "wait", text_string(&message))->note =
		tail_of(vm, report_of(vm, run));
	text_free(&message);
}

void payload_end(struct vm *vm, int number, bool implied)
{
	struct payload_run *run = &vm->runs.data[number];
	if (!run->open && !implied)
		vm_end(vm, STATUS_BROKEN, "run", "payload '%s' has ended already",
		       declared(vm, run)->name);
	if (!run->open)
		return;
	payload_event(vm, "kill", run)->implied = implied;
	close_run(vm, run, true);
}

void payload_end_in(struct vm *vm, int path)
{
	int group = vm->paths.all.data[path].group;
	for (size_t i = 0; i < vm->runs.length && group >= 0; i++) {
		const struct payload_run *run = &vm->runs.data[i];
		if (run->open && vm->host->verbs->process_in(vm->host, run->process, group))
			payload_end(vm, (int)i, true);
	}
}
