/* Calls: functions, context values and kinds of work, with positional and named arguments. */
#include "sema/foreign.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PARAMS_MAX = 8 };

/* A callee's parameter, of a word or a kind of work alike. */
struct slot {
	const char *name;
	enum type type;
	bool optional;
	bool again; /* as the one before it */
};

static void put_signature(struct text *text, const char *name, const struct slot *params, int count)
{
	text_printf(text, "%s(", name);
	for (int i = 0; i < count; i++) {
		if (!params[i].again)
			text_printf(text, "%s%s: %s%s", i ? ", " : "", params[i].name,
				    type_name(params[i].type), params[i].optional ? "?" : "");
		else if (!params[i - 1].again)
			text_puts(text, ", …");
	}
	text_puts(text, ")");
}

static void bad_call(struct checker *check, struct span span, const char *name,
		     const struct slot *params, int count, const char *problem, const char *detail)
{
	struct text signature = {0};
	put_signature(&signature, name, params, count);
	diag_report(check->diags, DIAG_BAD_ARGUMENTS, span, "'%s' %s%s", name, problem, detail);
	diag_note(check->diags, "it is called as `%s`", text_string(&signature));
	text_free(&signature);
}

static int find_parameter(const struct slot *params, int count, const char *name)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(params[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* Put the arguments into the order of the parameters; a missing optional one stays NULL. */
static bool bind(struct checker *check, struct expr *expr, const char *name,
		 const struct slot *params, int count, struct expr **bound)
{
	int next = 0;
	bool named = false;
	for (struct item *item = expr->items; item; item = item->next) {
		int at = next;
		if (item->name) {
			named = true;
			at = find_parameter(params, count, checker_text(check, item->name));
			if (at < 0) {
				bad_call(check, item->name_span, name, params, count,
					 "has no parameter ", checker_text(check, item->name));
				return false;
			}
		} else if (named) {
			bad_call(check, item->value->span, name, params, count,
				 "takes positional arguments before named ones", "");
			return false;
		}
		if (at >= count) {
			bad_call(check, item->value->span, name, params, count,
				 count ? "has fewer arguments" : "takes no arguments", "");
			return false;
		}
		if (bound[at]) {
			bad_call(check, item->value->span, name, params, count,
				 "is given twice: ", params[at].name);
			return false;
		}
		bound[at] = item->value;
		next = at + 1;
	}
	for (int i = 0; i < count; i++) {
		if (!bound[i] && !params[i].optional) {
			bad_call(check, expr->span, name, params, count, "lacks its argument ",
				 params[i].name);
			return false;
		}
	}
	return true;
}

/* Check the types; for NUMERIC ones, that they agree. *same gets their common type. */
static bool check_types(struct checker *check, const char *name, const struct slot *params,
			int count, struct expr **bound, enum type *same)
{
	bool fine = true;
	*same = TYPE_ERROR;
	for (int i = 0; i < count; i++) {
		if (!bound[i])
			continue;
		char what[96];
		snprintf(what, sizeof(what), "argument `%s` of %s()", params[i].name, name);
		if (params[i].type != TYPE_NUMERIC) {
			fine &= expr_want(check, bound[i], params[i].type, what);
			continue;
		}
		enum type type = expr_check(check, bound[i]);
		if (type == TYPE_ERROR) {
			fine = false;
		} else if (!type_is_numeric(type) || (*same != TYPE_ERROR && type != *same)) {
			diag_report(check->diags, DIAG_TYPE_MISMATCH, bound[i]->span,
				    *same == TYPE_ERROR ? "%s is a number, but this is %s"
							: "%s is %s like the one before it",
				    what, type_phrase(*same == TYPE_ERROR ? type : *same));
			fine = false;
		} else {
			*same = type;
		}
	}
	return fine;
}

/* Store the bound arguments back, in order; NULL stands for one left out. */
static void store(struct checker *check, struct expr *expr, struct expr **bound, int count)
{
	struct item_list items = {0};
	for (int i = 0; i < count; i++)
		tree_append_item(&items, tree_item(check->tree, 0, expr->span, bound[i]));
	expr->items = items.first;
}

static bool known(const struct expr *expr, int64_t *value)
{
	return expr && expr_is_integer(expr, value);
}

static void out_of_range(struct checker *check, const struct expr *expr, const char *what,
			 const char *range)
{
	diag_report(check->diags, DIAG_OUT_OF_RANGE, expr->span, "%s is %s", what, range);
}

static void check_parts(struct checker *check, const char *name, struct expr **args)
{
	int64_t part, parts;
	if (known(args[1], &parts) && parts < 1) {
		out_of_range(check, args[1], "the number of parts", "at least 1");
	} else if (known(args[0], &part) && part < 0) {
		out_of_range(check, args[0], "the number of a part", "at least 0");
	} else if (known(args[0], &part) && known(args[1], &parts) && part >= parts) {
		diag_report(check->diags, DIAG_NO_SUCH_PART, args[0]->span,
			    "%s cuts into %" PRId64 " part%s, the last is number %" PRId64, name,
			    parts, parts == 1 ? "" : "s", parts - 1);
	}
}

static void check_share(struct checker *check, const struct expr *expr, const char *what)
{
	double value;
	if (expr && expr_is_number(expr, &value) && (value < 0 || value > 1))
		out_of_range(check, expr, what, "from 0% to 100%");
}

static void check_least(struct checker *check, const struct expr *expr, int64_t least,
			const char *what, const char *range)
{
	int64_t value;
	if (known(expr, &value) && value < least)
		out_of_range(check, expr, what, range);
}

static void check_nodes(struct checker *check, enum word word, struct expr **args)
{
	int64_t node;
	for (int i = 0; word_table[word].args[i].name; i++) {
		if (known(args[i], &node) && (node < 0 || node >= MEMPOLICY_NODES))
			diag_report(check->diags, DIAG_OUT_OF_RANGE, args[i]->span,
				    "a NUMA node's number is from 0 to %d", MEMPOLICY_NODES - 1);
	}
}

/* Values that no machine can give. */
/* dispatch */
static void check_values(struct checker *check, enum word word, struct expr **args)
{
	int64_t a, b;
	double from, to;
	switch ((int)word) {
	case WORD_disjoint:
		check_parts(check, "disjoint()", args);
		break;
	case WORD_overlap:
		check_parts(check, "overlap()", args);
		check_share(check, args[2], "the overlap");
		break;
	case WORD_range:
		check_share(check, args[0], "the start of a range");
		check_share(check, args[1], "the end of a range");
		if (expr_is_number(args[0], &from) && expr_is_number(args[1], &to) && from >= to)
			diag_report(check->diags, DIAG_EMPTY_RANGE, args[1]->span,
				    "this range ends before it begins");
		break;
	case WORD_slice:
		check_least(check, args[1], 0, "a position", "at least 0");
		if (known(args[1], &a) && known(args[2], &b) && a >= b)
			diag_report(check->diags, DIAG_EMPTY_RANGE, args[2]->span,
				    "this slice is empty on every machine");
		break;
	case WORD_llc:
	case WORD_node:
	case WORD_core:
		check_least(check, args[0], 0, "the number", "at least 0");
		break;
	case WORD_nth:
		check_least(check, args[1], 0, "a position", "at least 0");
		break;
	case WORD_first:
	case WORD_last:
	case WORD_pick:
		check_least(check, args[1], 1, "the number of CPUs", "at least 1");
		break;
	case WORD_random:
		check_least(check, args[0], 1, "the number of CPUs", "at least 1");
		break;
	case WORD_fifo:
	case WORD_rr:
		if (known(args[0], &a) && (a < 1 || a > 99))
			out_of_range(check, args[0], "a real-time priority", "from 1 to 99");
		break;
	case WORD_deadline:
		check_least(check, args[0], 1024, "the runtime",
			    "at least 1024ns, says the kernel");
		if (known(args[0], &a) && known(args[1], &b) && a > b)
			out_of_range(check, args[0], "the runtime", "at most the period");
		break;
	case WORD_bind:
	case WORD_preferred:
	case WORD_interleave:
	case WORD_preferred_many:
	case WORD_weighted_interleave:
		check_nodes(check, word, args);
		break;
	case WORD_cpus:
		assert(args[0]);
		if (args[0]->kind == EXPR_STRING) {
			struct cpuset set;
			const char *list = checker_text(check, args[0]->name);
			if (!cpuset_parse(&set, list) || cpuset_empty(&set)) {
				diag_report(check->diags, DIAG_BAD_CPU_LIST, args[0]->span,
					    "this is no list of CPUs");
				diag_note(check->diags, "for example \"0-3,5\"; CPUs go up to %d",
					  CPUSET_CPUS - 1);
			}
		}
		break;
	default:
		break;
	}
}

static bool is_per_scenario(enum word word)
{
	return word == WORD_duration || word == WORD_settle || word == WORD_workers;
}

static enum type finish_word(struct checker *check, struct expr *expr, enum word word)
{
	const struct word_info *info = &word_table[word];
	struct slot params[PARAMS_MAX];
	struct expr *bound[PARAMS_MAX] = {0};
	int count = 0;
	for (; info->args[count].name; count++)
		params[count] = (struct slot){info->args[count].name, info->args[count].type,
					      info->args[count].optional, info->args[count].again};
	if (expr->kind != EXPR_CALL)
		expr->items = NULL;
	expr->kind = EXPR_CALL;
	expr->word = (uint16_t)(word + 1);
	expr->type = TYPE_ERROR;
	enum type same;
	if (!bind(check, expr, info->name, params, count, bound))
		return TYPE_ERROR;
	if (!check_types(check, info->name, params, count, bound, &same))
		return TYPE_ERROR;
	if (check->in_global && is_per_scenario(word)) {
		diag_report(check->diags, DIAG_MISPLACED, expr->span,
			    "'%s' belongs to a scenario, and this line to none", info->name);
		return TYPE_ERROR;
	}
	store(check, expr, bound, count);
	check_values(check, word, bound);
	expr->type = (uint8_t)(info->result == TYPE_SAME ? same : info->result);
	return expr->type;
}

enum type call_check_word(struct checker *check, struct expr *expr, enum word word)
{
	return finish_word(check, expr, word);
}

static void check_work_value(struct checker *check, const struct expr *expr,
			     const struct work_param *param)
{
	int64_t value;
	if (!known(expr, &value) || (value >= param->least && value <= param->most))
		return;
	struct text range = {0};
	work_put_param(&range, param->kind, param->least);
	text_puts(&range, " to ");
	work_put_param(&range, param->kind, param->most);
	diag_report(check->diags, DIAG_OUT_OF_RANGE, expr->span, "`%s` goes from %s", param->name,
		    text_string(&range));
	text_free(&range);
}

static void bad_phase(struct checker *check, struct span span, const char *name)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, name ? name : "");
	for (enum phase_kind phase = 0; phase < PHASE_COUNT && name; phase++)
		text_nearest_offer(&nearest, phase_table[phase].name);
	if (!name)
		diag_report(check->diags, DIAG_BAD_PHASE, span,
			    "a sequence is made of phases, such as `spin(100ms)`");
	else
		diag_report(check->diags, DIAG_BAD_PHASE, span,
			    nearest.best ? "there is no phase '%s'; did you mean '%s'?"
					 : "there is no phase '%s'",
			    name, nearest.best);
	struct text all = {0};
	for (enum phase_kind phase = 0; phase < PHASE_COUNT; phase++)
		text_printf(&all, " %s", phase_table[phase].name);
	diag_note(check->diags, "the phases are:%s", text_string(&all));
	text_free(&all);
}

