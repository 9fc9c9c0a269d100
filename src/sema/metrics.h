/*
 * metrics: the table of what can be judged (metrics.def) as data.
 */
#ifndef KTSTR_SEMA_METRICS_H
#define KTSTR_SEMA_METRICS_H

#include "sema/types.h"

enum metric {
#define METRIC(name, ...) METRIC_##name,
#include "sema/metrics.def"
#undef METRIC
	METRIC_COUNT
};

enum metric_direction { METRIC_MOST, METRIC_LEAST };

enum metric_source { METRIC_WORKERS, METRIC_SAMPLES, METRIC_CGROUP, METRIC_RUN };

struct metric_info {
	const char *name;
	enum type unit; /* BOOL: it takes no limit; FRACTION: a float or a percent */
	enum metric_direction direction;
	bool initially_on;
	double initial_limit;
	double window_ns;
	bool timing;  /* a failure says nothing on a machine that is too busy */
	bool latency; /* little that the host does meanwhile shows in it */
	enum metric_source source;
	const char *doc;
};

extern const struct metric_info metric_table[METRIC_COUNT];

/* METRIC_COUNT if there is none of this name. */
enum metric metric_find(const char *name);
/* An example of its limit, as the language writes it. */
const char *metric_example(enum metric metric);
/* "<=" or ">=". */
const char *metric_operator(enum metric metric);

#endif
