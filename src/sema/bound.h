/*
 * bound: the longest that a scenario can take, and so the proof that it ends. It is found before
 * anything runs, is kept with the compiled program, and can be told for other values of `duration`
 * and `settle` than the scenario's own.
 */
#ifndef KTSTR_SEMA_BOUND_H
#define KTSTR_SEMA_BOUND_H

#include <stdbool.h>
#include <stdint.h>

/* fixed + duration * D + settle * S, and half a ns for each rounding when D or S is not the
 * scenario's own. */
struct bound_form {
	double fixed_ns;
	double duration;
	double settle;
	double roundings;
};

/* All of it holds for every run on the machines that it was computed for; see `depends`. */
struct bound {
	/* It takes at most the larger of these: what its lines take, `hold rest` left out; and what
	 * comes until the duration is over, and then. */
	struct bound_form lines;
	struct bound_form rest; /* 0 where nothing waits for the end of the duration */
	double turns;           /* of all loops together, at most */
	int64_t duration_ns;    /* the scenario's own D and S, at most */
	int64_t settle_ns;
	int64_t timeout_ns; /* its own timeout, 0: none */
	unsigned depends;   /* BOUND_ON_… */
};

/* What else than D and S it depends on. */
enum {
	BOUND_ON_PARAMS = 1,   /* it holds with the declared values of the params */
	BOUND_ON_SETTINGS = 2, /* it holds with the scenario's own duration, settle and workers */
	BOUND_ON_MACHINE = 4,  /* it is that of the largest machine */
	/* rounding counts even where D and S are multiples of BOUND_EVEN_NS */
	BOUND_UNEVEN = 8,
	BOUND_ON_HOOKS = 16, /* what registered C functions take comes on top of it */
	BOUND_ON = 31,
};

/* Whole hundredths of a percent of such a time are whole ns. */
enum { BOUND_EVEN_NS = 10000 };

/* With these times, negative for the scenario's own. */
int64_t bound_evaluate_ns(const struct bound *bound, int64_t duration_ns, int64_t settle_ns);
/* Is it one that bound_evaluate_ns() can take? What comes out of a file may be anything. */
bool bound_is_sound(const struct bound *bound);

#endif
