/* Statements: what may stand where, and what its parts must be. */
#include "sema/sema.h"

#include "sema/foreign.h"
#include "sema/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void check_items(struct checker *check, struct stmt *first, enum place place);

static void check_items_of(struct checker *check, struct block *block, enum place place,
			   bool branch)
{
	size_t mark;
	bool in_branch = check->in_branch;
	check->in_branch = branch;
	scope_open(check, &mark);
	check_items(check, block->first, place);
	scope_close(check, mark);
	check->in_branch = in_branch;
}

static void check_block(struct checker *check, struct block *block, enum place place)
{
	check_items_of(check, block, place, false);
}

static void want_string(struct checker *check, struct expr *expr)
{
	if (expr)
		expr_want(check, expr, TYPE_STRING, "the text");
}

static void want_condition(struct checker *check, struct expr *expr)
{
	if (expr)
		expr_want(check, expr, TYPE_BOOL, "a condition");
}

/* Fold a declared type, and tell if the value does not have it. */
static enum type declared_type(struct checker *check, const struct stmt *stmt, enum type actual)
{
	if (!stmt->simple.type_name)
		return actual;
	return routine_named_type(check, stmt->simple.type_name, stmt->simple.type_span);
}

static void check_param(struct checker *check, struct stmt *stmt)
{
	check->in_global = true;
	enum type type = expr_check(check, stmt->simple.value);
	enum type wanted = declared_type(check, stmt, type);
	if (wanted != TYPE_ERROR && wanted != type)
		expr_want(check, stmt->simple.value, wanted, "this param");
	bool plain = type_is_numeric(wanted) || wanted == TYPE_BOOL || wanted == TYPE_STRING;
	if (wanted != TYPE_ERROR && !plain)
		diag_report(check->diags, DIAG_TYPE_MISMATCH, stmt->simple.value->span,
			    "a param is a number, a time, a size, a share, a bool or a string, not "
			    "%s",
			    type_phrase(wanted));
	if (stmt->simple.second && stmt->simple.second->kind != EXPR_STRING)
		want_string(check, stmt->simple.second);
	check->in_global = false;
	struct symbol *symbol =
		scope_declare(check, SYMBOL_PARAM, stmt->name, stmt->name_span, stmt);
	symbol->type = plain ? wanted : TYPE_ERROR;
	symbol->global = true;
	stmt->simple.symbol = symbol;
}

/* May a spawn leave out `in`? */
static bool implies_group(enum place place)
{
	return place == PLACE_CGROUP || place == PLACE_BROKEN;
}

static void check_let(struct checker *check, struct stmt *stmt, enum place place)
{
	enum type type = TYPE_WORKERS;
	struct expr *value = stmt->simple.value;
	struct use *uses = NULL;
	check->in_global = place == PLACE_FILE;
	if (check->in_global) {
		check->uses = &uses;
		check->stamp++;
	}
	if (!value && place == PLACE_FILE)
		diag_report(check->diags, DIAG_MISPLACED, stmt->span,
			    "workers are spawned inside a scenario");
	else if (!value)
		group_check_spawn(check, stmt->simple.spawn, implies_group(place));
	else
		type = expr_check(check, value);
	enum type wanted = declared_type(check, stmt, type);
	if (value && wanted != type && wanted != TYPE_ERROR && type != TYPE_ERROR)
		expr_want(check, value, wanted, "this name");
	if (check->in_global)
		check->uses = NULL;
	check->in_global = false;
	struct symbol *symbol = scope_declare(check, SYMBOL_LET, stmt->name, stmt->name_span, stmt);
	symbol->type = wanted;
	symbol->global = place == PLACE_FILE;
	symbol->uses = uses;
	if (value && value->constant && wanted == (enum type)value->type)
		symbol->constant = value;
	stmt->simple.symbol = symbol;
	if (stmt->simple.spawn)
		stmt->simple.spawn->spawn.symbol = symbol;
}

