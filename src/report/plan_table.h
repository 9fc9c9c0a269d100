/*
 * plan_table: what many scenarios come to on many machines, planned, and the page that shows it.
 */
#ifndef KTSTR_REPORT_PLAN_TABLE_H
#define KTSTR_REPORT_PLAN_TABLE_H

#include "base/text.h"
#include "run/result.h"

/* A scenario on one machine; the strings belong to whoever filled it. */
struct plan_cell {
	const char *scenario;
	const char *category;
	const char *topology; /* "2n4l4c2t" */
	enum status status;   /* PASS: it runs */
	const char *reason;   /* why it does not */
};

struct plan_table {
	const char *const *machines; /* as they were asked for: a preset's name, say */
	size_t machine_count;
	const struct plan_cell *cells; /* all scenarios on the first machine, on the second, … */
	size_t count;                  /* of all cells; each machine has as many */
};

/* One page without network or script, light or dark as the reader has it. */
void report_plan_html(const struct plan_table *table, struct text *out);

#endif
