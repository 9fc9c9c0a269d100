#include "sema/interval.h"

#include <math.h>
#include <stdint.h>

/* Far beyond all that fits, and far from what overflows when it is added up or multiplied. */
static const long double ENDLESS = 1e300L;

static long double limited(long double value)
{
	return value > ENDLESS ? ENDLESS : value < -ENDLESS ? -ENDLESS : value;
}

struct form form_plus(struct form a, struct form b)
{
	return (struct form){limited(a.fixed + b.fixed), limited(a.duration + b.duration),
			     limited(a.settle + b.settle), limited(a.roundings + b.roundings)};
}

struct form form_times(struct form form, long double factor)
{
	return (struct form){limited(form.fixed * factor), limited(form.duration * factor),
			     limited(form.settle * factor),
			     limited(form.roundings * fabsl(factor))};
}

struct form form_either(struct form a, struct form b)
{
	return (struct form){fmaxl(a.fixed, b.fixed), fmaxl(a.duration, b.duration),
			     fmaxl(a.settle, b.settle), fmaxl(a.roundings, b.roundings)};
}

/* Both at the least. */
static struct form form_neither(struct form a, struct form b)
{
	return (struct form){fminl(a.fixed, b.fixed), fminl(a.duration, b.duration),
			     fminl(a.settle, b.settle), fmaxl(a.roundings, b.roundings)};
}

static bool is_plain(const struct form *form)
{
	return form->duration == 0 && form->settle == 0;
}

long double form_least(const struct form *form, const struct own_times *own)
{
	if (is_plain(form))
		return form->fixed;
	return limited(form->fixed +
		       form->duration *
			       (form->duration > 0 ? own->duration_low : own->duration_high) +
		       form->settle * (form->settle > 0 ? own->settle_low : own->settle_high));
}

long double form_most(const struct form *form, const struct own_times *own)
{
	if (is_plain(form))
		return form->fixed;
	return limited(form->fixed +
		       form->duration *
			       (form->duration > 0 ? own->duration_high : own->duration_low) +
		       form->settle * (form->settle > 0 ? own->settle_high : own->settle_low));
}

struct interval interval_of(long double low, long double high)
{
	return (struct interval){.low = {.fixed = limited(low)}, .high = {.fixed = limited(high)}};
}

struct interval interval_all(enum type type)
{
	if (type == TYPE_BOOL)
		return interval_of(0, 1);
	if (type_table[type].reg == 'I')
		return interval_of((long double)INT64_MIN, (long double)INT64_MAX);
	return interval_of(-ENDLESS, ENDLESS);
}

struct interval interval_plain(struct interval value, const struct own_times *own)
{
	if (is_plain(&value.low) && is_plain(&value.high))
		return value;
	struct interval plain =
		interval_of(form_least(&value.low, own), form_most(&value.high, own));
	plain.depends = value.depends | DEPENDS_SETTINGS;
	return plain;
}

struct interval interval_join(struct interval a, struct interval b)
{
	return (struct interval){form_neither(a.low, b.low), form_either(a.high, b.high),
				 a.depends | b.depends};
}

bool form_equal(const struct form *a, const struct form *b)
{
	return a->fixed == b->fixed && a->duration == b->duration && a->settle == b->settle &&
	       a->roundings == b->roundings;
}

bool interval_equal(const struct interval *a, const struct interval *b)
{
	return form_equal(&a->low, &b->low) && form_equal(&a->high, &b->high) &&
	       a->depends == b->depends;
}

struct interval interval_negate(struct interval value)
{
	return (struct interval){form_times(value.high, -1), form_times(value.low, -1),
				 value.depends};
}

/* The one that is smaller with the scenario's own times. Either is an end that holds. */
static struct form smaller(struct form a, struct form b, const struct own_times *own)
{
	return form_most(&a, own) <= form_most(&b, own) ? a : b;
}

static struct form larger(struct form a, struct form b, const struct own_times *own)
{
	return form_least(&a, own) >= form_least(&b, own) ? a : b;
}

struct interval interval_min(struct interval a, struct interval b, const struct own_times *own)
{
	return (struct interval){form_neither(a.low, b.low), smaller(a.high, b.high, own),
				 a.depends | b.depends};
}

struct interval interval_max(struct interval a, struct interval b, const struct own_times *own)
{
	return (struct interval){larger(a.low, b.low, own), form_either(a.high, b.high),
				 a.depends | b.depends};
}