static void check_loop(struct checker *check, struct stmt *stmt, enum place place)
{
	struct expr *first = stmt->body.first, *second = stmt->body.second;
	int64_t a, b;
	if (stmt->kind == STMT_EVERY) {
		if (expr_want_time(check, first, "the period of a repeat"))
			settings_check_least(check, first, 1, "the period of a repeat");
		if (second && expr_want_time(check, second, "the length of a repeat"))
			settings_check_least(check, second, 1, "the length of a repeat");
	} else {
		const char *what =
			stmt->kind == STMT_FOR ? "the start of a range" : "the number of times";
		bool fine = expr_want(check, first, TYPE_INT, what);
		if (second)
			fine &= expr_want(check, second, TYPE_INT, "the end of a range");
		if (fine && stmt->kind == STMT_FOR && expr_is_integer(first, &a) &&
		    expr_is_integer(second, &b) && a >= b)
			diag_report(check->diags, DIAG_EMPTY_RANGE,
				    span_join(first->span, second->span),
				    "this range is empty: it runs up to %" PRId64 ", excluded", b);
		if (fine && stmt->kind == STMT_TIMES && expr_is_integer(first, &a) && a < 1)
			diag_report(check->diags, DIAG_OUT_OF_RANGE, first->span,
				    "something is repeated at least once");
	}
	size_t mark;
	scope_open(check, &mark);
	if (stmt->name) {
		stmt->body.symbol =
			scope_declare(check, SYMBOL_LOOP, stmt->name, stmt->name_span, stmt);
		stmt->body.symbol->type = TYPE_INT;
	}
	check_items_of(check, &stmt->body.block, place, true);
	scope_close(check, mark);
}

static void check_if(struct checker *check, struct stmt *stmt, enum place place)
{
	for (struct arm *arm = stmt->arms; arm; arm = arm->next) {
		want_condition(check, arm->condition);
		if (!arm->condition && arm->next)
			diag_report(check->diags, DIAG_MISPLACED, arm->next->block.span,
				    "nothing can follow a plain `else`");
		check_items_of(check, &arm->block, place, true);
	}
}

static void check_wait(struct checker *check, struct stmt *stmt)
{
	struct expr *value = stmt->simple.value;
	double share;
	if (stmt->kind == STMT_AWAIT) {
		want_condition(check, value);
		if (stmt->simple.second &&
		    expr_want(check, stmt->simple.second, TYPE_DURATION, "a timeout"))
			settings_check_least(check, stmt->simple.second, 1, "a timeout");
	} else if (stmt->kind == STMT_SLEEP) {
		if (expr_want(check, value, TYPE_DURATION, "the length of a sleep"))
			settings_check_least(check, value, 1, "the length of a sleep");
	} else if (value && expr_want_time(check, value, "the length of a hold")) {
		settings_check_least(check, value, 1, "the length of a hold");
		if (value->type == TYPE_PERCENT && expr_is_number(value, &share) && share <= 0)
			diag_report(check->diags, DIAG_OUT_OF_RANGE, value->span,
				    "the length of a hold is more than nothing");
	}
}

/* What is declared at the top of a file and nowhere else; NULL for other statements. */
static const char *declared_thing(const struct stmt *stmt)
{
	switch ((int)stmt->kind) {
	case STMT_PARAM:
		return "param";
	case STMT_FN:
		return "fn";
	case STMT_PROC:
		return "proc";
	case STMT_EXTERN:
		return stmt->routine.work ? "worker's body" : "hook";
	case STMT_PAYLOAD:
		return "payload";
	case STMT_SCHEDULER:
		return "scheduler";
	case STMT_FLAG:
		return "flag";
	default:
		return NULL;
	}
}

/* Clauses, which stand directly in a scenario. */
static bool is_clause(const struct stmt *stmt)
{
	return stmt->kind == STMT_NEEDS || stmt->kind == STMT_REQUIRES ||
	       stmt->kind == STMT_EXCLUDES;
}

