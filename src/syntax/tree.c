#include "syntax/tree.h"

bool tree_is_suspect(const struct tree *tree, name_id name)
{
	for (size_t i = 0; i < tree->suspects.length; i++) {
		if (tree->suspects.data[i] == name)
			return true;
	}
	return false;
}

static struct expr *new_expr(struct tree *tree, enum expr_kind kind, struct span span)
{
	struct expr *expr = ARENA_NEW(tree->arena, struct expr);
	expr->kind = (uint8_t)kind;
	expr->span = span;
	expr->depth = 1;
	return expr;
}

struct expr *tree_error(struct tree *tree, struct span span)
{
	return new_expr(tree, EXPR_ERROR, span);
}

/* Give `expr` the depth of what it holds; one that is too deep becomes an error, which is told once
 * and not again of what is built around it. */
static struct expr *deepen(struct tree *tree, struct expr *expr, int depth)
{
	if (depth < TREE_DEPTH_MAX) {
		expr->depth = (uint16_t)(depth + 1);
		return expr;
	}
	if (depth == TREE_DEPTH_MAX) {
		diag_report(tree->diags, DIAG_DEEP_EXPRESSION, expr->span,
			    "this expression is nested more than %d levels deep", TREE_DEPTH_MAX);
		diag_note(tree->diags, "name a part of it with `let`");
	}
	struct expr *error = tree_error(tree, expr->span);
	error->depth = TREE_DEPTH_MAX + 1;
	return error;
}

struct expr *tree_integer(struct tree *tree, enum expr_kind kind, int64_t value, struct span span)
{
	struct expr *expr = new_expr(tree, kind, span);
	expr->integer = value;
	return expr;
}

struct expr *tree_number(struct tree *tree, enum expr_kind kind, double value, struct span span)
{
	struct expr *expr = new_expr(tree, kind, span);
	expr->number = value;
	return expr;
}

struct expr *tree_named(struct tree *tree, enum expr_kind kind, name_id name, struct span span)
{
	struct expr *expr = new_expr(tree, kind, span);
	expr->name = name;
	return expr;
}

struct expr *tree_unary(struct tree *tree, enum tree_op op, struct expr *operand, struct span span)
{
	struct expr *expr = new_expr(tree, EXPR_UNARY, span);
	expr->op = (uint8_t)op;
	expr->left = operand;
	return deepen(tree, expr, operand->depth);
}

static int deeper(const struct expr *a, const struct expr *b)
{
	return a->depth > b->depth ? a->depth : b->depth;
}

struct expr *tree_binary(struct tree *tree, enum tree_op op, struct expr *left, struct expr *right)
{
	struct expr *expr = new_expr(tree, EXPR_BINARY, span_join(left->span, right->span));
	expr->op = (uint8_t)op;
	expr->left = left;
	expr->right = right;
	return deepen(tree, expr, deeper(left, right));
}

struct expr *tree_field(struct tree *tree, struct expr *base, name_id name, struct span span)
{
	struct expr *expr = new_expr(tree, EXPR_FIELD, span);
	expr->base = base;
	expr->name = name;
	return deepen(tree, expr, base->depth);
}

struct expr *tree_index(struct tree *tree, struct expr *base, struct expr *index, struct span span)
{
	struct expr *expr = new_expr(tree, EXPR_INDEX, span);
	expr->left = base;
	expr->right = index;
	return deepen(tree, expr, deeper(base, index));
}

static struct expr *with_items(struct tree *tree, struct expr *expr, struct item *items)
{
	int depth = 0;
	for (const struct item *item = items; item; item = item->next)
		depth = item->value->depth > depth ? item->value->depth : depth;
	expr->items = items;
	return deepen(tree, expr, depth);
}

struct expr *tree_call(struct tree *tree, name_id name, struct item *items, struct span span)
{
	struct expr *expr = new_expr(tree, EXPR_CALL, span);
	expr->name = name;
	return with_items(tree, expr, items);
}

