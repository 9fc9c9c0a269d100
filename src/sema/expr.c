/* Types of expressions, and the meaning of the names in them. */
#include "sema/foreign.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static enum type fail_type(struct expr *expr)
{
	expr->type = TYPE_ERROR;
	return TYPE_ERROR;
}

bool expr_is_integer(const struct expr *expr, int64_t *value)
{
	if (!expr || !expr->constant || type_table[expr->type].reg != 'I')
		return false;
	*value = expr->integer;
	return true;
}

bool expr_is_number(const struct expr *expr, double *value)
{
	if (!expr || !expr->constant || !type_is_numeric(expr->type))
		return false;
	*value = type_table[expr->type].reg == 'F' ? expr->number : (double)expr->integer;
	return true;
}

/* `literal` of type int or float stands where a unit belongs: show how it is written. */
static void suggest_unit(struct checker *check, const struct expr *literal, enum type wanted)
{
	double value = 0;
	expr_is_number(literal, &value);
	struct text text = {0};
	if (wanted == TYPE_DURATION && value >= 0 && value < 9e9) {
		text_put_duration(&text, llround(value * 1e9));
		diag_note(check->diags, "in seconds that is `%s`; other units: ns us ms min",
			  text_string(&text));
	} else if (wanted == TYPE_PERCENT) {
		diag_note(check->diags, "as a share that is `%g%%`",
			  fabs(value) <= 1 ? value * 100 : value);
	} else if (wanted == TYPE_SIZE) {
		diag_note(check->diags, "write it with its unit: `%gKiB`, `%gMiB`", value, value);
	}
	text_free(&text);
}

static bool mismatch(struct checker *check, struct expr *expr, enum type type, enum type wanted,
		     const char *what)
{
	bool bare = (type == TYPE_INT || type == TYPE_FLOAT) &&
		    (wanted == TYPE_DURATION || wanted == TYPE_PERCENT || wanted == TYPE_SIZE);
	if (bare && expr->constant) {
		diag_report(check->diags, DIAG_MISSING_UNIT, expr->span,
			    "%s is %s and needs its unit", what, type_phrase(wanted));
		suggest_unit(check, expr, wanted);
	} else {
		diag_report(check->diags, DIAG_TYPE_MISMATCH, expr->span,
			    "%s is %s, but this is %s", what, type_phrase(wanted),
			    type_phrase(type));
		if (wanted < TYPE_COUNT && !bare)
			diag_note(check->diags, "for example `%s`", type_table[wanted].example);
	}
	return false;
}

bool expr_want(struct checker *check, struct expr *expr, enum type wanted, const char *what)
{
	enum type type = expr_check(check, expr);
	if (type == TYPE_ERROR || wanted == TYPE_ERROR)
		return false;
	if (type == wanted)
		return true;
	if (wanted == TYPE_FLOAT && type == TYPE_INT)
		return true;
	if (wanted == TYPE_AFFINITY && type == TYPE_CPUSET)
		return true;
	if (wanted == TYPE_FRACTION &&
	    (type == TYPE_FLOAT || type == TYPE_PERCENT ||
	     (type == TYPE_INT && expr->constant && (expr->integer == 0 || expr->integer == 1))))
		return true;
	return mismatch(check, expr, type, wanted, what);
}

bool expr_want_time(struct checker *check, struct expr *expr, const char *what)
{
	enum type type = expr_check(check, expr);
	if (type == TYPE_PERCENT || type == TYPE_DURATION)
		return true;
	if (type == TYPE_ERROR)
		return false;
	mismatch(check, expr, type, TYPE_DURATION, what);
	if (type == TYPE_INT || type == TYPE_FLOAT)
		diag_note(check->diags, "or a share of the scenario's duration: `30%%`");
	return false;
}

static void use_literal(struct expr *expr, const struct expr *value)
{
	struct span span = expr->span;
	uint16_t depth = expr->depth;
	*expr = *value;
	expr->span = span;
	expr->depth = depth;
}

static enum type unknown_name(struct checker *check, struct expr *expr)
{
	const char *name = checker_text(check, expr->name);
	const char *near = scope_nearest(check, name, true);
	if (tree_is_suspect(check->tree, expr->name))
		return fail_type(expr);
	if (near)
		diag_report(check->diags, DIAG_UNKNOWN_NAME, expr->span,
			    "there is no '%s' here; did you mean '%s'?", name, near);
	else
		diag_report(check->diags, DIAG_UNKNOWN_NAME, expr->span, "there is no '%s' here",
			    name);
	return fail_type(expr);
}