static void misplaced(struct checker *check, const struct stmt *stmt, enum place place)
{
	if (stmt->kind == STMT_SCENARIO)
		diag_report(check->diags, DIAG_MISPLACED, stmt->name_span,
			    "a scenario cannot stand inside another");
	else if (declared_thing(stmt))
		diag_report(check->diags, DIAG_MISPLACED, stmt->name_span,
			    "a %s is declared at the top of the file", declared_thing(stmt));
	else if (stmt->kind == STMT_FLAG_ARGS || stmt->kind == STMT_METRIC)
		diag_report(check->diags, DIAG_MISPLACED, stmt->name_span,
			    stmt->kind == STMT_METRIC
				    ? "a metric is declared in a payload"
				    : "a flag's arguments stand in a scheduler; `flag NAME \"…\"` "
				      "declares one");
	else if (stmt->kind == STMT_USE)
		diag_report(check->diags, DIAG_LATE_USE, stmt->span,
			    "`use` stands at the top of its file");
	else if (stmt->kind == STMT_STEP)
		diag_report(check->diags, DIAG_STEP_IN_STEP, stmt->body.first->span,
			    place == PLACE_STEP ? "a step cannot stand inside another; use `scope`"
						: "a step stands directly in its scenario");
	else if (is_clause(stmt))
		diag_report(check->diags, DIAG_MISPLACED, stmt->span,
			    "`%s` stands directly in a scenario",
			    stmt->kind == STMT_NEEDS      ? "needs"
			    : stmt->kind == STMT_REQUIRES ? "requires"
							  : "excludes");
	else
		diag_report(check->diags, DIAG_MISPLACED, stmt->span,
			    "this belongs inside a scenario");
}

/* Where `place` allows the statement at all; scopes and loops keep the place around them. */
static bool allowed(const struct stmt *stmt, enum place place)
{
	if (place == PLACE_BROKEN)
		return true;
	if (stmt->kind == STMT_FLAG_ARGS || stmt->kind == STMT_METRIC)
		return false;
	if (stmt->kind == STMT_SCENARIO || stmt->kind == STMT_USE || declared_thing(stmt))
		return place == PLACE_FILE;
	if (stmt->kind == STMT_STEP || is_clause(stmt))
		return place == PLACE_SCENARIO;
	return place != PLACE_FILE || stmt->kind == STMT_LET || stmt->kind == STMT_ERROR;
}

static void check_scenario(struct checker *check, struct stmt *stmt);

static void check_proc(struct checker *check, struct stmt *stmt)
{
	size_t mark;
	struct symbol *symbol = stmt->routine.symbol;
	/* What it names may be created by whoever calls it. */
	if (!check->all_groups)
		scope_collect_groups(check, check->tree->first);
	check->all_groups = true;
	check->uses = &symbol->uses;
	check->stamp++;
	check->routine = symbol;
	scope_open(check, &mark);
	routine_declare_params(check, stmt);
	check_items_of(check, &stmt->routine.block, PLACE_PROC, true);
	scope_close(check, mark);
	check->routine = NULL;
	check->uses = NULL;
}

static void check_call(struct checker *check, struct stmt *stmt)
{
	struct expr *call = stmt->simple.value;
	if (call->kind == EXPR_ERROR)
		return;
	struct symbol *symbol = scope_find(check, call->name);
	if (symbol && symbol->kind == SYMBOL_PROC) {
		call_check_routine(check, call, symbol);
		return;
	}
	const char *name = checker_text(check, call->name);
	struct text_nearest nearest;
	text_nearest_start(&nearest, name);
	for (size_t i = 0; i < check->declared.length; i++) {
		if (check->declared.data[i]->kind == SYMBOL_PROC)
			text_nearest_offer(&nearest,
					   checker_text(check, check->declared.data[i]->name));
	}
	if (symbol)
		symbol->used = true;
	if (symbol || scope_meaning(check, call->name).word)
		diag_report(check->diags, DIAG_WRONG_CALL, stmt->span,
			    "'%s' is no proc; its value would be lost", name);
	else if (!tree_is_suspect(check->tree, call->name))
		diag_report(check->diags, DIAG_UNKNOWN_NAME, stmt->span,
			    nearest.best ? "there is no proc '%s'; did you mean '%s'?"
					 : "there is no proc '%s'",
			    name, nearest.best);
}

