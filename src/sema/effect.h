/*
 * effect: how long lines take. It has two parts, because of what waits for the end of the duration:
 * `time` is added to whatever came before, and `rest` to the moment at which the duration is over.
 * The later of both is when they are done.
 */
#ifndef KTSTR_SEMA_EFFECT_H
#define KTSTR_SEMA_EFFECT_H

#include "sema/interval.h"

struct effect {
	struct form time;
	struct form rest;
	bool has_rest;
	long double turns; /* of loops */
};

/* One after the other; one or the other; so many times, 0 included. */
struct effect effect_then(struct effect first, struct effect second);
struct effect effect_either(struct effect a, struct effect b);
struct effect effect_times(struct effect effect, long double n);

/* How long turns take that begin every `period` for `length`, when one takes at most `turn`. */
struct form effect_every(struct form length, const struct interval *period, struct form turn);

#endif
