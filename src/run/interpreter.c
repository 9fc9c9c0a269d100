#include "run/interpreter.h"

#include "run/hooks.h"
#include "run/payload.h"
#include "run/scheduler.h"
#include "sema/sema.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static _Noreturn void overflow(struct vm *vm)
{
	vm_end(vm, STATUS_BROKEN, "run", "the result does not fit in 64 bits");
}

static int64_t divide(struct vm *vm, int64_t a, int64_t b, bool modulo)
{
	if (b == 0)
		vm_end(vm, STATUS_BROKEN, "run", "this divides by zero");
	if (b == -1) {
		if (a == INT64_MIN && !modulo)
			overflow(vm);
		return modulo ? 0 : -a;
	}
	return modulo ? a % b : a / b;
}

static double divide_real(struct vm *vm, double a, double b)
{
	if (b == 0)
		vm_end(vm, STATUS_BROKEN, "run", "this divides by zero");
	return a / b;
}

static int64_t rounded(struct vm *vm, double value)
{
	if (!(fabs(value) < 9.2e18))
		overflow(vm);
	return llround(value);
}

static void set_context(struct vm *vm, enum scenario_setting setting, int64_t value)
{
	const struct run_options *options = vm->options;
	switch ((int)setting) {
	case SCENARIO_DURATION:
		if (options->duration_ns < 0)
			vm->duration_ns = value;
		break;
	case SCENARIO_SETTLE:
		if (options->settle_ns < 0)
			vm->settle_ns = value;
		break;
	case SCENARIO_EXTEND:
		vm->extend_ns = value;
		vm->result->awaits_ns = vm_later(vm->result->awaits_ns, value < 0 ? 0 : value);
		break;
	case SCENARIO_WORKERS:
		if (options->workers < 0)
			vm->workers = value;
		break;
	default:
		if (options->timeout_ns < 0)
			vm->timeout_ns = value;
		break;
	}
	if (value < (setting == SCENARIO_SETTLE || setting == SCENARIO_EXTEND ? 0 : 1))
		vm_end(vm, STATUS_BROKEN, "run", "`%s` comes out as %" PRId64,
		       scenario_settings[setting].name, value);
}

/* Names come from identifiers, but a program may come from anywhere: nothing else gets near the
 * file system. */
static bool is_group_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_");
	return length > 0 && !name[length] && length <= SEMA_GROUP_NAME_MAX;
}

static int known_path(struct vm *vm, int path)
{
	if (path < 0)
		vm_end(vm, STATUS_BROKEN, "limit",
		       "more than %d names of cgroups, or %d MiB of their paths", PATHS_MAX,
		       PATHS_MIB_MAX);
	return path;
}

int vm_child(struct vm *vm, int64_t parent, const char *name)
{
	if (!is_group_name(name))
		vm_end(vm, STATUS_BROKEN, "run",
		       "'%.40s' cannot be the name of a cgroup (letters, digits and '_', at most "
		       "%d of them)",
		       name, SEMA_GROUP_NAME_MAX);
	int path = paths_child(&vm->paths, (int)parent, name);
	return known_path(vm, path);
}

static int member(struct vm *vm, int64_t family, int64_t index)
{
	if (index < 0)
		vm_end(vm, STATUS_BROKEN, "run",
		       "cgroups of a family are counted from 0, not %" PRId64, index);
	if (family <= PATH_ROOT || !is_group_name(paths_name(&vm->paths, (int)family)))
		vm_end(vm, STATUS_BROKEN, "run", "this cgroup is no family");
	return known_path(vm, paths_member(&vm->paths, (int)family, index));
}

static void make_work(struct vm *vm, struct work *work, enum work_kind kind, const uint32_t *args)
{
	*work = work_default(kind);
	for (int i = 0; work_table[kind].params[i].name; i++) {
		assert(args);
		if (args[i] != NONE)
			work->params[i] = vm->registers[args[i]].i;
	}
}

