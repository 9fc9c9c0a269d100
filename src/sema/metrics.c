#include "sema/metrics.h"

#include <string.h>

enum { OFF, ON };

const struct metric_info metric_table[METRIC_COUNT] = {
#define METRIC(name, unit, initial, limit, window, doc)                                            \
	[METRIC_##name] = {#name, TYPE_##unit, initial, limit, window, doc},
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