/* dispatch */
static void check_stmt(struct checker *check, struct stmt *stmt, enum place place)
{
	switch ((enum stmt_kind)stmt->kind) {
	case STMT_ERROR:
		check_block(check, &stmt->body.block, PLACE_BROKEN);
		break;
	case STMT_USE:
		break; /* by parse_program() */
	case STMT_PARAM:
		check_param(check, stmt);
		break;
	case STMT_LET:
		check_let(check, stmt, place);
		break;
	case STMT_SCENARIO:
		check_scenario(check, stmt);
		break;
	case STMT_FN:
		/* Without a symbol it stands in a broken block, where nothing calls it. */
		if (stmt->routine.symbol)
			routine_check_fn(check, stmt);
		break;
	case STMT_PROC:
		if (stmt->routine.symbol)
			check_proc(check, stmt);
		break;
	case STMT_CALL:
		check_call(check, stmt);
		break;
	case STMT_EXTERN:
		foreign_check_extern(check, stmt);
		break;
	case STMT_PAYLOAD:
	case STMT_SCHEDULER:
		foreign_check_program(check, stmt);
		break;
	case STMT_FLAG: /* by foreign_declare_all() */
	case STMT_FLAG_ARGS:
	case STMT_METRIC:
		break;
	case STMT_REQUIRES:
	case STMT_EXCLUDES:
		foreign_check_flags(check, stmt);
		break;
	case STMT_CUSTOM:
		if (stmt->simple.value->kind != EXPR_ERROR)
			foreign_check_custom(check, stmt->simple.value, true);
		break;
	case STMT_RUN:
		foreign_check_run(check, stmt);
		break;
	case STMT_WAIT:
	case STMT_KILL:
	case STMT_SCHEDULER_OP:
		foreign_check_end(check, stmt);
		break;
	case STMT_SETTING:
		break; /* by check_items() */
	case STMT_NEEDS:
	case STMT_EXPECT:
		want_condition(check, stmt->simple.value);
		want_string(check, stmt->simple.second);
		break;
	case STMT_STEP:
		want_string(check, stmt->body.first);
		check_block(check, &stmt->body.block, PLACE_STEP);
		break;
	case STMT_SCOPE:
		check_block(check, &stmt->body.block, PLACE_STEP);
		break;
	case STMT_CGROUP:
		expr_check_ref(check, stmt->body.ref);
		scope_check_group_names(check, stmt->body.ref);
		group_refuse_host(check, stmt->body.ref);
		check_block(check, &stmt->body.block, PLACE_CGROUP);
		break;
	case STMT_CREATE:
	case STMT_REMOVE:
	case STMT_SET:
	case STMT_CLEAR:
	case STMT_SWAP:
	case STMT_FREEZE:
	case STMT_THAW:
		group_check_stmt(check, stmt);
		break;
	case STMT_STOP:
		group_check_stop(check, stmt);
		break;
	case STMT_MOVE:
		group_check_move(check, stmt);
		break;
	case STMT_SPAWN:
		group_check_spawn(check, stmt, implies_group(place));
		break;
	case STMT_SLEEP:
	case STMT_HOLD:
	case STMT_AWAIT:
		check_wait(check, stmt);
		break;
	case STMT_EVERY:
	case STMT_TIMES:
	case STMT_FOR:
		check_loop(check, stmt, place == PLACE_SCENARIO ? PLACE_STEP : place);
		break;
	case STMT_IF:
		check_if(check, stmt, place == PLACE_SCENARIO ? PLACE_STEP : place);
		break;
	case STMT_SKIP:
	case STMT_FAIL:
	case STMT_NOTE:
		want_string(check, stmt->simple.value);
		want_condition(check, stmt->simple.second);
		break;
	case STMT_LIMITS:
		limits_check(check, stmt);
		break;
	}
}

/* Settings go before ops, so that nothing happens in a group before it is configured. */
static bool is_head(const struct stmt *stmt)
{
	return stmt->kind == STMT_SETTING || stmt->kind == STMT_LET || is_clause(stmt) ||
	       stmt->kind == STMT_LIMITS || stmt->kind == STMT_ERROR;
}

