#include "sema/bound.h"

#include <math.h>

static const long double NS_MAX = 9.2e18L;

static long double evaluate_form(const struct bound_form *form, int64_t duration_ns,
				 int64_t settle_ns)
{
	return (long double)form->fixed_ns +
	       (long double)form->duration * (long double)duration_ns +
	       (long double)form->settle * (long double)settle_ns;
}

int64_t bound_evaluate_ns(const struct bound *bound, int64_t duration_ns, int64_t settle_ns)
{
	bool own = duration_ns < 0 && settle_ns < 0;
	int64_t d = duration_ns < 0 ? bound->duration_ns : duration_ns;
	int64_t s = settle_ns < 0 ? bound->settle_ns : settle_ns;
	long double lines = evaluate_form(&bound->lines, d, s);
	long double rest = evaluate_form(&bound->rest, d, s);
	bool even = d % BOUND_EVEN_NS == 0 && s % BOUND_EVEN_NS == 0;
	if (!own && (!even || (bound->depends & BOUND_UNEVEN))) {
		lines += ceill((long double)bound->lines.roundings / 2);
		rest += ceill((long double)bound->rest.roundings / 2);
	}
	long double ns = roundl(fmaxl(lines, rest));
	/* Doubles stand for whole ns up to here; beyond, allow for what they round. */
	if (ns > 0x1p50L)
		ns += ns * 0x1p-48L;
	return ns < NS_MAX ? (int64_t)ns : INT64_MAX;
}

static bool is_form_sound(const struct bound_form *form)
{
	const double parts[] = {form->fixed_ns, form->duration, form->settle, form->roundings};
	for (int i = 0; i < 4; i++) {
		if (!(parts[i] >= 0 && parts[i] < 1e300))
			return false;
	}
	return true;
}

bool bound_is_sound(const struct bound *bound)
{
	return is_form_sound(&bound->lines) && is_form_sound(&bound->rest) && bound->turns >= 0 &&
	       bound->turns < 1e300 && bound->duration_ns >= 0 && bound->settle_ns >= 0 &&
	       bound->timeout_ns >= 0 && !(bound->depends & ~(unsigned)BOUND_ON);
}