void expr_note_use(struct checker *check, struct symbol *symbol)
{
	if (!check->uses || symbol->stamp == check->stamp)
		return;
	struct use *use = ARENA_NEW(check->tree->arena, struct use);
	*use = (struct use){*check->uses, symbol};
	*check->uses = use;
	symbol->stamp = check->stamp;
}

/* Names of what is no value; NULL for those that are. */
static const char *foreign_kind(const struct symbol *symbol)
{
	switch (symbol->kind) {
	case SYMBOL_HOOK:
		return "a hook: `custom %s(…)` calls it";
	case SYMBOL_PAYLOAD:
		return "a payload: `run %s` starts it";
	case SYMBOL_SCHEDULER:
		return "a scheduler: `scheduler = %s` is a setting of a scenario";
	case SYMBOL_RUN:
		return "a running payload: `wait %s` waits for its end";
	case SYMBOL_PARAM:
	case SYMBOL_LET:
	case SYMBOL_LOOP:
	case SYMBOL_ARGUMENT:
	case SYMBOL_FN:
	case SYMBOL_PROC:
	case SYMBOL_WORK:
		break;
	}
	return NULL;
}

static bool refuse_foreign(struct checker *check, const struct expr *expr, struct symbol *symbol)
{
	const char *what = foreign_kind(symbol);
	const char *name = checker_text(check, expr->name);
	if (!what)
		return false;
	char rest[96];
	symbol->used = true;
	snprintf(rest, sizeof(rest), what, name);
	diag_report(check->diags, DIAG_NOT_A_VALUE, expr->span, "'%s' is %s", name, rest);
	return true;
}

static enum type check_name(struct checker *check, struct expr *expr)
{
	struct symbol *symbol = scope_find(check, expr->name);
	struct meaning meaning = scope_meaning(check, expr->name);
	if (symbol && symbol->kind == SYMBOL_WORK)
		return foreign_check_work(check, expr, symbol);
	if (symbol && refuse_foreign(check, expr, symbol))
		return fail_type(expr);
	if (symbol && (symbol->kind == SYMBOL_FN || symbol->kind == SYMBOL_PROC)) {
		symbol->used = true;
		diag_report(check->diags, DIAG_NOT_A_VALUE, expr->span,
			    "'%s' is called with its arguments: `%s(…)`",
			    checker_text(check, expr->name), checker_text(check, expr->name));
		return fail_type(expr);
	}
	if (symbol) {
		symbol->used = true;
		expr->type = (uint8_t)symbol->type;
		if (symbol->constant) {
			use_literal(expr, symbol->constant);
			return expr->type;
		}
		expr->symbol = symbol;
		if (symbol->global && symbol->kind == SYMBOL_LET)
			expr_note_use(check, symbol);
		return expr->type;
	}
	if (meaning.word)
		return call_check_word(check, expr, meaning.word - 1);
	if (meaning.work)
		return call_check_work(check, expr, meaning.work - 1);
	if (scope_is_group(check, expr->name)) {
		const char *name = checker_text(check, expr->name);
		diag_report(check->diags, DIAG_NOT_A_VALUE, expr->span,
			    "'%s' is a cgroup, not a value", name);
		diag_note(check->diags, "`%s.cpus` are its CPUs, `%s.tasks` counts its tasks", name,
			  name);
		return fail_type(expr);
	}
	return unknown_name(check, expr);
}

/* Does this expression spell a path of cgroups? */
static bool is_path(const struct checker *check, const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_NAME: {
		const struct symbol *symbol = scope_find(check, expr->name);
		return symbol ? symbol->type == TYPE_CGROUP : scope_is_group(check, expr->name);
	}
	case EXPR_INDEX:
		return expr->left->kind == EXPR_NAME && is_path(check, expr->left);
	case EXPR_BINARY:
		return expr->op == TREE_DIV && is_path(check, expr->left) &&
		       is_path(check, expr->right);
	default:
		return false;
	}
}

/* The path as a ref, its parts in order. */
static struct ref *path_of(struct checker *check, const struct expr *expr, struct ref *behind)
{
	if (expr->kind == EXPR_BINARY)
		return path_of(check, expr->left, path_of(check, expr->right, behind));
	const struct expr *name = expr->kind == EXPR_INDEX ? expr->left : expr;
	struct ref *ref = tree_ref(check->tree, name->name, name->span,
				   expr->kind == EXPR_INDEX ? expr->right : NULL, expr->span);
	ref->next = behind;
	if (behind)
		ref->span = span_join(ref->span, behind->span);
	return ref;
}

