/* The lines of `expect { … }`. */
#include "sema/checker.h"

#include <stdio.h>

/* Limits hold for the whole of their block, so they cannot depend on what happens in it. */
static void refuse_locals(struct checker *check, const struct expr *expr)
{
	if (expr->kind == EXPR_NAME && expr->type != TYPE_ERROR && !expr->symbol->global) {
		diag_report(check->diags, DIAG_MISPLACED, expr->span,
			    "a limit holds for its whole block and cannot use '%s'",
			    checker_text(check, expr->name));
		diag_label(check->diags, expr->symbol->span, "declared inside the block");
		diag_note(check->diags, "limits are made of literals, params and words");
	} else if (expr->kind == EXPR_BINARY) {
		refuse_locals(check, expr->left);
		refuse_locals(check, expr->right);
	} else if (expr->kind == EXPR_UNARY) {
		refuse_locals(check, expr->left);
	} else if (expr->kind == EXPR_CALL) {
		for (const struct item *item = expr->items; item; item = item->next) {
			if (item->value)
				refuse_locals(check, item->value);
		}
	}
}

static void check_metric_name(struct checker *check, const struct limit *limit, const char *name)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, name);
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		text_nearest_offer(&nearest, metric_table[metric].name);
	diag_report(check->diags, DIAG_UNKNOWN_METRIC, limit->name_span,
		    nearest.best ? "there is no metric '%s'; did you mean '%s'?"
				 : "there is no metric '%s'",
		    name, nearest.best);
}

static void check_operator(struct checker *check, const struct limit *limit, const char *name)
{
	bool most = metric_table[limit->metric_id].direction == METRIC_MOST;
	if (most ? limit->op == TREE_LE || limit->op == TREE_LT
		 : limit->op == TREE_GE || limit->op == TREE_GT)
		return;
	diag_report(check->diags, DIAG_SYNTAX, limit->span,
		    most ? "'%s' has an upper limit: `<=` or `<`"
			 : "'%s' has a lower limit: `>=` or `>`",
		    name);
}

static void check_sustained(struct checker *check, const struct limit *limit, const char *name)
{
	if (metric_table[limit->metric_id].source != METRIC_SAMPLES) {
		diag_report(check->diags, DIAG_SYNTAX, limit->sustained->span,
			    "'%s' is one figure per run; `for` is for sampled metrics", name);
		return;
	}
	if (expr_want(check, limit->sustained, TYPE_DURATION, "the time that a limit is exceeded"))
		refuse_locals(check, limit->sustained);
}

static void check_limit(struct checker *check, const struct limit *limit, const char *name)
{
	const struct metric_info *info = &metric_table[limit->metric_id];
	if (info->unit == TYPE_BOOL && limit->value) {
		diag_report(check->diags, DIAG_SYNTAX, limit->span, "'%s' takes no limit", name);
	} else if (info->unit != TYPE_BOOL && !limit->value) {
		diag_report(check->diags, DIAG_SYNTAX, limit->span,
			    "'%s' needs a limit: `%s %s %s`", name, name,
			    metric_operator(limit->metric_id), metric_example(limit->metric_id));
	} else if (limit->value) {
		char what[64];
		snprintf(what, sizeof(what), "the limit of %s", name);
		if (expr_want(check, limit->value, info->unit, what))
			refuse_locals(check, limit->value);
		check_operator(check, limit, name);
	}
	if (limit->sustained)
		check_sustained(check, limit, name);
}

void limits_check(struct checker *check, struct stmt *stmt)
{
	if (check->in_branch) {
		diag_report(check->diags, DIAG_MISPLACED, stmt->span,
			    "limits hold for a whole block and cannot stand inside an `if`, a loop "
			    "or a proc");
		diag_note(check->diags, "put them into the scenario, step, scope or cgroup");
	}
	expr_check_ref(check, stmt->limits.ref);
	for (struct limit *limit = stmt->limits.first; limit; limit = limit->next) {
		struct meaning meaning = scope_meaning(check, limit->metric);
		const char *name = checker_text(check, limit->metric);
		if (!meaning.metric) {
			check_metric_name(check, limit, name);
			continue;
		}
		limit->metric_id = (uint8_t)(meaning.metric - 1);
		if (!limit->off)
			check_limit(check, limit, name);
	}
}