static int64_t checked_length(struct vm *vm, int64_t length)
{
	if (length < 0) {
		struct text text = {0};
		text_put_duration(&text, length);
		char shown[64];
		snprintf(shown, sizeof(shown), "%s", text_string(&text));
		text_free(&text);
		vm_end(vm, STATUS_BROKEN, "run", "a time cannot be negative, and this is %s",
		       shown);
	}
	return length;
}

static void hold(struct vm *vm, const char *op, int64_t length)
{
	struct event *event;
	checked_length(vm, length);
	vm_release(vm);
	event = vm_event(vm, op, -1);
	event->length_ns = length;
	vm_wait(vm, vm_later(vm_now(vm), length));
}

static void hold_rest(struct vm *vm)
{
	vm_release(vm);
	int64_t left = vm_later(vm->released_ns, vm->duration_ns) - vm_now(vm);
	hold(vm, "hold", left > 0 ? left : 0);
}

static void every_start(struct vm *vm, const struct instruction *instruction)
{
	union value *registers = vm->registers;
	vm_release(vm);
	int64_t now = vm_now(vm);
	int64_t end = instruction->c == NONE
			      ? vm_later(vm->released_ns, vm->duration_ns)
			      : vm_later(now, checked_length(vm, registers[instruction->c].i));
	registers[instruction->a].i = now;
	registers[instruction->b].i = end;
	vm_event(vm, "repeat", -1)->length_ns = end > now ? end - now : 0;
}

/* The next turn; those whose time has passed already are left out, and counted. */
static int64_t every_next(struct vm *vm, int64_t turn, int64_t end, int64_t period)
{
	if (period <= 0)
		vm_end(vm, STATUS_BROKEN, "run",
		       "the period of a repeat comes out as %" PRId64 "ns", period);
	int64_t now = vm_now(vm), next = vm_later(turn, period);
	if (next < now) {
		/* A hostile program's turn may lie anywhere: the distance has 64 bits without a
		 * sign, and what it rounds up to may not fit. */
		uint64_t late = (uint64_t)now - (uint64_t)next;
		uint64_t missed = late / (uint64_t)period + (late % (uint64_t)period != 0);
		vm->late_turns += missed;
		next = vm_later(now, (int64_t)(missed * (uint64_t)period - late));
	}
	vm_wait(vm, next < end ? next : end);
	return next;
}

/* A condition that does not hold yet: look again in a moment. False: its time is up. */
static bool await_turn(struct vm *vm, int64_t deadline)
{
	enum { MOMENT_NS = 5 * 1000 * 1000 };
	int64_t now = vm_now(vm);
	if (vm->options->turns && ++vm->turns > vm->options->turns)
		vm_end(vm, STATUS_BROKEN, "limit", "more than %" PRIu64 " turns of loops",
		       vm->options->turns);
	if (now < deadline) {
		vm_wait(vm, deadline - now > MOMENT_NS ? now + MOMENT_NS : deadline);
		return true;
	}
	if (vm->options->judge)
		result_add(vm->result, STATUS_FAIL, "await", vm_span(vm),
			   "the condition did not come true in time");
	return false;
}

static void check_failed(struct vm *vm, const struct instruction *instruction)
{
	const char *observed = text_string(vm->registers[instruction->a].text);
	const char *what = text_string(vm->registers[instruction->b].text);
	const char *message =
		instruction->c == NONE ? "" : text_string(vm->registers[instruction->c].text);
	if (vm->guessed)
		return;
	result_add(vm->result, STATUS_FAIL, "expect", vm_span(vm), "%s%sexpected %s%s%s", message,
		   *message ? ": " : "", what, *observed ? ", but " : "", observed);
}