static const char *const group_fields[] = {"cpus", "tasks"};

/* A group's property; the node becomes EXPR_FIELD with `extra` 0 cpus or 1 tasks and its path in
 * `items` (as a struct ref). */
static enum type check_group_field(struct checker *check, struct expr *expr, struct ref *ref)
{
	const char *name = checker_text(check, expr->name);
	for (uint32_t i = 0; i < 2; i++) {
		if (strcmp(name, group_fields[i]) != 0)
			continue;
		expr_check_ref(check, ref);
		expr->items = (struct item *)(void *)ref;
		expr->extra = i;
		expr->type = i ? TYPE_INT : TYPE_CPUSET;
		return expr->type;
	}
	diag_report(check->diags, DIAG_UNKNOWN_FIELD, expr->span,
		    "a cgroup has no property '%s'; it has .cpus and .tasks", name);
	return fail_type(expr);
}

void expr_become_group(struct checker *check, struct expr *expr)
{
	if (!is_path(check, expr))
		return;
	struct ref *ref = path_of(check, expr, NULL);
	expr_check_ref(check, ref);
	expr->kind = EXPR_FIELD;
	expr->items = (struct item *)(void *)ref;
	expr->extra = 2;
	expr->type = TYPE_CGROUP;
	expr->constant = false;
}

static enum type check_context_field(struct checker *check, struct expr *expr)
{
	struct text dotted = {0};
	text_printf(&dotted, "%s.%s", checker_text(check, expr->base->name),
		    checker_text(check, expr->name));
	enum word word = word_find(text_string(&dotted));
	if (word == WORD_COUNT) {
		struct text_nearest nearest;
		text_nearest_start(&nearest, text_string(&dotted));
		for (enum word i = 0; i < WORD_COUNT; i++) {
			if (strchr(word_table[i].name, '.'))
				text_nearest_offer(&nearest, word_table[i].name);
		}
		diag_report(check->diags, DIAG_UNKNOWN_FIELD, expr->span,
			    nearest.best ? "there is no '%s'; did you mean '%s'?"
					 : "there is no '%s'",
			    text_string(&dotted), nearest.best);
	}
	text_free(&dotted);
	return word == WORD_COUNT ? fail_type(expr) : call_check_word(check, expr, word);
}

static enum type check_field(struct checker *check, struct expr *expr)
{
	struct expr *base = expr->base;
	if (expr->type == TYPE_CGROUP)
		return TYPE_CGROUP; /* a group already, as an argument */
	if (base->kind == EXPR_NAME && (base->name == check->topo || base->name == check->sched))
		return check_context_field(check, expr);
	if (is_path(check, base))
		return check_group_field(check, expr, path_of(check, base, NULL));
	if (base->kind == EXPR_NAME && !scope_find(check, base->name) &&
	    !scope_meaning(check, base->name).word) {
		const char *name = checker_text(check, base->name);
		const char *near = scope_nearest(check, name, true);
		if (tree_is_suspect(check->tree, base->name))
			return fail_type(expr);
		diag_report(check->diags, DIAG_UNKNOWN_CGROUP, base->span,
			    near ? "there is no cgroup '%s'; did you mean '%s'?"
				 : "there is no cgroup '%s'",
			    name, near);
		return fail_type(expr);
	}
	enum type type = expr_check(check, base);
	if (type != TYPE_ERROR)
		diag_report(check->diags, DIAG_UNKNOWN_FIELD, expr->span, "%s has no property '%s'",
			    type_phrase(type), checker_text(check, expr->name));
	return fail_type(expr);
}

/* outer/inner.tasks: '/' binds weaker than '.', so the field sits at the right end. */
static bool check_nested_field(struct checker *check, struct expr *expr)
{
	struct expr *field = expr->right;
	if (expr->op != TREE_DIV || field->kind != EXPR_FIELD || !is_path(check, expr->left) ||
	    !is_path(check, field->base))
		return false;
	struct ref *ref = path_of(check, expr->left, path_of(check, field->base, NULL));
	struct span span = expr->span;
	expr->kind = EXPR_FIELD;
	expr->name = field->name;
	expr->span = span;
	check_group_field(check, expr, ref);
	return true;
}

