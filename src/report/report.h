/*
 * report: results in words and in JSON. Everything is made from struct result; texts that come
 * from programs or from the machine are made harmless on the way (control bytes, JSON escapes).
 */
#ifndef KTSTR_REPORT_REPORT_H
#define KTSTR_REPORT_REPORT_H

#include "host/host.h"
#include "run/result.h"
#include "source/source.h"

/* Where a run took place. */
struct environment {
	char kernel[160];
	char cpu_model[128];
	char cmdline[1024]; /* of the kernel */
	struct host_info host;
	char topology[64];
	int cpu_count, core_count, llc_count, node_count;
	uint64_t seed;
};

void environment_read(struct environment *environment, const struct host *host, uint64_t seed);

struct report {
	struct source_set *sources;
	const struct environment *environment;
	const struct result *results;
	size_t count;
	bool color;
	bool quiet; /* only what is not well */
};

/* One scenario's result for people: its line, its reasons with their places, its groups. */
void report_text_scenario(const struct report *report, const struct result *result,
			  struct text *out);
/* The closing line: "3 passed, 1 failed". */
void report_text_summary(const struct report *report, struct text *out);
/* ktstr.report/1 */
void report_json(const struct report *report, struct text *out);

/* One planned scenario: its timeline. */
void report_plan_text(const struct report *report, const struct result *result, struct text *out);
/* ktstr.plan/1 */
void report_plan_json(const struct report *report, struct text *out);

#endif