static void check_setting(struct checker *check, struct stmt *stmt, enum place place,
			  const struct stmt **seen, const struct stmt *op)
{
	if (place == PLACE_BROKEN) {
		expr_check(check, stmt->simple.value);
		return;
	}
	if (place != PLACE_SCENARIO && place != PLACE_CGROUP) {
		diag_report(check->diags, DIAG_MISPLACED, stmt->name_span,
			    place == PLACE_FILE ? "a setting belongs inside a scenario or a cgroup"
						: "this block has no settings");
		diag_note(check->diags, "a value is named with `let`, a knob changed with `set`");
		expr_check(check, stmt->simple.value);
		return;
	}
	if (op) {
		diag_report(check->diags, DIAG_LATE_SETTING, stmt->name_span,
			    "settings go before the first op of their block");
		diag_label(check->diags, op->span, "this op comes before it");
	}
	if (place == PLACE_SCENARIO)
		settings_check_scenario(check, stmt, seen);
	else
		settings_check_cgroup(check, stmt, seen);
}

static void check_items(struct checker *check, struct stmt *first, enum place place)
{
	const struct stmt *seen[KNOB_COUNT + SCENARIO_SETTINGS] = {0};
	const struct stmt *op = NULL, *end = NULL;
	for (struct stmt *stmt = first; stmt; stmt = stmt->next) {
		if (end && stmt->kind != STMT_LIMITS) {
			diag_report(check->diags, DIAG_UNREACHABLE, stmt->span,
				    "this line is never reached");
			diag_label(check->diags, end->span, "the scenario ends here");
			end = NULL;
		}
		if (stmt->kind == STMT_SETTING)
			check_setting(check, stmt, place, seen, op);
		else if (!allowed(stmt, place))
			misplaced(check, stmt, place);
		else
			check_stmt(check, stmt, place);
		if (!is_head(stmt) && !op)
			op = stmt;
		if (stmt->kind == STMT_SKIP && !stmt->simple.second)
			end = stmt;
	}
}

/* Does anything below `first` spawn workers, or judge? */
static bool judges(const struct stmt *first)
{
	for (const struct stmt *stmt = first; stmt; stmt = stmt->next) {
		switch (stmt->kind) {
		case STMT_SPAWN:
		case STMT_RUN:
		case STMT_CUSTOM:
		case STMT_CALL:
		case STMT_EXPECT:
		case STMT_AWAIT:
		case STMT_FAIL:
		case STMT_SKIP:
		case STMT_ERROR:
			return true;
		case STMT_LET:
			if (stmt->simple.spawn)
				return true;
			break;
		case STMT_STEP:
		case STMT_SCOPE:
		case STMT_CGROUP:
		case STMT_EVERY:
		case STMT_TIMES:
		case STMT_FOR:
			if (judges(stmt->body.block.first))
				return true;
			break;
		case STMT_IF:
			for (const struct arm *arm = stmt->arms; arm; arm = arm->next) {
				if (judges(arm->block.first))
					return true;
			}
			break;
		default:
			break;
		}
	}
	return false;
}

/* The cgroups that a scenario can name: its own, and those that procs create for it. */
static void know_groups(struct checker *check, const struct stmt *scenario)
{
	scope_forget_groups(check);
	scope_collect_groups(check, scenario->body.block.first);
	for (size_t i = 0; i < check->procs.length; i++)
		scope_collect_groups(check, check->procs.data[i]->routine.block.first);
}

/* After all types are known and no proc leads back to itself: what exists when. */
static void check_lives(struct checker *check)
{
	for (struct stmt *stmt = check->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind != STMT_SCENARIO)
			continue;
		know_groups(check, stmt);
		lifecycle_check(check, stmt);
		if (!check->diags->errors && !judges(stmt->body.block.first))
			diag_report(check->diags, DIAG_EMPTY_SCENARIO, stmt->name_span,
				    "scenario '%s' judges nothing: it can never fail",
				    checker_text(check, stmt->name));
	}
}

static void check_scenario(struct checker *check, struct stmt *stmt)
{
	know_groups(check, stmt);
	check->uses = &stmt->body.uses;
	check->stamp++;
	want_string(check, stmt->body.second);
	check_block(check, &stmt->body.block, PLACE_SCENARIO);
	foreign_check_contradictions(check, stmt);
	scope_forget_groups(check);
	check->uses = NULL;
}