static enum type arithmetic(enum tree_op op, enum type a, enum type b)
{
	bool product = op == TREE_MUL || op == TREE_DIV;
	bool a_plain = a == TYPE_INT || a == TYPE_FLOAT;
	bool b_plain = b == TYPE_INT || b == TYPE_FLOAT;
	if (a_plain && b_plain) {
		if (op == TREE_MOD)
			return a == TYPE_INT && b == TYPE_INT ? TYPE_INT : TYPE_ERROR;
		return a == TYPE_INT && b == TYPE_INT ? TYPE_INT : TYPE_FLOAT;
	}
	if (a == b)
		return op == TREE_DIV ? TYPE_FLOAT
		       : op != TREE_MUL || a == TYPE_PERCENT
			       ? (op == TREE_MOD && a == TYPE_PERCENT ? TYPE_ERROR : a)
			       : TYPE_ERROR;
	if (!product)
		return TYPE_ERROR;
	if (a == TYPE_PERCENT && b_plain)
		return op == TREE_DIV ? TYPE_PERCENT : TYPE_FLOAT;
	if (a_plain && b == TYPE_PERCENT)
		return op == TREE_MUL ? TYPE_FLOAT : TYPE_ERROR;
	if (b_plain || b == TYPE_PERCENT)
		return a; /* duration or size, scaled */
	if (op == TREE_MUL && (a_plain || a == TYPE_PERCENT))
		return b;
	return TYPE_ERROR;
}

static enum type binary_type(enum tree_op op, enum type a, enum type b)
{
	if (op <= TREE_MOD) {
		if (a == TYPE_CPUSET && b == TYPE_CPUSET)
			return op == TREE_SUB ? TYPE_CPUSET : TYPE_ERROR;
		return type_is_numeric(a) && type_is_numeric(b) ? arithmetic(op, a, b) : TYPE_ERROR;
	}
	if (op == TREE_UNION && a == TYPE_MEMPOLICY_FLAGS && b == TYPE_MEMPOLICY_FLAGS)
		return TYPE_MEMPOLICY_FLAGS;
	if (op == TREE_UNION || op == TREE_INTERSECT)
		return a == TYPE_CPUSET && b == TYPE_CPUSET ? TYPE_CPUSET : TYPE_ERROR;
	if (op == TREE_AND || op == TREE_OR)
		return a == TYPE_BOOL && b == TYPE_BOOL ? TYPE_BOOL : TYPE_ERROR;
	bool plain = (a == TYPE_INT || a == TYPE_FLOAT) && (b == TYPE_INT || b == TYPE_FLOAT);
	bool ordered = type_is_numeric(a);
	bool comparable = ordered || a == TYPE_CPUSET || a == TYPE_STRING || a == TYPE_BOOL;
	if (!plain && (a != b || !comparable))
		return TYPE_ERROR;
	return ordered || op == TREE_EQ || op == TREE_NE ? TYPE_BOOL : TYPE_ERROR;
}

static enum type check_binary(struct checker *check, struct expr *expr)
{
	if (check_nested_field(check, expr))
		return expr->type;
	enum type a = expr_check(check, expr->left);
	enum type b = expr_check(check, expr->right);
	if (a == TYPE_ERROR || b == TYPE_ERROR)
		return fail_type(expr);
	enum tree_op op = expr->op;
	enum type type = binary_type(op, a, b);
	if (type != TYPE_ERROR) {
		expr->type = (uint8_t)type;
		fold_binary(check, expr);
		return expr->type;
	}
	if (op >= TREE_EQ && op <= TREE_GE) {
		diag_report(check->diags, DIAG_MIXED_COMPARISON, expr->span,
			    "%s and %s do not compare with '%s'", type_phrase(a), type_phrase(b),
			    tree_op_text(op));
		if (type_is_numeric(a) && (b == TYPE_INT || b == TYPE_FLOAT))
			suggest_unit(check, expr->right, a);
	} else if (op == TREE_AND || op == TREE_OR) {
		diag_report(check->diags, DIAG_BAD_OPERANDS, expr->span,
			    "'%s' wants two bools, not %s and %s", tree_op_text(op), type_phrase(a),
			    type_phrase(b));
	} else {
		diag_report(check->diags, DIAG_BAD_OPERANDS, expr->span, "%s and %s have no '%s'",
			    type_phrase(a), type_phrase(b), tree_op_text(op));
		if (a == TYPE_CPUSET && b == TYPE_CPUSET)
			diag_note(check->diags, "sets have `|` (union), `&` (common) and `-`");
		else if (b == TYPE_INT || b == TYPE_FLOAT)
			suggest_unit(check, expr->right, a);
	}
	return fail_type(expr);
}

