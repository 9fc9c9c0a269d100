/* Settings of scenarios, cgroups and spawns, and the values of knobs. */
#include "sema/foreign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct setting_info spawn_settings[SPAWN_SETTINGS] = {
	[SPAWN_POLICY] = {"policy", TYPE_POLICY, "scheduling policy, `normal` by default"},
	[SPAWN_AFFINITY] = {"affinity", TYPE_AFFINITY, "CPU affinity, `inherit` by default"},
	[SPAWN_NICE] = {"nice", TYPE_INT, "nice value, from -20 to 19"},
	[SPAWN_MEMPOLICY] = {"mempolicy", TYPE_MEMPOLICY,
			     "where their memory comes from, the kernel's default by itself"},
	[SPAWN_MEMPOLICY_FLAGS] = {"mempolicy_flags", TYPE_MEMPOLICY_FLAGS,
				   "how the nodes of `mempolicy` are meant"},
	[SPAWN_NAME] = {"name", TYPE_STRING, "what the report calls these workers"},
	[SPAWN_SWAPPABLE] = {"swappable", TYPE_BOOL, "may `--work-type` replace their work?"},
};

const struct setting_info scenario_settings[SCENARIO_SETTINGS] = {
	[SCENARIO_CATEGORY] = {"category", TYPE_STRING, "for `ktstr list`"},
	[SCENARIO_TAGS] = {"tags", TYPE_ERROR, "a list of strings"},
	[SCENARIO_DURATION] = {"duration", TYPE_DURATION, "what percentages of `hold` are of; 2s"},
	[SCENARIO_SETTLE] = {"settle", TYPE_DURATION, "wait between new cgroups and load; 100ms"},
	[SCENARIO_WORKERS] = {"workers", TYPE_INT, "workers of a spawn that gives no count; 2"},
	[SCENARIO_TIMEOUT] = {"timeout", TYPE_DURATION, "when the scenario is ended as TIMEOUT"},
	[SCENARIO_EXTEND] = {"extend", TYPE_DURATION,
			     "how much longer, at most, it may take to become fair; 0s"},
	[SCENARIO_SCHEDULER] = {"scheduler", TYPE_ERROR,
				"the declared scheduler that runs meanwhile"},
};