struct expr *tree_items(struct tree *tree, enum expr_kind kind, struct item *items,
			struct span span)
{
	return with_items(tree, new_expr(tree, kind, span), items);
}

struct item *tree_item(struct tree *tree, name_id name, struct span name_span, struct expr *value)
{
	struct item *item = ARENA_NEW(tree->arena, struct item);
	*item = (struct item){.value = value, .name = name, .name_span = name_span};
	return item;
}

void tree_append_item(struct item_list *list, struct item *item)
{
	if (list->last)
		list->last->next = item;
	else
		list->first = item;
	list->last = item;
}

struct ref *tree_ref(struct tree *tree, name_id name, struct span name_span, struct expr *index,
		     struct span span)
{
	struct ref *ref = ARENA_NEW(tree->arena, struct ref);
	*ref = (struct ref){.name = name, .index = index, .span = span, .name_span = name_span};
	return ref;
}

struct ref *tree_ref_append(struct tree *tree, struct ref *path, struct ref *part)
{
	struct ref *last = path;
	int parts = 1;
	for (; last->next; last = last->next)
		parts++;
	if (parts > TREE_PATH_MAX)
		return path;
	if (parts == TREE_PATH_MAX)
		diag_report(tree->diags, DIAG_LONG_PATH, part->span,
			    "a cgroup path has at most %d parts", TREE_PATH_MAX);
	last->next = part;
	path->span = span_join(path->span, part->span);
	return path;
}

struct parameter *tree_parameter(struct tree *tree, name_id name, struct span span,
				 name_id type_name, struct span type_span, struct expr *initial)
{
	struct parameter *parameter = ARENA_NEW(tree->arena, struct parameter);
	*parameter = (struct parameter){.name = name,
					.span = span,
					.type_name = type_name,
					.type_span = type_span,
					.initial = initial};
	return parameter;
}

struct stmt *tree_stmt(struct tree *tree, enum stmt_kind kind, struct span span)
{
	struct stmt *stmt = ARENA_NEW(tree->arena, struct stmt);
	stmt->kind = (uint8_t)kind;
	stmt->span = span;
	return stmt;
}

void tree_append_stmt(struct stmt_list *list, struct stmt *stmt)
{
	if (!stmt)
		return;
	if (list->last)
		list->last->next = stmt;
	else
		list->first = stmt;
	list->last = stmt;
}

struct limit *tree_limit(struct tree *tree, name_id metric, struct span name_span, struct span span)
{
	struct limit *limit = ARENA_NEW(tree->arena, struct limit);
	*limit = (struct limit){.metric = metric, .name_span = name_span, .span = span};
	return limit;
}

void tree_append_limit(struct limit_list *list, struct limit *limit)
{
	if (!limit)
		return;
	if (list->last)
		list->last->next = limit;
	else
		list->first = limit;
	list->last = limit;
}

struct arm *tree_arm(struct tree *tree, struct expr *condition, struct block block)
{
	struct arm *arm = ARENA_NEW(tree->arena, struct arm);
	*arm = (struct arm){.condition = condition, .block = block};
	return arm;
}

const char *tree_op_text(enum tree_op op)
{
	static const char *const texts[] = {
		[TREE_ADD] = "+", [TREE_SUB] = "-",   [TREE_MUL] = "*",       [TREE_DIV] = "/",
		[TREE_MOD] = "%", [TREE_UNION] = "|", [TREE_INTERSECT] = "&", [TREE_EQ] = "==",
		[TREE_NE] = "!=", [TREE_LT] = "<",    [TREE_LE] = "<=",       [TREE_GT] = ">",
		[TREE_GE] = ">=", [TREE_AND] = "and", [TREE_OR] = "or",       [TREE_NOT] = "not",
		[TREE_NEG] = "-"};
	return texts[op];
}
