/*
 * report: results in every format. Everything is made from struct result; texts that come from
 * programs or from the machine are made harmless on the way (escape.h, JSON escapes). The table of
 * formats is formats.def, and formats.h finds one by its name.
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
	char hostname[65];
	char started[32]; /* "2026-01-31T12:00:00Z" */
};

void environment_read(struct environment *environment, const struct host *host, uint64_t seed);

/* A place in a program, for people. */
struct report_place {
	const char *file;
	uint32_t line;
	uint32_t column;
};

/* Which part of all selected runs this is; count 0: all of it. */
struct report_shard {
	uint32_t index; /* from 1 */
	uint32_t count;
	uint32_t total; /* runs of all parts together */
};

struct report {
	/* Where spans lead to. A report that was read from a file has no sources but a table of
	 * places: a span's start is an index of it. */
	struct source_set *sources;
	const struct report_place *places;
	size_t place_count;
	const struct environment *environment; /* of each machine; results have its number */
	size_t environment_count;
	const struct result *results;
	size_t count;
	size_t planned; /* runs that there will be, for formats that begin with that number */
	struct report_shard shard;
	const char *workspace; /* paths of annotations are relative to it, NULL: as they are */
	bool color;
	bool quiet;   /* only what is not well */
	bool verbose; /* groups also where all is well */
};

/* False where there is none. */
bool report_locate(const struct report *report, struct span span, struct report_place *place);
/* The reason that the status comes from, NULL if it needs none. */
const struct reason *report_decisive(const struct result *result);
/* "load_shift", and which of its repeats. */
void report_put_name(const struct result *result, struct text *out);
/* "file:line:column: check: message" without colors on one line, for formats that take lines. */
void report_put_reason(const struct report *report, const struct reason *reason, struct text *out);
/* "3 passed, 1 failed" */
void report_put_counts(const struct report *report, struct text *out);

/* One scenario's result for people: its line, its reasons with their places, its groups. */
void report_text_scenario(const struct report *report, const struct result *result,
			  struct text *out);
/* The closing line: "3 passed, 1 failed". */
void report_text_summary(const struct report *report, struct text *out);
/* ktstr.report/1 */
void report_json(const struct report *report, struct text *out);

/* Formats that come line by line as scenarios end; `number` counts from 1. */
void report_ktap_begin(const struct report *report, struct text *out);
void report_ktap_scenario(const struct report *report, size_t number, const struct result *result,
			  struct text *out);
void report_ktap_end(const struct report *report, struct text *out);
/* TAP of version 13, or 14: they differ in the first line. */
void report_tap13_begin(const struct report *report, struct text *out);
void report_tap14_begin(const struct report *report, struct text *out);
void report_tap_scenario(const struct report *report, size_t number, const struct result *result,
			 struct text *out);
void report_tap_end(const struct report *report, struct text *out);

/* JUnit XML in the dialect of Maven's surefire that Jenkins, GitLab and others read. Repeats of a
 * scenario are one test case. */
void report_junit(const struct report *report, struct text *out);
/* Annotations of GitHub Actions, the ten that help most of each kind. */
void report_github(const struct report *report, struct text *out);
/* Markdown, for the summary of a GitHub step; at most 1 MiB. */
void report_markdown(const struct report *report, struct text *out);
/* One page that needs nothing else. */
void report_html(const struct report *report, struct text *out);
/* Chrome's trace JSON, which ui.perfetto.dev opens. */
void report_perfetto(const struct report *report, struct text *out);

/* One planned scenario: its timeline. */
void report_plan_text(const struct report *report, const struct result *result, struct text *out);
/* ktstr.plan/1 */
void report_plan_json(const struct report *report, struct text *out);

#endif