struct interval interval_abs(struct interval value, const struct own_times *own)
{
	struct interval plain = interval_plain(value, own);
	long double low = plain.low.fixed, high = plain.high.fixed;
	if (low >= 0)
		return plain;
	struct interval result = interval_of(high < 0 ? -high : 0, fmaxl(-low, high));
	result.depends = plain.depends;
	return result;
}

struct interval interval_whole(struct interval value, double (*function)(double))
{
	struct interval result =
		interval_of(function((double)value.low.fixed), function((double)value.high.fixed));
	result.depends = value.depends;
	return result;
}

/* How one operator computes. */
struct rule {
	enum tree_op op;
	bool whole;   /* 64-bit integers */
	bool rounded; /* a time or a size by a factor: to whole ns or bytes */
};

/* As the interpreter computes it. Doubles are rounded monotonically, so the ends of an interval
 * stay its ends. */
static long double compute(struct rule rule, long double a, long double b)
{
	if (rule.whole) {
		switch ((int)rule.op) {
		case TREE_ADD:
			return a + b;
		case TREE_SUB:
			return a - b;
		case TREE_MUL:
			return a * b;
		default:
			return truncl(a / b);
		}
	}
	double x = (double)a, y = (double)b;
	double result = rule.op == TREE_ADD   ? x + y
			: rule.op == TREE_SUB ? x - y
			: rule.op == TREE_MUL ? x * y
					      : x / y;
	return rule.rounded ? (long double)round(result) : (long double)result;
}

static void widen(struct interval *result, long double value, bool first)
{
	value = limited(value);
	if (first || value < result->low.fixed)
		result->low.fixed = value;
	if (first || value > result->high.fixed)
		result->high.fixed = value;
}

/* The divisors at which a quotient is at an end: those of the interval, and those next to 0. */
static int divisors(struct rule rule, const struct interval *by, long double *out)
{
	int count = 0;
	long double next = rule.whole ? 1 : 1 / ENDLESS;
	if (by->low.fixed != 0)
		out[count++] = by->low.fixed;
	if (by->high.fixed != 0)
		out[count++] = by->high.fixed;
	if (by->low.fixed < 0 && by->high.fixed >= 0)
		out[count++] = -next;
	if (by->low.fixed <= 0 && by->high.fixed > 0)
		out[count++] = next;
	return count;
}

static struct interval corners(struct rule rule, const struct interval *a, const struct interval *b)
{
	struct interval result = {0};
	long double left[2] = {a->low.fixed, a->high.fixed};
	long double right[4] = {b->low.fixed, b->high.fixed};
	int count = rule.op == TREE_DIV ? divisors(rule, b, right) : 2;
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < count; j++)
			widen(&result, compute(rule, left[i], right[j]), i + j == 0);
	}
	return result;
}

/* The remainder has the sign of what is divided, and is smaller than both. */
static struct interval remainders(const struct interval *a, const struct interval *b)
{
	long double low = a->low.fixed, high = a->high.fixed;
	if (low == high && b->low.fixed == b->high.fixed)
		return interval_of(fmodl(low, b->low.fixed), fmodl(low, b->low.fixed));
	long double most = fmaxl(fabsl(b->low.fixed), fabsl(b->high.fixed)) - 1;
	return interval_of(low < 0 ? fmaxl(-most, low) : 0, high > 0 ? fminl(most, high) : 0);
}

/* A form by a factor that is not negative; what rounding adds with the scenario's own times. */
static struct form scaled(struct form form, struct rule rule, long double factor,
			  const struct own_times *own, bool up)
{
	struct form result = form_times(form, rule.op == TREE_MUL ? factor : 1 / factor);
	if (!rule.rounded && rule.op != TREE_DIV)
		return result;
	long double exact = up ? form_most(&result, own) : form_least(&result, own);
	long double before = up ? form_most(&form, own) : form_least(&form, own);
	long double off = compute(rule, before, factor) - exact;
	if (up ? off > 1e-3L : off < -1e-3L)
		result.fixed += off;
	result.roundings += 2;
	return result;
}

static bool is_whole(long double value)
{
	return fabsl(value - roundl(value)) < 1e-6L;
}

/* Is nothing rounded where D and S are even? */
static bool is_even(const struct form *form)
{
	return is_whole(form->fixed) && is_whole(form->duration * BOUND_EVEN_NS) &&
	       is_whole(form->settle * BOUND_EVEN_NS);
}

