/* Constant folding. A folded node becomes the literal of its value; its span stays. */
#include "sema/checker.h"

#include <math.h>

static enum expr_kind literal_of(enum type type)
{
	switch ((int)type) {
	case TYPE_INT:
		return EXPR_INT;
	case TYPE_FLOAT:
		return EXPR_FLOAT;
	case TYPE_PERCENT:
		return EXPR_PERCENT;
	case TYPE_DURATION:
		return EXPR_DURATION;
	case TYPE_SIZE:
		return EXPR_SIZE;
	case TYPE_BOOL:
		return EXPR_BOOL;
	case TYPE_STRING:
		return EXPR_STRING;
	default:
		return EXPR_ERROR;
	}
}

static bool is_real(const struct expr *expr)
{
	return type_table[expr->type].reg == 'F';
}

static double real_of(const struct expr *expr)
{
	return is_real(expr) ? expr->number : (double)expr->integer;
}

static void become_integer(struct expr *expr, int64_t value)
{
	expr->kind = (uint8_t)literal_of(expr->type);
	expr->constant = true;
	expr->integer = value;
}

static void become_real(struct expr *expr, double value)
{
	expr->kind = (uint8_t)literal_of(expr->type);
	expr->constant = true;
	expr->number = value;
}

static void overflow(struct checker *check, struct expr *expr)
{
	diag_report(check->diags, DIAG_OVERFLOW, expr->span, "the result does not fit in 64 bits");
	expr->kind = EXPR_ERROR;
	expr->type = TYPE_ERROR;
}

void fold_unary(struct checker *check, struct expr *expr)
{
	const struct expr *operand = expr->left;
	if (!operand->constant || expr->type == TYPE_ERROR)
		return;
	if (expr->op == TREE_NOT)
		become_integer(expr, !operand->integer);
	else if (is_real(expr))
		become_real(expr, -operand->number);
	else if (operand->integer == INT64_MIN)
		overflow(check, expr);
	else
		become_integer(expr, -operand->integer);
}

static bool compare(enum tree_op op, double a, double b)
{
	switch ((int)op) {
	case TREE_EQ:
		return a == b;
	case TREE_NE:
		return a != b;
	case TREE_LT:
		return a < b;
	case TREE_LE:
		return a <= b;
	case TREE_GT:
		return a > b;
	default:
		return a >= b;
	}
}

static bool compare_integers(enum tree_op op, int64_t a, int64_t b)
{
	switch ((int)op) {
	case TREE_EQ:
		return a == b;
	case TREE_NE:
		return a != b;
	case TREE_LT:
		return a < b;
	case TREE_LE:
		return a <= b;
	case TREE_GT:
		return a > b;
	default:
		return a >= b;
	}
}

static void fold_integers(struct checker *check, struct expr *expr, int64_t a, int64_t b)
{
	int64_t result = 0;
	bool fits = true;
	switch (expr->op) {
	case TREE_ADD:
		fits = !__builtin_add_overflow(a, b, &result);
		break;
	case TREE_SUB:
		fits = !__builtin_sub_overflow(a, b, &result);
		break;
	case TREE_MUL:
		fits = !__builtin_mul_overflow(a, b, &result);
		break;
	default:
		fits = !(a == INT64_MIN && b == -1);
		if (fits)
			result = expr->op == TREE_DIV ? a / b : a % b;
		break;
	}
	if (fits)
		become_integer(expr, result);
	else
		overflow(check, expr);
}

/* duration or size times a factor, or divided by one: rounded to whole ns or bytes. */
static void fold_scaled(struct checker *check, struct expr *expr, double a, double b)
{
	double result = round(expr->op == TREE_MUL ? a * b : a / b);
	if (fabs(result) < 9.2e18)
		become_integer(expr, (int64_t)result);
	else
		overflow(check, expr);
}

void fold_binary(struct checker *check, struct expr *expr)
{
	const struct expr *left = expr->left, *right = expr->right;
	enum tree_op op = expr->op;
	if (expr->type == TYPE_ERROR)
		return;
	if ((op == TREE_DIV || op == TREE_MOD) && right->constant && real_of(right) == 0) {
		diag_report(check->diags, DIAG_DIVISION_BY_ZERO, expr->span,
			    "this divides by zero");
		expr->type = TYPE_ERROR;
		return;
	}
	if (!left->constant || !right->constant || !type_is_numeric(left->type))
		return;
	bool whole = !is_real(left) && !is_real(right);
	if (op >= TREE_EQ && op <= TREE_GE)
		become_integer(expr, whole ? compare_integers(op, left->integer, right->integer)
					   : compare(op, real_of(left), real_of(right)));
	else if (is_real(expr))
		become_real(expr, op == TREE_ADD   ? real_of(left) + real_of(right)
				  : op == TREE_SUB ? real_of(left) - real_of(right)
				  : op == TREE_MUL ? real_of(left) * real_of(right)
						   : real_of(left) / real_of(right));
	else if (whole)
		fold_integers(check, expr, left->integer, right->integer);
	else
		fold_scaled(check, expr, real_of(left), real_of(right));
}
