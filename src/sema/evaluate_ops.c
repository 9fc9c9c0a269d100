/* Ops whose numbers have a range. */
#include "sema/evaluator.h"

static void refuse_knob(struct evaluator *evaluator, enum knob knob, const struct expr *value,
			unsigned depends)
{
	struct text range = {0};
	settings_put_range(&range, knob);
	evaluate_refuse(evaluator, depends, DIAG_OUT_OF_RANGE, value->span, "`%s` goes from %s",
			knob_table[knob].name, text_string(&range));
	text_free(&range);
}

void evaluate_knob(struct evaluator *evaluator, enum knob knob, const struct expr *value)
{
	struct interval number = evaluate(evaluator, value);
	const struct knob_info *info = &knob_table[knob];
	long double unit = info->kind == KNOB_KIND_PERCENT ? 100 : 1;
	if (info->most && (number.high.fixed * unit < (long double)info->least ||
			   number.low.fixed * unit > (long double)info->most))
		refuse_knob(evaluator, knob, value, number.depends);
}

void evaluate_spawn(struct evaluator *evaluator, const struct stmt *stmt)
{
	if (stmt->spawn.count && !stmt->spawn.count->constant)
		evaluate_need(evaluator, stmt->spawn.count, evaluate(evaluator, stmt->spawn.count),
			      1, WORKERS_MAX, "the number of workers", "from 1 to 65536");
	evaluate(evaluator, stmt->spawn.work);
	evaluate_ref(evaluator, stmt->spawn.ref);
	for (const struct stmt *set = stmt->spawn.settings; set; set = set->next) {
		struct interval value = evaluate(evaluator, set->simple.value);
		if (sema_find_setting(spawn_settings, SPAWN_SETTINGS,
				      checker_text(evaluator->check, set->name)) == SPAWN_NICE)
			evaluate_need(evaluator, set->simple.value, value, -20, 19, "a nice value",
				      "from -20 to 19");
	}
}

void evaluate_move(struct evaluator *evaluator, const struct stmt *stmt)
{
	const struct expr *what = stmt->group.value;
	evaluate_ref(evaluator, stmt->group.ref);
	evaluate_ref(evaluator, stmt->group.other);
	if (!stmt->group.ref || !what)
		return;
	struct interval value = evaluate(evaluator, what);
	if (what->type == TYPE_INT && value.high.fixed < 1)
		evaluate_refuse(evaluator, value.depends, DIAG_OUT_OF_RANGE, what->span,
				"at least one task is moved");
	if (what->type == TYPE_PERCENT && (value.high.fixed <= 0 || value.low.fixed > 1))
		evaluate_refuse(evaluator, value.depends, DIAG_OUT_OF_RANGE, what->span,
				"a share of the tasks is more than 0%% and at most 100%%");
}
