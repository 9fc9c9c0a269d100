#include "sema/timing.h"

#include "sema/foreign.h"

#include <math.h>

static const struct own_times *own_of(const struct timer *timer)
{
	return &timer->evaluator.own;
}

/* No time is negative. */
static struct form at_least_nothing(struct form form)
{
	return form_either(form, (struct form){0});
}

static void check_limit(struct timer *timer, struct span span)
{
	if (timer->unbounded_told || timer->evaluator.dead ||
	    (form_most(&timer->effect.time, own_of(timer)) < TIMING_NS_MAX &&
	     timer->effect.turns < TIMING_NS_MAX))
		return;
	timer->unbounded_told = true;
	diag_report(timer->evaluator.check->diags, DIAG_UNBOUNDED, span,
		    timer->effect.turns < TIMING_NS_MAX
			    ? "up to here this may take longer than 292 years: it has no bound"
			    : "how often loops turn up to here has no bound");
	if (!span_is_none(timer->evaluator.call))
		diag_label(timer->evaluator.check->diags, timer->evaluator.call, "in this call");
	diag_note(timer->evaluator.check->diags,
		  "bound a computed time or number with min(), for example `min(x, 10s)`");
}

/* Time passes, at most so much. */
void timing_elapse(struct timer *timer, struct form time, struct span span)
{
	struct effect *effect = &timer->effect;
	time = at_least_nothing(time);
	effect->time = form_plus(effect->time, time);
	if (effect->has_rest)
		effect->rest = form_plus(effect->rest, time);
	if (timer->state.released != YES)
		timer->early = form_plus(timer->early, form_times(time, timer->multiplicity));
	check_limit(timer, span);
}

/* What waits starts, after `settle` if there are new cgroups. */
void timing_release(struct timer *timer)
{
	struct state *state = &timer->state;
	struct effect *effect = &timer->effect;
	const struct form settle = {.settle = 1};
	if (state->waiting != NO && state->fresh) {
		effect->time = form_plus(effect->time, settle);
		if (effect->has_rest)
			effect->rest = form_plus(effect->rest, settle);
		timer->early_settle |= state->released != YES;
		state->fresh = state->waiting != YES;
	}
	state->waiting = NO;
	state->released = YES;
}

/* Wait until the scenario's duration is over. */
static void pass_rest(struct timer *timer)
{
	timer->effect.has_rest = true;
}

static enum likely join_likely(enum likely a, enum likely b)
{
	return a == b ? a : MAYBE;
}

static struct state join(struct state a, struct state b)
{
	if (a.dead)
		return b;
	if (b.dead)
		return a;
	return (struct state){a.fresh || b.fresh, join_likely(a.waiting, b.waiting),
			      join_likely(a.released, b.released), false};
}

/* Is all that may be in `a` allowed for in `b`? */
static bool is_within(struct state a, struct state b)
{
	return a.dead || (a.fresh <= b.fresh && (a.waiting == b.waiting || b.waiting == MAYBE) &&
			  (a.released == b.released || b.released == MAYBE));
}

static void set_state(struct timer *timer, struct state state)
{
	timer->state = state;
	timer->evaluator.dead = state.dead;
}

/* The effect of lines alone, from the state that there is. */
static struct effect effect_of(struct timer *timer, const struct stmt *first)
{
	struct effect before = timer->effect;
	timer->effect = (struct effect){0};
	timing_walk(timer, first);
	struct effect effect = timer->effect;
	timer->effect = before;
	return effect;
}

/* A time, or a share of the duration. */
static struct interval time_of(struct timer *timer, const struct expr *expr)
{
	struct interval value = evaluate(&timer->evaluator, expr);
	if (expr->type != TYPE_PERCENT)
		return value;
	const struct interval duration = {.low = {.duration = 1}, .high = {.duration = 1}};
	const struct interval values[2] = {duration, value};
	const enum type types[2] = {TYPE_DURATION, TYPE_PERCENT};
	enum interval_fault fault;
	return interval_compute(TREE_MUL, TYPE_DURATION, values, types, own_of(timer), &fault);
}