static void add_limit(struct vm *vm, const struct instruction *instruction)
{
	struct limit_entry entry = {
		.metric = instruction->a,
		.on = instruction->op != OP_LIMIT_OFF,
		.strict = instruction->flags & FLAG_STRICT,
		.layer = instruction->flags & FLAG_SCHEDULER ? "scheduler" : NULL,
		.path = instruction->c == NONE ? -1 : (int)vm->registers[instruction->c].i,
		.span = vm_span(vm)};
	if (instruction->op == OP_LIMIT_I || instruction->op == OP_LIMIT_F) {
		entry.has_value = true;
		entry.value = instruction->op == OP_LIMIT_F
				      ? vm->registers[instruction->b].f
				      : (double)vm->registers[instruction->b].i;
	}
	limits_add(vm, entry);
}

static void add_note(struct vm *vm, const char *note)
{
	note = result_text(vm->result, note);
	VECTOR_PUSH(&vm->result->notes, note);
	vm_event(vm, "note", -1)->text = note;
}

static void end_block(struct vm *vm)
{
	vm_release(vm);
	ledger_close_scope(vm);
}

/* A handle is its batch's number plus 1; 0 is one that was never given its workers. */
static int batch_of(struct vm *vm, int64_t handle)
{
	if (!handle)
		vm_end(vm, STATUS_BROKEN, "run", "this handle has no workers yet");
	return (int)handle - 1;
}

/* Likewise a payload's. */
static int run_of(struct vm *vm, int64_t handle)
{
	if (!handle)
		vm_end(vm, STATUS_BROKEN, "run", "this payload was not started");
	return (int)handle - 1;
}

/* A program without arguments has no pool. */
static const uint32_t *pool_at(const struct vm *vm, uint32_t start)
{
	return vm->program->pool.length ? vm->program->pool.data + start : NULL;
}

#define R(operand)    (registers[instruction->operand])
#define TEXT(operand) text_string(R(operand).text)

/* Beyond this a text grows no more: its end is dropped. */
enum { TEXT_BYTES_MAX = 64 * 1024 };

/* Add the form that a value has in a text. */
static void append(union value *registers, const struct instruction *instruction)
{
	struct text *to = R(a).text;
	if (to->length >= TEXT_BYTES_MAX)
		return;
	switch (instruction->op) {
	case OP_TEXT_I:
		text_printf(to, "%" PRId64, R(b).i);
		break;
	case OP_TEXT_F:
		text_printf(to, "%g", R(b).f);
		break;
	case OP_TEXT_PERCENT:
		text_printf(to, "%g%%", R(b).f * 100);
		break;
	case OP_TEXT_DURATION:
		text_put_duration(to, R(b).i);
		break;
	case OP_TEXT_SIZE:
		text_put_size(to, R(b).i);
		break;
	case OP_TEXT_BOOL:
		text_puts(to, R(b).i ? "true" : "false");
		break;
	case OP_TEXT_C:
		cpuset_print(to, R(b).set);
		break;
	default:
		if (to != R(b).text)
			text_add(to, text_string(R(b).text), R(b).text->length);
	}
	if (to->length > TEXT_BYTES_MAX) {
		to->length = TEXT_BYTES_MAX;
		to->data[to->length] = '\0';
	}
}

