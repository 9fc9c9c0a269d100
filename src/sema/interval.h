/*
 * interval: what a number may be, as far as it is known before a run: the arithmetic of the
 * language on intervals. Times keep the scenario's `duration` and `settle` as unknowns, so that
 * what is found holds for every value that the command line gives them.
 *
 * An end of an interval is a form: fixed + duration * D + settle * S. Numbers that are no times
 * have the fixed part only. Results are sound: no value of a run lies outside.
 */
#ifndef KTSTR_SEMA_INTERVAL_H
#define KTSTR_SEMA_INTERVAL_H

#include "sema/bound.h"
#include "sema/types.h"
#include "syntax/tree.h"

/* 64 bits of mantissa at the least, so that int64_t fits in whole. */
struct form {
	long double fixed;
	long double duration;
	long double settle;
	/* how often it is rounded to whole ns, by which each time it may grow by half a ns when D
	 * is another than the scenario's own */
	long double roundings;
};

/* What a value depends on, besides what it is computed from. */
enum {
	DEPENDS_PARAMS = BOUND_ON_PARAMS,     /* a param, at its declared value */
	DEPENDS_SETTINGS = BOUND_ON_SETTINGS, /* duration, settle, workers: the scenario's own */
	DEPENDS_MACHINE = BOUND_ON_MACHINE,   /* it holds for all that there may be */
	DEPENDS_UNEVEN = BOUND_UNEVEN,        /* not a dependence: see there */
	DEPENDS_ARGUMENTS = 32,               /* an argument of the call that is followed */
};

struct interval {
	struct form low, high;
	unsigned depends;
};

/* The scenario's own D and S. */
struct own_times {
	long double duration_low, duration_high;
	long double settle_low, settle_high;
};

enum interval_fault {
	INTERVAL_FINE,
	INTERVAL_OVERFLOW, /* no value of it fits in 64 bits */
	INTERVAL_ZERO,     /* the divisor is 0 */
};

struct form form_plus(struct form a, struct form b);
struct form form_times(struct form form, long double factor);
/* Both at the most: the larger of each part. */
struct form form_either(struct form a, struct form b);
/* Of a form, the least and the most that it is with the scenario's own times. */
bool form_equal(const struct form *a, const struct form *b);
long double form_least(const struct form *form, const struct own_times *own);
long double form_most(const struct form *form, const struct own_times *own);

struct interval interval_of(long double low, long double high);
/* All that a value of this type may be. */
struct interval interval_all(enum type type);
/* The same with plain numbers for its ends. */
struct interval interval_plain(struct interval value, const struct own_times *own);
struct interval interval_join(struct interval a, struct interval b);
bool interval_equal(const struct interval *a, const struct interval *b);

struct interval interval_negate(struct interval value);
struct interval interval_min(struct interval a, struct interval b, const struct own_times *own);
struct interval interval_max(struct interval a, struct interval b, const struct own_times *own);
struct interval interval_abs(struct interval value, const struct own_times *own);
/* floor, ceil or round, given as the function of libm. */
struct interval interval_whole(struct interval value, double (*function)(double));

/* An arithmetic operator on operands of these types; *fault tells what every run would hit. */
struct interval interval_compute(enum tree_op op, enum type result, const struct interval values[2],
				 const enum type types[2], const struct own_times *own,
				 enum interval_fault *fault);
/* A comparison: 0, 1 or both. */
struct interval interval_compare(enum tree_op op, struct interval a, struct interval b,
				 const struct own_times *own);

#endif
