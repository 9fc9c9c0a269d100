/*
 * timing: how long a scenario can take. The walk follows the order of time and calls; it does not
 * repeat loops, but multiplies what one turn takes. On its way it finds what no run can do.
 * timing.c has the statements, timing_scenario.c what is of the whole scenario.
 */
#ifndef KTSTR_SEMA_TIMING_H
#define KTSTR_SEMA_TIMING_H

#include "sema/effect.h"
#include "sema/evaluator.h"

/* What is longer has no bound. */
#define TIMING_NS_MAX 9.2e18L

enum likely { NO, MAYBE, YES };

/* What decides if the next release waits for `settle`. */
struct state {
	bool fresh;           /* cgroups may have been made since the last release */
	enum likely waiting;  /* workers that were not released yet */
	enum likely released; /* the scenario's clock runs */
	bool dead;            /* the scenario has ended */
};

struct proc_memo {
	const struct symbol *proc;
	struct interval arguments[ROUTINE_PARAMS_MAX];
	struct state before, after;
	struct effect effect;
};

struct timer {
	struct evaluator evaluator;
	struct state state;
	struct effect effect;     /* of the lines since the innermost loop, branch or call began */
	long double multiplicity; /* how often this line runs at most */
	long double least_turns;  /* and at least, as far as loops say */
	bool in_cgroup;           /* settings are those of a cgroup, not of the scenario */
	bool repeats;             /* this is the second look at a loop's body */
	bool unreachable_told;
	bool unbounded_told;
	struct form early; /* what passes before the clock runs */
	bool early_settle; /* the first release may wait for settle */
	unsigned depends;  /* of all that the bound was made of */
	int64_t timeout_ns;
	int spawns;                     /* seen so far */
	VECTOR(struct proc_memo) memos; /* the last call of each proc */
};

void timing_walk(struct timer *timer, const struct stmt *first);
/* Time passes, at most so much. */
void timing_elapse(struct timer *timer, struct form time, struct span span);
/* What waits starts, after `settle` if there are new cgroups. */
void timing_release(struct timer *timer);
/* A time that the program computed, at most; one that is below `least` in every run is reported. */
struct form timing_length(struct timer *timer, const struct expr *expr, const char *what,
			  long double least);

/* timing_scenario.c: a setting of the scenario, or of the cgroup block around. */
void timing_setting(struct timer *timer, const struct stmt *stmt);
/* A scheduler that is started (none is where it is only stopped) has its time to attach. */
void timing_scheduler(struct timer *timer, const struct stmt *stmt);

#endif
