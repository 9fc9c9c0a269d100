#include "sema/effect.h"

#include <math.h>

struct effect effect_then(struct effect first, struct effect second)
{
	struct effect both = {.time = form_plus(first.time, second.time),
			      .rest = second.rest,
			      .has_rest = first.has_rest || second.has_rest,
			      .turns = first.turns + second.turns};
	if (first.has_rest) {
		both.rest = form_plus(first.rest, second.time);
		if (second.has_rest)
			both.rest = form_either(both.rest, second.rest);
	}
	return both;
}

struct effect effect_either(struct effect a, struct effect b)
{
	return (struct effect){form_either(a.time, b.time), form_either(a.rest, b.rest),
			       a.has_rest || b.has_rest, fmaxl(a.turns, b.turns)};
}

struct effect effect_times(struct effect effect, long double n)
{
	struct effect all = {.time = form_times(effect.time, n),
			     .rest = effect.rest,
			     .has_rest = effect.has_rest && n > 0,
			     .turns = effect.turns * n};
	if (effect.has_rest && n > 1)
		all.rest = form_plus(effect.rest, form_times(effect.time, n - 1));
	return all;
}

/* Turns begin at fixed times before the end; the last may end that much later. */
struct form effect_every(struct form length, const struct interval *period, struct form turn)
{
	long double each = period->low.fixed;
	bool known = length.duration == 0 && length.settle == 0 && each >= 1 &&
		     form_equal(&period->low, &period->high) && period->low.duration == 0 &&
		     period->low.settle == 0;
	if (!known)
		return form_plus(length, turn);
	long double last = (ceill(length.fixed / each) - 1) * each;
	return form_either(length, form_plus(turn, (struct form){.fixed = fmaxl(last, 0)}));
}
