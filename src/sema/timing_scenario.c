/* What is of a whole scenario: its settings, where it begins, and what is kept of it. */
#include "sema/bound.h"
#include "sema/foreign.h"
#include "sema/timing.h"

#include <math.h>
#include <stdio.h>

void timing_scheduler(struct timer *timer, const struct stmt *stmt)
{
	if (!stmt->simple.value)
		return;
	const struct symbol *scheduler = stmt->simple.value->symbol;
	const struct expr *timeout =
		foreign_setting(timer->evaluator.check, scheduler->stmt, "attach_timeout");
	timing_elapse(timer,
		      timeout ? timing_length(timer, timeout, "a timeout", 1)
			      : (struct form){.fixed = (long double)SEMA_ATTACH_NS},
		      stmt->span);
}

static void set_times(long double *low, long double *high, struct interval *word,
		      struct interval value, struct form unknown)
{
	*low = fmaxl(value.low.fixed, 0);
	*high = fmaxl(value.high.fixed, 0);
	*word = (struct interval){.low = unknown, .high = unknown};
}

void timing_setting(struct timer *timer, const struct stmt *stmt)
{
	struct evaluator *evaluator = &timer->evaluator;
	if (timer->in_cgroup) {
		evaluate_knob(evaluator, scope_meaning(evaluator->check, stmt->name).knob - 1u,
			      stmt->simple.value);
		return;
	}
	int index = sema_find_setting(scenario_settings, SCENARIO_SETTINGS,
				      checker_text(evaluator->check, stmt->name));
	if (index == SCENARIO_SCHEDULER)
		timing_scheduler(timer, stmt);
	if (index < SCENARIO_DURATION || index == SCENARIO_SCHEDULER)
		return;
	struct interval value =
		interval_plain(evaluate(evaluator, stmt->simple.value), &evaluator->own);
	char what[32];
	snprintf(what, sizeof(what), "`%s`", scenario_settings[index].name);
	bool may_be_none = index == SCENARIO_SETTLE || index == SCENARIO_EXTEND;
	if (value.high.fixed < (may_be_none ? 0 : 1))
		evaluate_refuse(evaluator, value.depends, DIAG_OUT_OF_RANGE,
				stmt->simple.value->span, "%s is %s", what,
				may_be_none ? "not negative" : "more than nothing");
	if (index != SCENARIO_WORKERS)
		timer->depends |= value.depends;
	if (index == SCENARIO_DURATION) {
		set_times(&evaluator->own.duration_low, &evaluator->own.duration_high,
			  &evaluator->duration, value, (struct form){.duration = 1});
	} else if (index == SCENARIO_SETTLE) {
		set_times(&evaluator->own.settle_low, &evaluator->own.settle_high,
			  &evaluator->settle, value, (struct form){.settle = 1});
	} else if (index == SCENARIO_TIMEOUT) {
		timer->timeout_ns =
			value.high.fixed < TIMING_NS_MAX ? (int64_t)value.high.fixed : 0;
	} else if (index == SCENARIO_EXTEND) {
		/* Whenever that is: all of it in one place takes no less. */
		timing_elapse(timer, (struct form){.fixed = fmaxl(value.high.fixed, 0)},
			      stmt->span);
	} else {
		evaluator->workers = value;
		evaluator->workers.depends |= DEPENDS_SETTINGS;
	}
}

static struct bound_form keep_form(struct form form)
{
	return (struct bound_form){(double)form.fixed, (double)form.duration, (double)form.settle,
				   (double)form.roundings};
}

static int64_t keep_ns(long double ns)
{
	return ns < TIMING_NS_MAX ? (int64_t)ns : INT64_MAX;
}

static void keep_bound(struct timer *timer, struct stmt *scenario)
{
	const struct evaluator *evaluator = &timer->evaluator;
	struct bound *bound = ARENA_NEW(evaluator->check->tree->arena, struct bound);
	const struct effect *effect = &timer->effect;
	unsigned depends = (timer->depends & BOUND_ON) | (evaluator->hooks ? BOUND_ON_HOOKS : 0);
	*bound = (struct bound){.lines = keep_form(effect->time),
				.turns = (double)effect->turns,
				.duration_ns = keep_ns(evaluator->own.duration_high),
				.settle_ns = keep_ns(evaluator->own.settle_high),
				.timeout_ns = timer->timeout_ns,
				.depends = depends};
	if (effect->has_rest) {
		struct form clock = {.duration = 1, .settle = timer->early_settle};
		bound->rest = keep_form(form_plus(form_plus(clock, timer->early), effect->rest));
	}
	scenario->body.bound = bound;
}

static void start(struct timer *timer, const struct stmt *scenario)
{
	struct evaluator *evaluator = &timer->evaluator;
	const struct form duration = {.duration = 1}, settle = {.settle = 1};
	const long double d = (long double)SEMA_DURATION_NS, s = (long double)SEMA_SETTLE_NS;
	evaluator->own = (struct own_times){d, d, s, s};
	evaluator->duration = (struct interval){duration, duration, 0};
	evaluator->settle = (struct interval){settle, settle, 0};
	evaluator->workers = interval_of(SEMA_WORKERS, SEMA_WORKERS);
	evaluator->workers.depends = DEPENDS_SETTINGS;
	/* A line before the scenario's own setting finds the default, or what the command line
	 * says. */
	for (const struct stmt *stmt = scenario->body.block.first; stmt; stmt = stmt->next) {
		const char *name = checker_text(evaluator->check, stmt->name);
		if (stmt->kind != STMT_SETTING)
			continue;
		int index = sema_find_setting(scenario_settings, SCENARIO_SETTINGS, name);
		if (index == SCENARIO_DURATION) {
			evaluator->duration.low = (struct form){0};
			evaluator->duration.high.fixed = d;
		} else if (index == SCENARIO_SETTLE) {
			evaluator->settle.low = (struct form){0};
			evaluator->settle.high.fixed = s;
		}
	}
	evaluator->first_duration = evaluator->duration;
	evaluator->first_settle = evaluator->settle;
	evaluator->first_workers = evaluator->workers;
}

static void time_scenario(struct evaluator *evaluator, struct stmt *scenario)
{
	struct timer timer = {.evaluator = *evaluator, .multiplicity = 1, .least_turns = 1};
	start(&timer, scenario);
	timing_walk(&timer, scenario->body.block.first);
	timing_release(&timer);
	keep_bound(&timer, scenario);
	evaluator->fn_calls = timer.evaluator.fn_calls;
	VECTOR_FREE(&timer.memos);
}

void timing_check(struct checker *check)
{
	/* As many as are supported. */
	static const struct sema_machines any = {{1, CPUSET_CPUS}, {1, CPUSET_CPUS - 1},
						 {1, CPUSET_CPUS}, {1, CPUSET_CPUS},
						 {1, CPUSET_CPUS}, {1, CPUSET_CPUS}};
	const struct sema_machines *machines = check->tree->machines;
	struct evaluator_store store = {0};
	struct evaluator evaluator = {.check = check,
				      .store = &store,
				      .machines = machines ? machines : &any,
				      .narrow = machines != NULL,
				      .call = SPAN_NONE};
	for (struct stmt *stmt = check->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind != STMT_SCENARIO)
			continue;
		evaluator.stamp++;
		time_scenario(&evaluator, stmt);
	}
	VECTOR_FREE(&store.values);
	VECTOR_FREE(&store.memos);
}