/* A time that the program computed; a negative one ends every run. */
struct form timing_length(struct timer *timer, const struct expr *expr, const char *what,
			  long double least)
{
	struct interval value = time_of(timer, expr);
	long double most = form_most(&value.high, own_of(timer));
	unsigned depends = value.depends;
	if (value.high.duration != 0 || value.high.settle != 0)
		depends |= DEPENDS_SETTINGS;
	if (most < least)
		evaluate_refuse(&timer->evaluator, depends, DIAG_OUT_OF_RANGE, expr->span,
				"%s is %s", what, least > 0 ? "more than nothing" : "not negative");
	timer->depends |= value.depends;
	return at_least_nothing(value.high);
}

/* A condition that is the same in every run. */
static void constant(struct timer *timer, const struct expr *expr, struct interval value,
		     const char *always, const char *never)
{
	const unsigned changes = DEPENDS_PARAMS | DEPENDS_SETTINGS | DEPENDS_ARGUMENTS;
	struct evaluator *evaluator = &timer->evaluator;
	bool holds = value.low.fixed != 0;
	if (value.low.fixed != value.high.fixed || (value.depends & changes) || evaluator->dead ||
	    ((value.depends & DEPENDS_MACHINE) && evaluator->narrow))
		return;
	diag_report(evaluator->check->diags, DIAG_CONSTANT_CONDITION, expr->span, "%s",
		    holds ? always : never);
}

/* A condition has decided what is walked. Lines that another value would reach are no mistake. */
static void decide(struct timer *timer, unsigned depends)
{
	timer->depends |= depends;
	timer->unreachable_told |=
		(depends & (DEPENDS_PARAMS | DEPENDS_SETTINGS | DEPENDS_ARGUMENTS)) ||
		((depends & DEPENDS_MACHINE) && timer->evaluator.narrow);
}

static void walk_arm(struct timer *timer, const struct block *block, bool certain,
		     struct effect *effect, struct state *after)
{
	timer->evaluator.branches += !certain;
	*effect = effect_either(*effect, effect_of(timer, block->first));
	timer->evaluator.branches -= !certain;
	*after = join(*after, timer->state);
}

static void walk_if(struct timer *timer, const struct stmt *stmt)
{
	struct effect effect = {0};
	struct state before = timer->state, after = {.dead = true};
	bool done = false, first = true;
	for (const struct arm *arm = stmt->arms; arm && !done; arm = arm->next) {
		timer->evaluator.branches += !first;
		struct interval value = evaluate_condition(&timer->evaluator, arm->condition);
		timer->evaluator.branches -= !first;
		bool always = value.low.fixed != 0, never = value.high.fixed == 0;
		if (arm->condition)
			constant(timer, arm->condition, value, "this condition is always true",
				 "this condition is always false: its block never runs");
		if (always || never)
			decide(timer, value.depends);
		if (!never)
			walk_arm(timer, &arm->block, always && first, &effect, &after);
		set_state(timer, before);
		done = always;
		first &= never;
	}
	set_state(timer, done ? after : join(after, before));
	timer->effect = effect_then(timer->effect, effect);
	check_limit(timer, stmt->span);
}

/* How often a loop runs. */
struct turns {
	long double least, most;
};