static bool check_phase_length(struct checker *check, enum phase_kind phase, struct expr *value)
{
	char what[64];
	int64_t ns;
	snprintf(what, sizeof(what), "the length of %s()", phase_table[phase].name);
	if (!expr_want(check, value, TYPE_DURATION, what))
		return false;
	if (known(value, &ns) && (ns < WORK_PHASE_LEAST_NS || ns > WORK_PHASE_MOST_NS))
		out_of_range(check, value, "the length of a phase", "from 1us to 60min");
	return true;
}

/* `spin(100ms)` becomes a length with the name of its phase. */
static bool check_phase(struct checker *check, struct item *item)
{
	struct expr *call = item->value;
	if (item->name || call->kind != EXPR_CALL) {
		bad_phase(check, call->span, NULL);
		return false;
	}
	enum phase_kind phase = phase_find(checker_text(check, call->name));
	if (phase == PHASE_COUNT) {
		bad_phase(check, call->span, checker_text(check, call->name));
		return false;
	}
	struct slot slot = {"length", TYPE_DURATION, false, false};
	struct expr *length = NULL;
	if (!bind(check, call, phase_table[phase].name, &slot, 1, &length) ||
	    !check_phase_length(check, phase, length))
		return false;
	item->name = call->name;
	item->value = length;
	return true;
}