/* The ops that do something; returns the next instruction. */
/* dispatch */
static uint32_t act(struct vm *vm, const struct instruction *instruction, uint32_t next)
{
	union value *registers = vm->registers;
	struct error error;
	struct knob_value value = {0};
	bool quiet = instruction->flags & FLAG_QUIET;
	vm_poll(vm);
	switch (instruction->op) {
	case OP_CALL:
		words_call(vm, instruction->a, instruction->b, pool_at(vm, instruction->c),
			   instruction->flags & FLAG_PATIENT);
		break;
	case OP_WORK:
		make_work(vm, R(a).work, instruction->b, pool_at(vm, instruction->c));
		break;
	case OP_PHASE:
		placement_add_phase(vm, R(a).work, instruction->b, R(c).i);
		break;
	case OP_AFFINITY:
		*R(a).affinity = (struct affinity){.kind = AFFINITY_SET, .set = *R(b).set};
		break;
	case OP_GROUP_HOST:
		R(a).i = PATH_HOST;
		break;
	case OP_GROUP_ROOT:
		R(a).i = PATH_ROOT;
		break;
	case OP_GROUP_CHILD:
		R(a).i = vm_child(vm, R(b).i, TEXT(c));
		break;
	case OP_GROUP_MEMBER:
		R(a).i = member(vm, R(b).i, R(c).i);
		break;
	case OP_GROUP_CPUS:
		if (!vm->host->verbs->group_cpus(vm->host, vm_group(vm, R(b).i), R(a).set, &error))
			vm_refused(vm, &error);
		break;
	case OP_GROUP_TASKS:
		if (!vm->host->verbs->group_tasks(vm->host, vm_group(vm, R(b).i), &R(a).i, &error))
			vm_refused(vm, &error);
		break;
	case OP_CONTEXT:
		set_context(vm, instruction->a, R(b).i);
		break;
	case OP_SCOPE_OPEN:
		if (vm->fragment && vm->scopes.length == vm->fragment_depth)
			break;
		ledger_open_scope(vm, instruction->a,
				  instruction->b == NONE ? "" : result_text(vm->result, TEXT(b)));
		break;
	case OP_SCOPE_CLOSE:
		if (!vm->fragment || vm->scopes.length > vm->fragment_depth)
			end_block(vm);
		break;
	case OP_NEED:
		if (!R(a).i)
			vm_end(vm, STATUS_SKIP, "needs", "%s", TEXT(b));
		break;
	case OP_GROUP_CREATE:
		action_create(vm, (int)R(a).i, instruction->flags & FLAG_BLOCK);
		break;
	case OP_GROUP_READY:
		action_ready(vm, (int)R(a).i);
		break;
	case OP_GROUP_REMOVE:
		action_remove(vm, (int)R(a).i);
		break;
	case OP_GROUP_AFFINITY:
		action_affinity(vm, (int)R(a).i, R(b).affinity);
		break;
	case OP_KNOB_C:
		value.set = *R(c).set;
		action_knob(vm, (int)R(a).i, instruction->b, &value, quiet);
		break;
	case OP_KNOB_I:
		value.integer = R(c).i;
		action_knob(vm, (int)R(a).i, instruction->b, &value, quiet);
		break;
	case OP_KNOB_F:
		value.fraction = R(c).f;
		action_knob(vm, (int)R(a).i, instruction->b, &value, quiet);
		break;
	case OP_KNOB_CLEAR:
		action_knob(vm, (int)R(a).i, instruction->b, NULL, false);
		break;
	case OP_KNOB_SWAP:
		action_swap(vm, (int)R(a).i, (int)R(b).i, instruction->c);
		break;
	case OP_SPAWN:
		R(a).i = action_spawn(vm, pool_at(vm, instruction->b)) + 1;
		break;
	case OP_STOP_GROUP:
		action_stop_group(vm, (int)R(a).i);
		break;
	case OP_STOP_WORKERS:
		action_stop_batch(vm, batch_of(vm, R(a).i));
		break;
	case OP_MOVE_ALL:
		action_move(vm, (int)R(a).i, (int)R(b).i, -1);
		break;
	case OP_MOVE_COUNT:
		action_move(vm, (int)R(a).i, (int)R(b).i, R(c).i < 0 ? 0 : R(c).i);
		break;
	case OP_MOVE_SHARE:
		action_move_share(vm, (int)R(a).i, (int)R(b).i, R(c).f);
		break;
	case OP_MOVE_WORKERS:
		action_move_batch(vm, batch_of(vm, R(a).i), (int)R(b).i);
		break;
	case OP_FREEZE:
	case OP_THAW:
		action_freeze(vm, (int)R(a).i, instruction->op == OP_FREEZE);
		break;
	case OP_SLEEP:
		hold(vm, "sleep", R(a).i);
		break;
	case OP_HOLD:
		hold(vm, "hold", R(a).i);
		break;
	case OP_HOLD_REST:
		hold_rest(vm);
		break;
	case OP_EVERY_START:
		every_start(vm, instruction);
		break;
	case OP_EVERY_NEXT:
		R(a).i = every_next(vm, R(a).i, R(b).i, R(c).i);
		break;
	case OP_AWAIT_START:
		vm_release(vm);
		R(a).i = vm_later(vm_now(vm), instruction->b == NONE ? SEMA_AWAIT_NS : R(b).i);
		vm->result->awaits_ns = vm_later(vm->result->awaits_ns, R(a).i - vm_now(vm));
		vm_event(vm, "await", -1)->length_ns = R(a).i - vm_now(vm);
		break;
	case OP_AWAIT_TURN:
		return await_turn(vm, R(a).i) ? instruction->b : next;
	case OP_CUSTOM:
		hooks_call(vm, instruction->a, instruction->b, pool_at(vm, instruction->c));
		break;
	case OP_EXTERN_WORK:
		hooks_fill_work(vm, R(a).work, instruction->b, pool_at(vm, instruction->c));
		break;
	case OP_RUN:
		R(a).i = payload_start(vm, pool_at(vm, instruction->b)) + 1;
		break;
	case OP_WAIT:
		payload_wait(vm, run_of(vm, R(a).i),
			     instruction->b == NONE ? -1 : checked_length(vm, R(b).i));
		break;
	case OP_KILL:
		payload_end(vm, run_of(vm, R(a).i), false);
		break;
	case OP_SCHEDULER:
		scheduler_start(vm, pool_at(vm, instruction->a));
		break;
	case OP_SCHEDULER_STOP:
		scheduler_end(vm);
		break;
	case OP_SKIP:
		vm_event(vm, "skip", -1)->text = result_text(vm->result, TEXT(a));
		vm_end(vm, STATUS_SKIP, "skip", "%s", TEXT(a));
	case OP_FAIL:
		vm_event(vm, "fail", -1)->text = result_text(vm->result, TEXT(a));
		result_add(vm->result, STATUS_FAIL, "fail", vm_span(vm), "%s", TEXT(a));
		break;
	case OP_NOTE:
		add_note(vm, TEXT(a));
		break;
	case OP_CHECK_PASSED:
		vm->result->checks++;
		vm_event(vm, "expect", -1);
		break;
	case OP_CHECK_FAILED:
		vm_event(vm, "expect", -1);
		check_failed(vm, instruction);
		break;
	case OP_LIMIT_ON:
	case OP_LIMIT_OFF:
	case OP_LIMIT_I:
	case OP_LIMIT_F:
		add_limit(vm, instruction);
		break;
	case OP_LIMIT_FOR:
		limits_sustain(vm, instruction->a, R(b).i);
		break;
	default:
		__builtin_unreachable();
	}
	return next;
}