/* One turn and what all others take; the state is that behind the loop. */
static void walk_body(struct timer *timer, const struct stmt *stmt, struct turns turns,
		      struct effect *first, struct effect *others)
{
	struct state before = timer->state;
	long double multiplicity = timer->multiplicity, least = timer->least_turns;
	timer->evaluator.branches += turns.least < 1;
	timer->multiplicity *= fmaxl(turns.most, 1);
	timer->least_turns *= turns.least;
	*first = effect_of(timer, stmt->body.block.first);
	*others = *first;
	struct state after = timer->state;
	bool again = turns.most > 1 && !is_within(after, before);
	if (again && !timer->repeats) {
		timer->repeats = true;
		*others = effect_of(timer, stmt->body.block.first);
		timer->repeats = false;
		again = !is_within(timer->state, after);
		after = join(after, timer->state);
	}
	/* A release waits for settle at most once because of what was there when a turn began. */
	if (again) {
		const struct effect settle = {.time = {.settle = 1}};
		*others = effect_then(settle, *others);
		after = join(after, (struct state){true, MAYBE, MAYBE, false});
	}
	timer->evaluator.branches -= turns.least < 1;
	timer->multiplicity = multiplicity;
	timer->least_turns = least;
	set_state(timer, turns.least < 1 ? join(after, before) : after);
}

static void check_turns(struct timer *timer, const struct stmt *stmt, struct turns turns)
{
	const long double most = (long double)SEMA_TURNS_MAX;
	if (timer->evaluator.dead || timer->least_turns > most ||
	    timer->least_turns * turns.least <= most || timer->evaluator.branches)
		return;
	diag_report(timer->evaluator.check->diags, DIAG_MANY_TURNS, stmt->span,
		    "here loops turn more than 4,000,000,000 times");
}

static struct turns turns_of(struct timer *timer, const struct stmt *stmt, struct interval *counter)
{
	struct evaluator *evaluator = &timer->evaluator;
	struct interval from = interval_of(0, 0), end;
	if (stmt->kind == STMT_FOR) {
		from = evaluate(evaluator, stmt->body.first);
		end = evaluate(evaluator, stmt->body.second);
	} else {
		end = evaluate(evaluator, stmt->body.first);
	}
	unsigned depends = from.depends | end.depends;
	if (end.high.fixed <= from.low.fixed) {
		if (stmt->kind == STMT_FOR)
			evaluate_refuse(evaluator, depends, DIAG_EMPTY_RANGE,
					span_join(stmt->body.first->span, stmt->body.second->span),
					"this range is empty: it never runs");
		else
			evaluate_refuse(evaluator, depends, DIAG_OUT_OF_RANGE,
					stmt->body.first->span,
					"something is repeated at least once");
	}
	*counter = interval_of(from.low.fixed, fmaxl(from.low.fixed, end.high.fixed - 1));
	counter->depends = depends;
	timer->depends |= depends;
	return (struct turns){fmaxl(end.low.fixed - from.high.fixed, 0),
			      fmaxl(end.high.fixed - from.low.fixed, 0)};
}

static void walk_for(struct timer *timer, const struct stmt *stmt)
{
	struct interval counter;
	struct effect first, others;
	struct turns turns = turns_of(timer, stmt, &counter);
	if (turns.most < 1)
		return;
	check_turns(timer, stmt, turns);
	evaluate_bind(&timer->evaluator, stmt->name ? stmt->body.symbol : NULL, counter);
	walk_body(timer, stmt, turns, &first, &others);
	struct effect all = effect_then(first, effect_times(others, turns.most - 1));
	all.turns += turns.most;
	timer->effect = effect_then(timer->effect, all);
	check_limit(timer, stmt->span);
}

/* How many turns begin in that time. */
static struct turns turns_in(struct timer *timer, struct form length, struct interval period)
{
	long double shortest = fmaxl(form_least(&period.low, own_of(timer)), 1);
	long double most = ceill(form_most(&length, own_of(timer)) / shortest);
	return (struct turns){0, most};
}