static enum type check_sequence(struct checker *check, struct expr *expr)
{
	/* As the default of a parameter it is checked at every call. */
	bool again = expr->kind == EXPR_CALL && expr->type == TYPE_WORK;
	bool fine = true;
	int count = 0;
	if (expr->kind != EXPR_CALL)
		expr->items = NULL;
	for (struct item *item = expr->items; item; item = item->next, count++)
		fine &= again ? expr_check(check, item->value) != TYPE_ERROR
			      : check_phase(check, item);
	if (count < 1 || count > WORK_PHASES_MAX) {
		diag_report(check->diags, DIAG_BAD_PHASE, expr->span,
			    "a sequence has 1 to %d phases", WORK_PHASES_MAX);
		fine = false;
	}
	expr->kind = fine ? EXPR_CALL : EXPR_ERROR;
	expr->word = 0;
	expr->extra = WORK_sequence;
	expr->type = fine ? TYPE_WORK : TYPE_ERROR;
	return expr->type;
}

int64_t call_work_members(const struct expr *work)
{
	while (work->kind == EXPR_NAME && work->symbol && work->symbol->kind == SYMBOL_LET &&
	       work->symbol->stmt->simple.value)
		work = work->symbol->stmt->simple.value;
	if (work->type != TYPE_WORK || work->kind != EXPR_CALL || work->word || work->routine)
		return 1;
	struct work known_work = work_default((enum work_kind)work->extra);
	int param = work_member_param(known_work.kind);
	const struct item *item = work->items;
	for (int i = 0; i < param; i++)
		item = item->next;
	if (param >= 0 && item->value && !known(item->value, &known_work.params[param]))
		return 1;
	return work_members(&known_work);
}