static enum type check_unary(struct checker *check, struct expr *expr)
{
	enum type type = expr_check(check, expr->left);
	if (type == TYPE_ERROR)
		return fail_type(expr);
	bool fine = expr->op == TREE_NOT ? type == TYPE_BOOL : type_is_numeric(type);
	if (!fine) {
		diag_report(check->diags, DIAG_BAD_OPERANDS, expr->span,
			    expr->op == TREE_NOT ? "'not' wants a bool, not %s"
						 : "%s cannot be negative",
			    type_phrase(type));
		return fail_type(expr);
	}
	expr->type = (uint8_t)type;
	fold_unary(check, expr);
	return expr->type;
}

static enum type check_text(struct checker *check, struct expr *expr)
{
	for (struct item *item = expr->items; item; item = item->next) {
		enum type type = expr_check(check, item->value);
		if (type_is_numeric(type) || type == TYPE_ERROR || type == TYPE_BOOL ||
		    type == TYPE_STRING || type == TYPE_CPUSET)
			continue;
		diag_report(check->diags, DIAG_TYPE_MISMATCH, item->value->span,
			    "%s cannot be part of a string", type_phrase(type));
	}
	expr->type = TYPE_STRING;
	return TYPE_STRING;
}

static enum type check_literal(struct expr *expr, enum type type)
{
	expr->type = (uint8_t)type;
	expr->constant = true;
	return type;
}

enum type expr_check(struct checker *check, struct expr *expr)
{
	switch ((enum expr_kind)expr->kind) {
	case EXPR_ERROR:
		return fail_type(expr);
	case EXPR_INT:
		return check_literal(expr, TYPE_INT);
	case EXPR_FLOAT:
		return check_literal(expr, TYPE_FLOAT);
	case EXPR_PERCENT:
		return check_literal(expr, TYPE_PERCENT);
	case EXPR_DURATION:
		/* A negative literal marks a unit that the scanner has refused already. */
		return expr->integer < 0 && !expr->constant ? fail_type(expr)
							    : check_literal(expr, TYPE_DURATION);
	case EXPR_SIZE:
		return check_literal(expr, TYPE_SIZE);
	case EXPR_BOOL:
		return check_literal(expr, TYPE_BOOL);
	case EXPR_STRING:
		return check_literal(expr, TYPE_STRING);
	case EXPR_TEXT:
		return check_text(check, expr);
	case EXPR_LIST:
		diag_report(check->diags, DIAG_TYPE_MISMATCH, expr->span,
			    "a list stands only behind `tags =` and `args =`");
		return fail_type(expr);
	case EXPR_NAME:
		return check_name(check, expr);
	case EXPR_FIELD:
		return check_field(check, expr);
	case EXPR_INDEX:
		if (is_path(check, expr)) {
			diag_report(check->diags, DIAG_NOT_A_VALUE, expr->span,
				    "this is a cgroup, not a value");
			diag_note(check->diags, "a cgroup has .cpus and .tasks");
		} else {
			diag_report(check->diags, DIAG_BAD_OPERANDS, expr->span,
				    "only a family of cgroups has members: `cell[i]`");
		}
		return fail_type(expr);
	case EXPR_CALL:
		return expr->custom ? foreign_check_custom(check, expr, false)
				    : call_check(check, expr);
	case EXPR_UNARY:
		return check_unary(check, expr);
	case EXPR_BINARY:
		return check_binary(check, expr);
	}
	return fail_type(expr);
}

void expr_check_ref(struct checker *check, struct ref *ref)
{
	struct symbol *symbol = ref ? scope_find(check, ref->name) : NULL;
	if (symbol && symbol->type == TYPE_CGROUP) {
		symbol->used = true;
		ref->symbol = symbol;
		if (ref->index)
			diag_report(check->diags, DIAG_BAD_OPERANDS, ref->span,
				    "'%s' is one cgroup, not a family",
				    checker_text(check, ref->name));
	}
	for (; ref; ref = ref->next) {
		if (!ref->index)
			continue;
		int64_t value;
		if (expr_want(check, ref->index, TYPE_INT, "the number of a cgroup") &&
		    expr_is_integer(ref->index, &value) && value < 0)
			diag_report(check->diags, DIAG_OUT_OF_RANGE, ref->index->span,
				    "cgroups of a family are counted from 0");
	}
}
