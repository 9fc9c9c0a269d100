#include "sema/group.h"

#include <inttypes.h>

void group_check_spawn(struct checker *check, struct stmt *stmt, bool in_cgroup)
{
	struct expr *count = stmt->spawn.count, *work = stmt->spawn.work;
	int64_t value;
	if ((work->kind == EXPR_NAME || work->kind == EXPR_CALL) &&
	    !scope_find(check, work->name) && !scope_meaning(check, work->name).work &&
	    !scope_meaning(check, work->name).word) {
		const char *name = checker_text(check, work->name);
		struct text_nearest nearest;
		text_nearest_start(&nearest, name);
		for (enum work_kind kind = 0; kind < WORK_COUNT; kind++)
			text_nearest_offer(&nearest, work_table[kind].name);
		diag_report(check->diags, DIAG_UNKNOWN_WORK, work->span,
			    nearest.best ? "there is no kind of work '%s'; did you mean '%s'?"
					 : "there is no kind of work '%s'",
			    name, nearest.best);
		if (!nearest.best)
			diag_note(check->diags, "`ktstrc words` lists them");
	} else {
		expr_want(check, work, TYPE_WORK, "what workers do");
	}
	if (count && expr_want(check, count, TYPE_INT, "the number of workers") &&
	    expr_is_integer(count, &value)) {
		int64_t members = call_work_members(work);
		if (value < 1 || value > WORKERS_MAX)
			diag_report(check->diags, DIAG_OUT_OF_RANGE, count->span,
				    "the number of workers is from 1 to %d", WORKERS_MAX);
		else if (value % members)
			diag_report(check->diags, DIAG_GROUP_SIZE, count->span,
				    "workers of this kind come in groups of %" PRId64, members);
	}
	if (stmt->spawn.ref)
		expr_check_ref(check, stmt->spawn.ref);
	else if (!in_cgroup) {
		diag_report(check->diags, DIAG_NO_CGROUP, stmt->span,
			    "this spawn does not say in which cgroup");
		diag_note(check->diags, "add `in GROUP`, or put it into a `cgroup` block");
	}
	const struct stmt *seen[SPAWN_SETTINGS] = {0};
	for (struct stmt *setting = stmt->spawn.settings; setting; setting = setting->next) {
		if (setting->kind == STMT_SETTING)
			settings_check_spawn(check, setting, seen);
		else
			diag_report(check->diags, DIAG_MISPLACED, setting->span,
				    "the braces of a spawn hold settings only");
	}
	settings_check_flags(check, seen);
}

void group_refuse_host(struct checker *check, const struct ref *ref)
{
	if (!ref || ref->name != check->host)
		return;
	diag_report(check->diags, DIAG_HAS_CHILDREN, ref->span,
		    "'host' is the cgroup of the run itself and cannot be changed");
}

void group_check_stmt(struct checker *check, struct stmt *stmt)
{
	struct ref *ref = stmt->group.ref;
	expr_check_ref(check, ref);
	if (stmt->kind == STMT_CREATE)
		scope_check_group_names(check, ref);
	if (stmt->kind != STMT_STOP)
		group_refuse_host(check, ref);
	if (stmt->kind == STMT_SWAP) {
		expr_check_ref(check, stmt->group.other);
		group_refuse_host(check, stmt->group.other);
	}
	if (stmt->kind != STMT_SET && stmt->kind != STMT_CLEAR && stmt->kind != STMT_SWAP)
		return;
	if (stmt->kind == STMT_SET && settings_check_affinity(check, stmt)) {
		stmt->group.affinity = true;
		return;
	}
	enum knob knob = settings_check_knob(check, stmt->name, stmt->name_span);
	stmt->group.knob = knob;
	if (stmt->kind == STMT_SWAP &&
	    settings_check_knob(check, stmt->group.other_name, stmt->group.other_span) !=
		    KNOB_COUNT &&
	    knob != KNOB_COUNT && stmt->group.other_name != stmt->name) {
		diag_report(check->diags, DIAG_BAD_OPERANDS, stmt->group.other_span,
			    "only the same knob of two cgroups can be swapped");
	}
	if (stmt->kind == STMT_SET && knob != KNOB_COUNT)
		settings_check_knob_value(check, knob, stmt->group.value);
}

static bool is_handle(struct checker *check, const struct ref *ref, struct symbol **symbol)
{
	if (ref->next || ref->index)
		return false;
	*symbol = scope_find(check, ref->name);
	return *symbol && (*symbol)->type == TYPE_WORKERS;
}

void group_check_stop(struct checker *check, struct stmt *stmt)
{
	struct symbol *symbol;
	if (is_handle(check, stmt->group.ref, &symbol)) {
		symbol->used = true;
		stmt->group.symbol = symbol;
		return;
	}
	group_check_stmt(check, stmt);
}

void group_check_move(struct checker *check, struct stmt *stmt)
{
	struct expr *what = stmt->group.value;
	expr_check_ref(check, stmt->group.other);
	if (!stmt->group.ref) {
		if (expr_want(check, what, TYPE_WORKERS, "what moves") && what->kind == EXPR_NAME)
			stmt->group.symbol = what->symbol;
		return;
	}
	expr_check_ref(check, stmt->group.ref);
	group_refuse_host(check, stmt->group.ref);
	enum type type = expr_check(check, what);
	int64_t count;
	double share;
	if (what->kind == EXPR_CALL && what->word == WORD_all + 1)
		return;
	if (type == TYPE_INT && expr_is_integer(what, &count) && count < 1)
		diag_report(check->diags, DIAG_OUT_OF_RANGE, what->span,
			    "at least one task is moved");
	else if (type == TYPE_PERCENT && expr_is_number(what, &share) && (share <= 0 || share > 1))
		diag_report(check->diags, DIAG_OUT_OF_RANGE, what->span,
			    "a share of the tasks is more than 0%% and at most 100%%");
	else if (type != TYPE_INT && type != TYPE_PERCENT && type != TYPE_ERROR)
		diag_report(check->diags, DIAG_TYPE_MISMATCH, what->span,
			    "what moves is `all`, a number of tasks or a share of them, not %s",
			    type_phrase(type));
}
