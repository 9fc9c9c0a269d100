#include "host/knobs.h"

#include <string.h>

const struct knob_info knob_table[KNOB_COUNT] = {
#define KNOB(name, kind, controller, v1, v2, least, most, doc)                                     \
	[KNOB_##name] = {#name, KNOB_KIND_##kind, controller, v1, v2, least, most, doc},
#include "host/knobs.def"
#undef KNOB
};

enum knob knob_find(const char *name)
{
	for (enum knob knob = 0; knob < KNOB_COUNT; knob++) {
		if (strcmp(knob_table[knob].name, name) == 0)
			return knob;
	}
	return KNOB_COUNT;
}