int sema_find_setting(const struct setting_info *table, int count, const char *name)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(table[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* Does a list of settings give one twice? */
static void check_duplicates(struct checker *check, const struct stmt *stmt,
			     const struct stmt **seen, int index)
{
	if (seen[index]) {
		diag_report(check->diags, DIAG_DUPLICATE_SETTING, stmt->name_span,
			    "'%s' is set already", checker_text(check, stmt->name));
		diag_label(check->diags, seen[index]->name_span, "set here");
	}
	seen[index] = stmt;
}

static void unknown_setting(struct checker *check, const struct stmt *stmt, const char *of,
			    const struct setting_info *table, int count)
{
	struct text_nearest nearest;
	const char *name = checker_text(check, stmt->name);
	text_nearest_start(&nearest, name);
	struct text all = {0};
	for (int i = 0; i < count; i++) {
		text_nearest_offer(&nearest, table[i].name);
		text_printf(&all, "%s%s", i ? " " : "", table[i].name);
	}
	diag_report(check->diags, DIAG_UNKNOWN_SETTING, stmt->name_span,
		    nearest.best ? "%s has no setting '%s'; did you mean '%s'?"
				 : "%s has no setting '%s'",
		    of, name, nearest.best);
	if (!nearest.best)
		diag_note(check->diags, "it has: %s", text_string(&all));
	text_free(&all);
}

int settings_find(struct checker *check, const struct setting_info *table, int count,
		  const char *of, const struct stmt *stmt, const struct stmt **seen)
{
	int index = sema_find_setting(table, count, checker_text(check, stmt->name));
	if (index < 0)
		unknown_setting(check, stmt, of, table, count);
	else
		check_duplicates(check, stmt, seen, index);
	return index;
}

static void check_tags(struct checker *check, struct expr *value)
{
	if (value->kind != EXPR_LIST) {
		diag_report(check->diags, DIAG_TYPE_MISMATCH, value->span,
			    "tags are a list of strings: [\"smoke\", \"numa\"]");
		return;
	}
	int count = 0;
	for (struct item *item = value->items; item; item = item->next) {
		expr_want(check, item->value, TYPE_STRING, "a tag");
		if (++count == LIST_ITEMS_MAX + 1)
			diag_report(check->diags, DIAG_LONG_LIST, item->value->span,
				    "a list has at most %d items", LIST_ITEMS_MAX);
	}
}

void settings_check_least(struct checker *check, const struct expr *value, int64_t least,
			  const char *what)
{
	int64_t ns;
	if (expr_is_integer(value, &ns) && ns < least)
		diag_report(check->diags, DIAG_OUT_OF_RANGE, value->span, "%s is %s", what,
			    least ? "more than nothing" : "not negative");
}

void settings_check_scenario(struct checker *check, struct stmt *stmt, const struct stmt **seen)
{
	struct expr *value = stmt->simple.value;
	int index = settings_find(check, scenario_settings, SCENARIO_SETTINGS, "a scenario", stmt,
				  seen);
	if (index < 0)
		return;
	if (index == SCENARIO_SCHEDULER) {
		foreign_check_scheduler_setting(check, value);
		return;
	}
	if (index == SCENARIO_TAGS) {
		check_tags(check, value);
		return;
	}
	char what[64];
	snprintf(what, sizeof(what), "`%s`", scenario_settings[index].name);
	if (!expr_want(check, value, scenario_settings[index].type, what))
		return;
	if (index == SCENARIO_CATEGORY && value->kind != EXPR_STRING)
		diag_report(check->diags, DIAG_TYPE_MISMATCH, value->span,
			    "a category is a plain string");
	if (index == SCENARIO_DURATION || index == SCENARIO_TIMEOUT)
		settings_check_least(check, value, 1, what);
	if (index == SCENARIO_SETTLE || index == SCENARIO_EXTEND)
		settings_check_least(check, value, 0, what);
	int64_t count;
	if (index == SCENARIO_WORKERS && expr_is_integer(value, &count) &&
	    (count < 1 || count > WORKERS_MAX))
		diag_report(check->diags, DIAG_OUT_OF_RANGE, value->span, "%s is from 1 to %d",
			    what, WORKERS_MAX);
}

static enum type knob_type(enum knob knob)
{
	switch (knob_table[knob].kind) {
	case KNOB_KIND_CPUSET:
	case KNOB_KIND_NODES:
		return TYPE_CPUSET;
	case KNOB_KIND_INT:
		return TYPE_INT;
	case KNOB_KIND_PERCENT:
		return TYPE_PERCENT;
	case KNOB_KIND_BOOL:
		return TYPE_BOOL;
	case KNOB_KIND_SIZE:
		return TYPE_SIZE;
	}
	return TYPE_ERROR;
}

/* KNOB_COUNT when there is no such knob, which is reported. */
enum knob settings_check_knob(struct checker *check, name_id name, struct span span)
{
	struct meaning meaning = scope_meaning(check, name);
	if (meaning.knob)
		return meaning.knob - 1;
	struct text_nearest nearest;
	text_nearest_start(&nearest, checker_text(check, name));
	struct text all = {0};
	for (enum knob knob = 0; knob < KNOB_COUNT; knob++) {
		text_nearest_offer(&nearest, knob_table[knob].name);
		text_printf(&all, " %s", knob_table[knob].name);
	}
	diag_report(check->diags, DIAG_UNKNOWN_KNOB, span,
		    nearest.best ? "a cgroup has no knob '%s'; did you mean '%s'?"
				 : "a cgroup has no knob '%s'",
		    checker_text(check, name), nearest.best);
	if (!nearest.best)
		diag_note(check->diags, "the knobs are:%s", text_string(&all));
	text_free(&all);
	return KNOB_COUNT;
}

void settings_put_range(struct text *range, enum knob knob)
{
	const struct knob_info *info = &knob_table[knob];
	if (info->kind == KNOB_KIND_SIZE) {
		text_put_size(range, info->least);
		text_puts(range, " to ");
		text_put_size(range, info->most);
	} else {
		const char *unit = info->kind == KNOB_KIND_PERCENT ? "%" : "";
		text_printf(range, "%" PRId64 "%s to %" PRId64 "%s", info->least, unit, info->most,
			    unit);
	}
}

void settings_check_knob_value(struct checker *check, enum knob knob, struct expr *value)
{
	char what[64];
	const struct knob_info *info = &knob_table[knob];
	snprintf(what, sizeof(what), "`%s`", info->name);
	if (!expr_want(check, value, knob_type(knob), what) || info->most == 0)
		return;
	double number;
	if (!expr_is_number(value, &number))
		return;
	if (info->kind == KNOB_KIND_PERCENT)
		number *= 100;
	if (number >= (double)info->least && number <= (double)info->most)
		return;
	struct text range = {0};
	settings_put_range(&range, knob);
	diag_report(check->diags, DIAG_OUT_OF_RANGE, value->span, "%s goes from %s", what,
		    text_string(&range));
	text_free(&range);
}

bool settings_check_affinity(struct checker *check, struct stmt *stmt)
{
	const struct setting_info *info = &spawn_settings[SPAWN_AFFINITY];
	if (strcmp(checker_text(check, stmt->name), info->name) != 0)
		return false;
	expr_want(check, stmt->group.value, info->type, "`affinity`");
	return true;
}

void settings_check_cgroup(struct checker *check, struct stmt *stmt, const struct stmt **seen)
{
	enum knob knob = settings_check_knob(check, stmt->name, stmt->name_span);
	if (knob == KNOB_COUNT) {
		expr_check(check, stmt->simple.value);
		return;
	}
	check_duplicates(check, stmt, seen, (int)knob);
	settings_check_knob_value(check, knob, stmt->simple.value);
}

void settings_check_spawn(struct checker *check, struct stmt *stmt, const struct stmt **seen)
{
	struct expr *value = stmt->simple.value;
	int index = settings_find(check, spawn_settings, SPAWN_SETTINGS, "a spawn", stmt, seen);
	if (index < 0)
		return;
	char what[64];
	snprintf(what, sizeof(what), "`%s`", spawn_settings[index].name);
	int64_t nice;
	if (expr_want(check, value, spawn_settings[index].type, what) && index == SPAWN_NICE &&
	    expr_is_integer(value, &nice) && (nice < -20 || nice > 19))
		diag_report(check->diags, DIAG_OUT_OF_RANGE, value->span,
			    "a nice value is from -20 to 19");
}

/* The expression behind a name, as far as a `let` tells. */
static const struct expr *behind_names(const struct expr *expr)
{
	while (expr->kind == EXPR_NAME && expr->symbol && expr->symbol->kind == SYMBOL_LET &&
	       expr->symbol->stmt->simple.value)
		expr = expr->symbol->stmt->simple.value;
	return expr;
}

/* Those flags that are known; the rest may be any. Names of names of combinations double the work
 * at every step: `looks` says how far to go. */
static unsigned known_flags(const struct expr *expr, int *looks)
{
	expr = behind_names(expr);
	if (expr->kind == EXPR_BINARY && *looks > 0) {
		--*looks;
		return known_flags(expr->left, looks) | known_flags(expr->right, looks);
	}
	if (expr->kind != EXPR_CALL)
		return 0;
	switch (expr->word - 1) {
	case WORD_static:
		return MEMPOLICY_STATIC;
	case WORD_relative:
		return MEMPOLICY_RELATIVE;
	case WORD_numa_balancing:
		return MEMPOLICY_NUMA_BALANCING;
	default:
		return 0;
	}
}

/* The kind of policy, where it is known. */
static bool known_policy(const struct expr *expr, enum mempolicy_kind *kind)
{
	static const struct {
		enum word word;
		enum mempolicy_kind kind;
	} words[] = {
		{WORD_bind, MEMPOLICY_BIND},
		{WORD_preferred, MEMPOLICY_PREFERRED},
		{WORD_interleave, MEMPOLICY_INTERLEAVE},
		{WORD_local, MEMPOLICY_LOCAL},
		{WORD_preferred_many, MEMPOLICY_PREFERRED_MANY},
		{WORD_weighted_interleave, MEMPOLICY_WEIGHTED_INTERLEAVE},
	};
	expr = behind_names(expr);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && expr->kind == EXPR_CALL; i++) {
		if (expr->word == words[i].word + 1) {
			*kind = words[i].kind;
			return true;
		}
	}
	return false;
}

void settings_check_flags(struct checker *check, const struct stmt *const *seen)
{
	const struct stmt *flags = seen[SPAWN_MEMPOLICY_FLAGS], *policy = seen[SPAWN_MEMPOLICY];
	if (!flags || flags->simple.value->type != TYPE_MEMPOLICY_FLAGS)
		return;
	/* Of the policies, bind() takes the most flags. */
	enum mempolicy_kind kind = policy ? MEMPOLICY_BIND : MEMPOLICY_DEFAULT;
	if (policy)
		known_policy(policy->simple.value, &kind);
	int looks = 100;
	const char *fault = mempolicy_fault(kind, known_flags(flags->simple.value, &looks));
	if (fault || !policy)
		diag_report(check->diags, DIAG_MEMPOLICY_FLAGS, flags->simple.value->span, "%s",
			    fault ? fault : "there is no `mempolicy` that these flags could be of");
}