enum type call_check_work(struct checker *check, struct expr *expr, enum work_kind kind)
{
	if (kind == WORK_sequence)
		return check_sequence(check, expr);
	static const enum type types[] = {[WORK_PARAM_INT] = TYPE_INT,
					  [WORK_PARAM_DURATION] = TYPE_DURATION,
					  [WORK_PARAM_SIZE] = TYPE_SIZE};
	const struct work_info *info = &work_table[kind];
	struct slot params[PARAMS_MAX];
	struct expr *bound[PARAMS_MAX] = {0};
	int count = 0;
	for (; info->params[count].name; count++)
		params[count] = (struct slot){info->params[count].name,
					      types[info->params[count].kind], true, false};
	if (expr->kind != EXPR_CALL)
		expr->items = NULL;
	expr->kind = EXPR_CALL;
	expr->word = 0;
	expr->extra = (uint32_t)kind;
	expr->type = TYPE_ERROR;
	enum type same;
	if (!bind(check, expr, info->name, params, count, bound) ||
	    !check_types(check, info->name, params, count, bound, &same))
		return TYPE_ERROR;
	store(check, expr, bound, count);
	for (int i = 0; i < count; i++) {
		if (bound[i])
			check_work_value(check, bound[i], &info->params[i]);
	}
	expr->type = TYPE_WORK;
	return TYPE_WORK;
}

