#include "sema/metrics.h"

#include <string.h>

enum { OFF, ON };
enum { FIRM, TIMING, LATENCY };

const struct metric_info metric_table[METRIC_COUNT] = {
#define METRIC(name, unit, direction, initial, limit, window, noise, source, doc)                  \
	[METRIC_##name] = {#name,  TYPE_##unit,   METRIC_##direction, initial,         limit,      \
			   window, noise != FIRM, noise == LATENCY,   METRIC_##source, doc},
#include "sema/metrics.def"
#undef METRIC
};

enum metric metric_find(const char *name)
{
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		if (strcmp(metric_table[metric].name, name) == 0)
			return metric;
	}
	return METRIC_COUNT;
}

const char *metric_example(enum metric metric)
{
	enum type unit = metric_table[metric].unit;
	return type_table[unit == TYPE_FRACTION ? TYPE_FLOAT : unit].example;
}

const char *metric_operator(enum metric metric)
{
	return metric_table[metric].direction == METRIC_MOST ? "<=" : ">=";
}