static void walk_every(struct timer *timer, const struct stmt *stmt)
{
	const struct expr *length = stmt->body.second;
	struct interval period = time_of(timer, stmt->body.first);
	timing_length(timer, stmt->body.first, "the period of a repeat", 1);
	struct form longest = length ? timing_length(timer, length, "the length of a repeat", 0)
				     : (struct form){.duration = 1};
	timing_release(timer);
	struct turns turns = turns_in(timer, longest, period);
	struct interval counter = interval_of(0, fmaxl(turns.most - 1, 0));
	counter.depends = period.depends | DEPENDS_SETTINGS;
	evaluate_bind(&timer->evaluator, stmt->name ? stmt->body.symbol : NULL, counter);
	struct effect first, others;
	walk_body(timer, stmt, turns, &first, &others);
	struct effect turn = effect_either(first, others), all = {.turns = turn.turns};
	if (length) {
		all.time = effect_every(longest, &period, turn.time);
		all.rest = turn.rest;
		all.has_rest = turn.has_rest;
	} else {
		all.rest = form_either(turn.time, turn.rest);
		all.has_rest = true;
	}
	all.turns = turns.most * (1 + turn.turns);
	timer->effect = effect_then(timer->effect, all);
	check_limit(timer, stmt->span);
}

/* A time that passes behind a release. */
static void pass(struct timer *timer, struct form time, struct span span)
{
	timing_release(timer);
	timing_elapse(timer, time, span);
}

static void walk_await(struct timer *timer, const struct stmt *stmt)
{
	struct form timeout = {.fixed = (long double)SEMA_AWAIT_NS};
	if (stmt->simple.second)
		timeout = timing_length(timer, stmt->simple.second, "a timeout", 0);
	struct interval value = evaluate_condition(&timer->evaluator, stmt->simple.value);
	constant(timer, stmt->simple.value, value, "this is true at once: nothing is waited for",
		 "this never comes true");
	pass(timer, timeout, stmt->span);
}

/* For a payload, at most as long as it was given. */
static void walk_wait(struct timer *timer, const struct stmt *stmt)
{
	const struct symbol *run = stmt->simple.symbol;
	const struct symbol *payload = run->kind == SYMBOL_RUN ? run->payload : run;
	const struct expr *timeout = stmt->simple.value;
	if (!timeout)
		timeout = foreign_setting(timer->evaluator.check, payload->stmt, "timeout");
	pass(timer,
	     timeout ? timing_length(timer, timeout, "a timeout", 1)
		     : (struct form){.fixed = (long double)SEMA_PAYLOAD_NS},
	     stmt->span);
}

/* A block that owns what it makes: what waits at its end is released, to be stopped. */
static void walk_owner(struct timer *timer, const struct stmt *stmt)
{
	int spawns = timer->spawns;
	struct effect effect = effect_of(timer, stmt->body.block.first);
	bool timed = effect.has_rest || effect.time.fixed > 0 || effect.time.duration > 0 ||
		     effect.time.settle > 0;
	if (stmt->kind == STMT_STEP && !timed && timer->spawns == spawns &&
	    !timer->evaluator.dead) {
		diag_report(timer->evaluator.check->diags, DIAG_TIMELESS_STEP,
			    stmt->body.first->span, "this step takes no time");
		diag_note(timer->evaluator.check->diags,
			  "a step names a phase; `scope` is a block without a name");
	}
	timer->effect = effect_then(timer->effect, effect);
	timing_release(timer);
}

static void add_group(struct timer *timer)
{
	timer->state.fresh = true;
}

static void walk_cgroup(struct timer *timer, const struct stmt *stmt)
{
	bool in_cgroup = timer->in_cgroup;
	evaluate_ref(&timer->evaluator, stmt->body.ref);
	add_group(timer);
	timer->in_cgroup = true;
	timing_walk(timer, stmt->body.block.first);
	timer->in_cgroup = in_cgroup;
}

static void walk_spawn(struct timer *timer, const struct stmt *stmt)
{
	evaluate_spawn(&timer->evaluator, stmt);
	timer->state.waiting = YES;
	timer->spawns++;
}

static void walk_message(struct timer *timer, const struct stmt *stmt)
{
	struct evaluator *evaluator = &timer->evaluator;
	const struct expr *condition = stmt->simple.second;
	struct interval value = evaluate_condition(evaluator, condition);
	if (condition)
		constant(timer, condition, value, "this condition is always true",
			 "this condition is always false: the line never does anything");
	if (value.high.fixed == 0)
		return;
	bool open = value.low.fixed == 0;
	evaluator->branches += open;
	evaluate(evaluator, stmt->simple.value);
	evaluator->branches -= open;
	if (stmt->kind == STMT_SKIP && !open) {
		decide(timer, value.depends);
		timer->state.dead = evaluator->dead = true;
	}
}

