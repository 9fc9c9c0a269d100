/*
 * evaluator: what expressions may come out as, in the order of a scenario's time. It walks with
 * bound.c, which tells it what is known at each line; what every run would refuse is reported.
 */
#ifndef KTSTR_SEMA_EVALUATOR_H
#define KTSTR_SEMA_EVALUATOR_H

#include "sema/checker.h"
#include "sema/interval.h"

/* What is known of a fn's last call. */
struct fn_memo {
	struct interval arguments[ROUTINE_PARAMS_MAX];
	struct interval result;
};

/* Not in the arena: numbers of this size want more alignment than it gives. */
struct evaluator_store {
	VECTOR(struct interval) values;
	VECTOR(struct fn_memo) memos;
};

struct evaluator {
	struct checker *check;
	struct evaluator_store *store;
	const struct sema_machines *machines;
	bool narrow;    /* the machines are fewer than all there may be */
	bool hooks;     /* a hook is called, or may be */
	bool dead;      /* this line is never reached */
	int branches;   /* ifs, and loops that may have no turn, around this line */
	uint32_t stamp; /* number of the scenario: what is known of global names holds for one */
	/* what the words stand for at this line */
	struct own_times own;
	struct interval duration, settle, workers;
	/* and at the scenario's start, where global names are evaluated */
	struct interval first_duration, first_settle, first_workers;
	struct span call; /* the call that is being followed, SPAN_NONE outside */
	int fn_calls;     /* followed so far, in all of the file */
	int depth;        /* of the expression being evaluated, through the fns it calls */
};

/* What the value is at this line; of no meaning for what is no number and no bool. */
struct interval evaluate(struct evaluator *evaluator, const struct expr *expr);
/* The indices on a path of cgroups. */
void evaluate_ref(struct evaluator *evaluator, const struct ref *ref);
/* A condition: whether it can be true, and whether it can be false. */
struct interval evaluate_condition(struct evaluator *evaluator, const struct expr *expr);
/* Note what a name of the program stands for, until it is noted again. */
void evaluate_bind(struct evaluator *evaluator, struct symbol *symbol, struct interval value);
/* Evaluate the arguments of a call, then bind the parameters to them. */
void evaluate_arguments(struct evaluator *evaluator, const struct expr *call,
			struct interval arguments[ROUTINE_PARAMS_MAX]);

/* Report what no run can do; not where a param or a setting, given another value, would keep it
 * from happening. `depends` is that of the value. True if it was reported. */
bool evaluate_refuse(struct evaluator *evaluator, unsigned depends, enum diag_code code,
		     struct span span, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Report a value that is never from `least` to `most`: "WHAT is RANGE". */
void evaluate_need(struct evaluator *evaluator, const struct expr *expr, struct interval value,
		   long double least, long double most, const char *what, const char *range);

/* evaluate_ops.c: all that stands in one op. */
void evaluate_knob(struct evaluator *evaluator, enum knob knob, const struct expr *value);
void evaluate_spawn(struct evaluator *evaluator, const struct stmt *stmt);
void evaluate_move(struct evaluator *evaluator, const struct stmt *stmt);

#endif
