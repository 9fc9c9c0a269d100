/*
 * metrics: the table of what can be judged (metrics.def) as data.
 */
#ifndef KTSTR_SEMA_METRICS_H
#define KTSTR_SEMA_METRICS_H

#include "sema/types.h"

enum metric {
#define METRIC(name, unit, initial, limit, window, doc) METRIC_##name,
#include "sema/metrics.def"
#undef METRIC
	METRIC_COUNT
};

struct metric_info {
	const char *name;
	enum type unit;
	bool initially_on;
	double initial_limit;
	double window_ns;
	const char *doc;
};

extern const struct metric_info metric_table[METRIC_COUNT];

/* METRIC_COUNT if there is none of this name. */
enum metric metric_find(const char *name);

#endif