static void walk_needs(struct timer *timer, const struct stmt *stmt)
{
	struct interval value = evaluate_condition(&timer->evaluator, stmt->simple.value);
	constant(timer, stmt->simple.value, value, "this is met on every machine",
		 "this is never met: the scenario is always skipped");
	if (stmt->simple.second)
		evaluate(&timer->evaluator, stmt->simple.second);
	if (value.high.fixed != 0)
		return;
	decide(timer, value.depends);
	timer->state.dead = timer->evaluator.dead = true;
	timer->unreachable_told = true; /* in other words */
}

static void walk_expect(struct timer *timer, const struct stmt *stmt)
{
	struct interval value = evaluate_condition(&timer->evaluator, stmt->simple.value);
	constant(timer, stmt->simple.value, value, "this always holds: nothing is checked",
		 "this never holds: the scenario always fails");
	timer->evaluator.branches++;
	if (stmt->simple.second)
		evaluate(&timer->evaluator, stmt->simple.second);
	timer->evaluator.branches--;
}

static size_t find_memo(const struct timer *timer, const struct symbol *proc)
{
	size_t at = 0;
	while (at < timer->memos.length && timer->memos.data[at].proc != proc)
		at++;
	return at;
}

static bool is_same_call(const struct proc_memo *memo, const struct state *before,
			 const struct interval arguments[ROUTINE_PARAMS_MAX])
{
	bool same = before->released == YES && is_within(memo->before, *before) &&
		    is_within(*before, memo->before);
	for (int i = 0; i < ROUTINE_PARAMS_MAX && same; i++)
		same = interval_equal(&memo->arguments[i], &arguments[i]);
	return same;
}

/* The proc's body, with its parameters standing for what this call passes. A call like the one
 * before it takes as long. */
static void walk_call(struct timer *timer, const struct stmt *stmt)
{
	struct evaluator *evaluator = &timer->evaluator;
	const struct expr *call = stmt->simple.value;
	if (call->kind != EXPR_CALL || !call->routine || call->routine->kind != SYMBOL_PROC)
		return;
	const struct symbol *proc = call->routine;
	struct interval arguments[ROUTINE_PARAMS_MAX] = {0};
	evaluate_arguments(evaluator, call, arguments);
	size_t at = find_memo(timer, proc);
	timer->spawns++;
	if (at < timer->memos.length &&
	    is_same_call(&timer->memos.data[at], &timer->state, arguments)) {
		set_state(timer, timer->memos.data[at].after);
		timer->effect = effect_then(timer->effect, timer->memos.data[at].effect);
		check_limit(timer, stmt->span);
		return;
	}
	struct span outer = evaluator->call;
	struct proc_memo memo = {.proc = proc, .before = timer->state};
	evaluator->call = stmt->span;
	memo.effect = effect_of(timer, proc->stmt->routine.block.first);
	memo.after = timer->state;
	evaluator->call = outer;
	timer->effect = effect_then(timer->effect, memo.effect);
	check_limit(timer, stmt->span);
	for (int i = 0; i < ROUTINE_PARAMS_MAX; i++)
		memo.arguments[i] = arguments[i];
	at = find_memo(timer, proc);
	if (at == timer->memos.length)
		VECTOR_PUSH(&timer->memos, memo);
	timer->memos.data[at] = memo;
}