static void check_scenario_names(struct checker *check)
{
	struct map seen;
	VECTOR(const struct stmt *) first = {0};
	map_init(&seen, check->tree->arena);
	for (const struct stmt *stmt = check->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind != STMT_SCENARIO)
			continue;
		const char *name = checker_text(check, stmt->name);
		uint32_t before = seen.count;
		uint32_t id = map_intern(&seen, name, strlen(name));
		if (id > before) {
			VECTOR_PUSH(&first, stmt);
			continue;
		}
		diag_report(check->diags, DIAG_DUPLICATE_NAME, stmt->name_span,
			    "there is a scenario '%s' already", name);
		diag_label(check->diags, first.data[id - 1]->name_span, "declared here");
	}
	VECTOR_FREE(&first);
	map_free(&seen);
}

static void warn_unused_globals(struct checker *check)
{
	for (size_t i = 0; i < check->declared.length; i++) {
		const struct symbol *symbol = check->declared.data[i];
		/* Those may wait for another file that uses this one. */
		if (symbol->used || checker_text(check, symbol->name)[0] == '_' ||
		    (symbol->kind >= SYMBOL_FN && symbol->kind <= SYMBOL_SCHEDULER) ||
		    symbol->span.start >= check->main_end)
			continue;
		diag_report(check->diags, DIAG_UNUSED_NAME, symbol->span, "'%s' is never used",
			    checker_text(check, symbol->name));
		diag_note(check->diags, "a name that begins with '_' may go unused");
	}
}

void sema_reserve_names(struct map *names)
{
	for (enum word word = 0; word < WORD_COUNT; word++) {
		if (!strchr(word_table[word].name, '.'))
			map_intern(names, word_table[word].name, strlen(word_table[word].name));
	}
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++)
		map_intern(names, work_table[kind].name, strlen(work_table[kind].name));
	for (enum knob knob = 0; knob < KNOB_COUNT; knob++)
		map_intern(names, knob_table[knob].name, strlen(knob_table[knob].name));
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		map_intern(names, metric_table[metric].name, strlen(metric_table[metric].name));
}

static name_id find_name(const struct checker *check, const char *name)
{
	return map_find(check->tree->names, name, strlen(name));
}

static void find_meanings(struct checker *check)
{
	for (enum word word = 0; word < WORD_COUNT; word++) {
		name_id name = find_name(check, word_table[word].name);
		if (name && !strchr(word_table[word].name, '.'))
			check->meanings[name].word = (uint8_t)(word + 1);
	}
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++)
		check->meanings[find_name(check, work_table[kind].name)].work = (uint8_t)(kind + 1);
	for (enum knob knob = 0; knob < KNOB_COUNT; knob++)
		check->meanings[find_name(check, knob_table[knob].name)].knob = (uint8_t)(knob + 1);
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		check->meanings[find_name(check, metric_table[metric].name)].metric =
			(uint8_t)(metric + 1);
}

void sema_check(struct tree *tree)
{
	/* Reserved names come first, so their numbers are small. */
	enum { RESERVED_MAX = WORD_COUNT + WORK_COUNT + KNOB_COUNT + METRIC_COUNT + 1 };
	struct meaning meanings[RESERVED_MAX] = {0};
	struct checker check = {.tree = tree,
				.diags = tree->diags,
				.meanings = meanings,
				.meaning_count = RESERVED_MAX};
	check.topo = map_intern(tree->names, "topo", 4);
	check.sched = map_intern(tree->names, "sched", 5);
	check.host = map_intern(tree->names, SEMA_HOST, strlen(SEMA_HOST));
	find_meanings(&check);
	const struct source_set *sources = tree->diags->sources;
	check.main_end = sources->files.length ? sources->files.data[0].length + 1 : 0;
	routine_declare_all(&check, tree->first);
	foreign_declare_all(&check, tree->first);
	check_items(&check, tree->first, PLACE_FILE);
	if (routine_check_cycles(&check, tree->first))
		check_lives(&check);
	check_scenario_names(&check);
	if (!tree->diags->errors)
		timing_check(&check);
	if (!tree->diags->errors)
		warn_unused_globals(&check);
	free(check.symbols);
	free(check.group_names);
	VECTOR_FREE(&check.procs);
	VECTOR_FREE(&check.flags);
	VECTOR_FREE(&check.declared);
	VECTOR_FREE(&check.group_list);
}
