/*
 * html_parts: what the pages (html.c, html_plan.c) share, and the drawings of the first.
 */
#ifndef KTSTR_REPORT_HTML_PARTS_H
#define KTSTR_REPORT_HTML_PARTS_H

#include "report/report.h"

/* Up to <body>; `more` goes into the head as it is. */
void html_put_head(const char *title, const char *more, struct text *out);

/* Steps, cpusets of cgroups, workers and migrations of CPUs, with the findings where they happened;
 * `number` is the scenario's, from 1. */
void html_put_timeline(const struct result *result, size_t number, struct text *out);
/* Wake latencies, a bar for each power of two. */
void html_put_histogram(const struct group_result *group, struct text *out);

#endif