/* dispatch */
static void walk_stmt(struct timer *timer, const struct stmt *stmt)
{
	struct evaluator *evaluator = &timer->evaluator;
	switch ((enum stmt_kind)stmt->kind) {
	case STMT_ERROR:
	case STMT_USE:
	case STMT_PARAM:
	case STMT_SCENARIO:
	case STMT_FN:
	case STMT_PROC:
	case STMT_EXTERN:
	case STMT_PAYLOAD:
	case STMT_SCHEDULER:
	case STMT_FLAG:
	case STMT_FLAG_ARGS:
	case STMT_METRIC:
	case STMT_REQUIRES:
	case STMT_EXCLUDES:
	case STMT_LIMITS:
		break;
	case STMT_CUSTOM:
		evaluate(evaluator, stmt->simple.value);
		break;
	case STMT_RUN:
		evaluate_ref(evaluator, stmt->group.ref);
		break;
	case STMT_WAIT:
		walk_wait(timer, stmt);
		break;
	case STMT_KILL:
		break;
	case STMT_SCHEDULER_OP:
		timing_scheduler(timer, stmt);
		break;
	case STMT_CALL:
		walk_call(timer, stmt);
		break;
	case STMT_LET:
		if (stmt->simple.spawn)
			walk_spawn(timer, stmt->simple.spawn);
		else if (!stmt->simple.symbol->constant)
			evaluate_bind(evaluator, stmt->simple.symbol,
				      evaluate(evaluator, stmt->simple.value));
		break;
	case STMT_SETTING:
		timing_setting(timer, stmt);
		break;
	case STMT_NEEDS:
		walk_needs(timer, stmt);
		break;
	case STMT_STEP:
	case STMT_SCOPE:
		walk_owner(timer, stmt);
		break;
	case STMT_CGROUP:
		walk_cgroup(timer, stmt);
		break;
	case STMT_CREATE:
		evaluate_ref(evaluator, stmt->group.ref);
		add_group(timer);
		break;
	case STMT_SET:
		evaluate_ref(evaluator, stmt->group.ref);
		evaluate_knob(evaluator, stmt->group.knob, stmt->group.value);
		break;
	case STMT_REMOVE:
	case STMT_CLEAR:
	case STMT_SWAP:
	case STMT_STOP:
	case STMT_FREEZE:
	case STMT_THAW:
		evaluate_ref(evaluator, stmt->group.ref);
		evaluate_ref(evaluator, stmt->group.other);
		break;
	case STMT_SPAWN:
		walk_spawn(timer, stmt);
		break;
	case STMT_MOVE:
		evaluate_move(evaluator, stmt);
		break;
	case STMT_HOLD:
		if (stmt->simple.value) {
			pass(timer, timing_length(timer, stmt->simple.value, "a time", 0),
			     stmt->span);
		} else {
			timing_release(timer);
			pass_rest(timer);
		}
		break;
	case STMT_SLEEP:
		pass(timer, timing_length(timer, stmt->simple.value, "a time", 0), stmt->span);
		break;
	case STMT_AWAIT:
		walk_await(timer, stmt);
		break;
	case STMT_EVERY:
		walk_every(timer, stmt);
		break;
	case STMT_TIMES:
	case STMT_FOR:
		walk_for(timer, stmt);
		break;
	case STMT_IF:
		walk_if(timer, stmt);
		break;
	case STMT_SKIP:
	case STMT_FAIL:
	case STMT_NOTE:
		walk_message(timer, stmt);
		break;
	case STMT_EXPECT:
		walk_expect(timer, stmt);
		break;
	}
}

void timing_walk(struct timer *timer, const struct stmt *first)
{
	const struct stmt *end = NULL;
	for (const struct stmt *stmt = first; stmt && !timer->unbounded_told; stmt = stmt->next) {
		if (!timer->state.dead) {
			walk_stmt(timer, stmt);
			end = stmt;
		} else if (!timer->unreachable_told && stmt->kind != STMT_LIMITS) {
			timer->unreachable_told = true;
			diag_report(timer->evaluator.check->diags, DIAG_UNREACHABLE, stmt->span,
				    "this line is never reached");
			if (end)
				diag_label(timer->evaluator.check->diags, end->span,
					   "the scenario ends here");
		}
	}
}
