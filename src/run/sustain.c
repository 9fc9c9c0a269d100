#include "run/sustain.h"

void sustain_add(struct sustain *sustain, int64_t from_ns, int64_t to_ns, double value, bool beyond,
		 int64_t length_ns)
{
	if (!sustain->seen || value > sustain->most) {
		sustain->most = value;
		sustain->most_at_ns = to_ns;
	}
	sustain->seen = true;
	struct sustain_stretch *now = &sustain->now;
	if (beyond && !sustain->open)
		*now = (struct sustain_stretch){from_ns, to_ns, value, value};
	sustain->open = beyond;
	if (!beyond)
		return;
	now->to_ns = to_ns;
	now->least = value < now->least ? value : now->least;
	now->most = value > now->most ? value : now->most;
	if (now->to_ns - now->from_ns < length_ns)
		return;
	const struct sustain_stretch *worst = &sustain->worst;
	if (!sustain->violated || now->to_ns - now->from_ns >= worst->to_ns - worst->from_ns)
		sustain->worst = *now;
	sustain->violated = true;
}