/* A long computation looks for signals once in so many turns of its loops. */
enum { TURNS_PER_POLL = 1 << 12 };

/* So many turns are over: look, and begin to count anew. */
static uint32_t count_turns(struct vm *vm, const struct instruction *instruction)
{
	vm->at = (uint32_t)(instruction - vm->program->code.data);
	vm->turns += TURNS_PER_POLL;
	if (vm->options->turns && vm->turns > vm->options->turns)
		vm_end(vm, STATUS_BROKEN, "limit", "more than %" PRIu64 " turns of loops",
		       vm->options->turns);
	vm->polls = 0;
	vm_poll(vm);
	return 0;
}

static uint32_t invoke(struct vm *vm, uint32_t entry)
{
	if (vm->call_count == SEMA_CALLS_MAX)
		vm_end(vm, STATUS_BROKEN, "limit",
		       "fns and procs call each other more than %d deep", SEMA_CALLS_MAX);
	if (!vm->call_count)
		vm->result->call = vm_span(vm);
	vm->calls[vm->call_count++] = vm->at + 1;
	return entry;
}

static uint32_t leave(struct vm *vm)
{
	if (!vm->call_count)
		vm_end(vm, STATUS_BROKEN, "run", "this returns, but nothing called it");
	if (--vm->call_count == 0)
		vm->result->call = SPAN_NONE;
	return vm->calls[vm->call_count];
}