/* A fn's or a proc's parameters as slots; the count, -1 if there are more than it may have. */
static int routine_slots(const struct checker *check, const struct stmt *routine,
			 struct slot *slots)
{
	int count = 0;
	const struct parameter *param = routine->routine.params;
	for (; param && count < PARAMS_MAX; param = param->next, count++)
		slots[count] = (struct slot){checker_text(check, param->name),
					     param->symbol ? param->symbol->type : TYPE_ERROR,
					     param->initial != NULL, false};
	return param ? -1 : count;
}

static void note_call(struct checker *check, struct symbol *callee, struct span span)
{
	expr_note_use(check, callee);
	if (!check->routine)
		return;
	struct call_edge *edge = ARENA_NEW(check->tree->arena, struct call_edge);
	*edge = (struct call_edge){check->routine->calls, callee, span};
	check->routine->calls = edge;
}

enum type call_check_routine(struct checker *check, struct expr *expr, struct symbol *symbol)
{
	struct slot slots[PARAMS_MAX];
	struct expr *bound[PARAMS_MAX] = {0};
	const struct stmt *routine = symbol->stmt;
	int count = routine_slots(check, routine, slots);
	const char *name = checker_text(check, symbol->name);
	enum type same;
	symbol->used = true;
	expr->word = 0;
	expr->type = TYPE_ERROR;
	note_call(check, symbol, expr->span);
	if (count < 0 || !bind(check, expr, name, slots, count, bound))
		return TYPE_ERROR;
	int i = 0;
	const struct parameter *param = routine->routine.params;
	for (; i < count; i++, param = param->next) {
		if (!bound[i] && param->initial)
			bound[i] = param->initial;
		if (bound[i] && slots[i].type == TYPE_CGROUP)
			expr_become_group(check, bound[i]);
	}
	if (!check_types(check, name, slots, count, bound, &same))
		return TYPE_ERROR;
	store(check, expr, bound, count);
	expr->routine = symbol;
	expr->extra = WORK_COUNT; /* none of the table */
	expr->type = (uint8_t)symbol->type;
	return expr->type;
}

enum type call_check(struct checker *check, struct expr *expr)
{
	struct meaning meaning = scope_meaning(check, expr->name);
	if (meaning.word)
		return finish_word(check, expr, meaning.word - 1);
	if (meaning.work)
		return call_check_work(check, expr, meaning.work - 1);
	const char *name = checker_text(check, expr->name);
	struct symbol *symbol = scope_find(check, expr->name);
	if (symbol && symbol->kind == SYMBOL_FN)
		return call_check_routine(check, expr, symbol);
	if (symbol && symbol->kind == SYMBOL_WORK)
		return foreign_check_work(check, expr, symbol);
	if (symbol && symbol->kind == SYMBOL_PROC) {
		symbol->used = true;
		diag_report(check->diags, DIAG_WRONG_CALL, expr->span,
			    "'%s' is a proc and gives no value: call it on a line of its own",
			    name);
		expr->type = TYPE_ERROR;
		return TYPE_ERROR; /* its arguments may be cgroups */
	} else if (symbol) {
		symbol->used = true;
		diag_report(check->diags, DIAG_NOT_A_VALUE, expr->span, "'%s' is not a function",
			    name);
		diag_label(check->diags, scope_find(check, expr->name)->span, "declared here");
	} else {
		const char *near = scope_nearest(check, name, false);
		diag_report(check->diags, DIAG_UNKNOWN_NAME, expr->span,
			    near ? "there is no function '%s'; did you mean '%s'?"
				 : "there is no function '%s'",
			    name, near);
	}
	for (struct item *item = expr->items; item; item = item->next)
		expr_check(check, item->value);
	expr->type = TYPE_ERROR;
	return TYPE_ERROR;
}