/* D and S can stay unknown: a sum, or a time that is not negative by a factor that is not. */
static bool is_linear(struct rule rule, const struct interval *time, const struct interval *factor)
{
	if (rule.op == TREE_ADD || rule.op == TREE_SUB)
		return true;
	if (!is_plain(&factor->low) || !is_plain(&factor->high) || factor->low.fixed < 0 ||
	    (rule.op == TREE_DIV && factor->low.fixed == 0))
		return false;
	const struct form *low = &time->low, *high = &time->high;
	bool one = factor->low.fixed == factor->high.fixed;
	return one || (low->fixed >= 0 && low->duration >= 0 && low->settle >= 0 &&
		       high->fixed >= 0 && high->duration >= 0 && high->settle >= 0);
}

static struct interval linear(struct rule rule, const struct interval *a, const struct interval *b,
			      const struct own_times *own)
{
	if (rule.op == TREE_ADD)
		return (struct interval){form_plus(a->low, b->low), form_plus(a->high, b->high), 0};
	if (rule.op == TREE_SUB)
		return (struct interval){form_plus(a->low, form_times(b->high, -1)),
					 form_plus(a->high, form_times(b->low, -1)), 0};
	bool product = rule.op == TREE_MUL;
	long double least = product ? b->low.fixed : b->high.fixed;
	long double most = product ? b->high.fixed : b->low.fixed;
	struct interval value = {scaled(a->low, rule, least, own, false),
				 scaled(a->high, rule, most, own, true), 0};
	if (!is_even(&value.low) || !is_even(&value.high))
		value.depends = DEPENDS_UNEVEN;
	return value;
}

static bool is_amount(enum type type)
{
	return type == TYPE_DURATION || type == TYPE_SIZE;
}

struct interval interval_compute(enum tree_op op, enum type result, const struct interval values[2],
				 const enum type types[2], const struct own_times *own,
				 enum interval_fault *fault)
{
	struct interval a = values[0], b = values[1], value;
	unsigned depends = a.depends | b.depends;
	bool integers = type_table[types[0]].reg == 'I' && type_table[types[1]].reg == 'I';
	struct rule rule = {.op = op, .whole = integers && type_table[result].reg == 'I'};
	rule.rounded = is_amount(result) && !rule.whole;
	*fault = INTERVAL_FINE;
	/* The time first: a product has it on either side. */
	if (op == TREE_MUL && is_amount(types[1])) {
		a = values[1];
		b = values[0];
	}
	bool symbolic =
		!is_plain(&a.low) || !is_plain(&a.high) || !is_plain(&b.low) || !is_plain(&b.high);
	if (symbolic && result == TYPE_DURATION && op != TREE_MOD && is_linear(rule, &a, &b)) {
		value = linear(rule, &a, &b, own);
		value.depends |= depends;
		return value;
	}
	a = interval_plain(a, own);
	b = interval_plain(b, own);
	depends |= a.depends | b.depends;
	bool divides = op == TREE_DIV || op == TREE_MOD;
	if (divides && b.low.fixed == 0 && b.high.fixed == 0) {
		*fault = INTERVAL_ZERO;
		value = interval_all(result);
	} else {
		value = op == TREE_MOD ? remainders(&a, &b) : corners(rule, &a, &b);
	}
	long double least = (long double)INT64_MIN, most = (long double)INT64_MAX;
	if (type_table[result].reg == 'I') {
		if (value.low.fixed > most || value.high.fixed < least)
			*fault = INTERVAL_OVERFLOW;
		value = interval_of(fminl(fmaxl(value.low.fixed, least), most),
				    fminl(fmaxl(value.high.fixed, least), most));
	}
	value.depends = depends;
	return value;
}

struct interval interval_compare(enum tree_op op, struct interval a, struct interval b,
				 const struct own_times *own)
{
	a = interval_plain(a, own);
	b = interval_plain(b, own);
	if (op == TREE_GT || op == TREE_GE) {
		struct interval swap = a;
		a = b;
		b = swap;
	}
	bool never, always;
	if (op == TREE_EQ || op == TREE_NE) {
		never = a.high.fixed < b.low.fixed || b.high.fixed < a.low.fixed;
		always = a.low.fixed == a.high.fixed && b.low.fixed == b.high.fixed &&
			 a.low.fixed == b.low.fixed;
	} else if (op == TREE_LT || op == TREE_GT) {
		always = a.high.fixed < b.low.fixed;
		never = a.low.fixed >= b.high.fixed;
	} else {
		always = a.high.fixed <= b.low.fixed;
		never = a.low.fixed > b.high.fixed;
	}
	if (op == TREE_NE) {
		bool swap = never;
		never = always;
		always = swap;
	}
	struct interval value = interval_of(always, !never);
	value.depends = a.depends | b.depends;
	return value;
}