static void copy(uint16_t op, union value *to, const union value *from)
{
	if (to->p == from->p)
		return;
	switch (op) {
	case OP_COPY_S:
		text_clear(to->text);
		text_add(to->text, text_string(from->text), from->text->length);
		break;
	case OP_COPY_C:
		*to->set = *from->set;
		break;
	case OP_COPY_W:
		*to->work = *from->work;
		break;
	case OP_COPY_A:
		*to->affinity = *from->affinity;
		break;
	case OP_COPY_M:
		*to->mempolicy = *from->mempolicy;
		break;
	default:
		*to->policy = *from->policy;
		break;
	}
}

static _Noreturn void overflow_at(struct vm *vm, const struct instruction *instruction)
{
	vm->at = (uint32_t)(instruction - vm->program->code.data);
	overflow(vm);
}

/* The ops that compute and jump are here, so that loops over them stay in this function; all
others go through act(). */
/* dispatch */
void interpreter_run(struct vm *vm, uint32_t entry)
{
	const struct instruction *code = vm->program->code.data;
	const struct instruction *instruction = code + entry;
	union value *registers = vm->registers;
	uint32_t turns = 0;
	for (;;) {
		switch (instruction->op) {
		case OP_MOVE:
		case OP_MOVE_F:
		case OP_MOVE_G:
		case OP_MOVE_H:
			R(a).i = R(b).i; /* or the bits of a double */
			break;
		case OP_COPY_S:
		case OP_COPY_C:
		case OP_COPY_W:
		case OP_COPY_A:
		case OP_COPY_P:
		case OP_COPY_M:
			copy(instruction->op, &R(a), &R(b));
			break;
		case OP_ADD_I:
			if (__builtin_add_overflow(R(b).i, R(c).i, &R(a).i))
				overflow_at(vm, instruction);
			break;
		case OP_SUB_I:
			if (__builtin_sub_overflow(R(b).i, R(c).i, &R(a).i))
				overflow_at(vm, instruction);
			break;
		case OP_MUL_I:
			if (__builtin_mul_overflow(R(b).i, R(c).i, &R(a).i))
				overflow_at(vm, instruction);
			break;
		case OP_DIV_I:
			vm->at = (uint32_t)(instruction - code);
			R(a).i = divide(vm, R(b).i, R(c).i, false);
			break;
		case OP_MOD_I:
			if (((R(b).i | R(c).i) >> 32) == 0 && R(c).i) {
				R(a).i = (int64_t)((uint32_t)R(b).i % (uint32_t)R(c).i);
				break;
			}
			vm->at = (uint32_t)(instruction - code);
			R(a).i = divide(vm, R(b).i, R(c).i, true);
			break;
		case OP_NEG_I:
			if (__builtin_sub_overflow(INT64_C(0), R(b).i, &R(a).i))
				overflow_at(vm, instruction);
			break;
		case OP_ADD_F:
			R(a).f = R(b).f + R(c).f;
			break;
		case OP_SUB_F:
			R(a).f = R(b).f - R(c).f;
			break;
		case OP_MUL_F:
			R(a).f = R(b).f * R(c).f;
			break;
		case OP_DIV_F:
			vm->at = (uint32_t)(instruction - code);
			R(a).f = divide_real(vm, R(b).f, R(c).f);
			break;
		case OP_NEG_F:
			R(a).f = -R(b).f;
			break;
		case OP_FLOAT:
			R(a).f = (double)R(b).i;
			break;
		case OP_SCALE:
			vm->at = (uint32_t)(instruction - code);
			R(a).i = rounded(vm, (double)R(b).i * R(c).f);
			break;
		case OP_UNSCALE:
			vm->at = (uint32_t)(instruction - code);
			R(a).i = rounded(vm, divide_real(vm, (double)R(b).i, R(c).f));
			break;
		case OP_RATIO:
			vm->at = (uint32_t)(instruction - code);
			R(a).f = divide_real(vm, (double)R(b).i, (double)R(c).i);
			break;
		case OP_EQ_I:
			R(a).i = R(b).i == R(c).i;
			break;
		case OP_LT_I:
			R(a).i = R(b).i < R(c).i;
			break;
		case OP_LE_I:
			R(a).i = R(b).i <= R(c).i;
			break;
		case OP_EQ_F:
			R(a).i = R(b).f == R(c).f;
			break;
		case OP_LT_F:
			R(a).i = R(b).f < R(c).f;
			break;
		case OP_LE_F:
			R(a).i = R(b).f <= R(c).f;
			break;
		case OP_EQ_S:
			R(a).i = strcmp(TEXT(b), TEXT(c)) == 0;
			break;
		case OP_EQ_C:
			R(a).i = cpuset_equal(R(b).set, R(c).set);
			break;
		case OP_OR_I:
			R(a).i = R(b).i | R(c).i;
			break;
		case OP_NOT:
			R(a).i = !R(b).i;
			break;
		case OP_UNION:
			cpuset_or(R(a).set, R(b).set, R(c).set);
			break;
		case OP_INTERSECT:
			cpuset_and(R(a).set, R(b).set, R(c).set);
			break;
		case OP_MINUS:
			cpuset_minus(R(a).set, R(b).set, R(c).set);
			break;
		case OP_JUMP:
			if (code + instruction->a <= instruction && ++turns == TURNS_PER_POLL)
				turns = count_turns(vm, instruction);
			instruction = code + (instruction->a);
			continue;
		case OP_INVOKE:
			vm->at = (uint32_t)(instruction - code);
			if (++turns == TURNS_PER_POLL)
				turns = count_turns(vm, instruction);
			instruction = code + invoke(vm, instruction->a);
			continue;
		case OP_RETURN:
			vm->at = (uint32_t)(instruction - code);
			instruction = code + leave(vm);
			continue;
		case OP_JUMP_IF:
			instruction = code + (R(a).i ? instruction->b
						     : (uint32_t)(instruction - code) + 1);
			continue;
		case OP_JUMP_UNLESS:
			instruction = code + (R(a).i ? (uint32_t)(instruction - code) + 1
						     : instruction->b);
			continue;
		case OP_JUMP_EQ:
			if (R(a).i == R(b).i) {
				instruction = code + instruction->c;
				continue;
			}
			break;
		case OP_JUMP_NE:
			if (R(a).i != R(b).i) {
				instruction = code + instruction->c;
				continue;
			}
			break;
		case OP_JUMP_LT:
			if (R(a).i < R(b).i) {
				instruction = code + instruction->c;
				continue;
			}
			break;
		case OP_JUMP_LE:
		case OP_EVERY_TEST:
			if (instruction->op == OP_JUMP_LE ? R(a).i <= R(b).i : R(a).i >= R(b).i) {
				instruction = code + instruction->c;
				continue;
			}
			break;
		case OP_FOR_STEP:
			/* Beyond 64 bits counts only what no checker has seen: it starts anew. */
			R(a).i = (int64_t)((uint64_t)R(a).i + 1);
			if (R(a).i >= R(b).i)
				break;
			if (++turns == TURNS_PER_POLL)
				turns = count_turns(vm, instruction);
			instruction = code + (instruction->c);
			continue;
		case OP_TEXT_START:
			text_clear(R(a).text);
			break;
		case OP_TEXT_S:
		case OP_TEXT_I:
		case OP_TEXT_F:
		case OP_TEXT_PERCENT:
		case OP_TEXT_DURATION:
		case OP_TEXT_SIZE:
		case OP_TEXT_BOOL:
		case OP_TEXT_C:
			append(registers, instruction);
			break;
		case OP_END:
			return;
		default:
			vm->at = (uint32_t)(instruction - code);
			instruction = code + (act(vm, instruction, vm->at + 1));
			continue;
		}
		instruction++;
	}
}
