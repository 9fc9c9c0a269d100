/*
 * parts: what the JSON of reports and of plans has in common.
 */
#ifndef KTSTR_REPORT_PARTS_H
#define KTSTR_REPORT_PARTS_H

#include "base/json.h"
#include "report/report.h"

/* The members "file", "line" and, if told, "column". */
void parts_put_place(struct json *json, const struct report *report, struct span span, bool column);
/* A figure: nothing where there is none, a whole number where its unit is one. */
void parts_put_figure(struct json *json, const char *key, double value, bool whole);
void parts_put_reason(struct json *json, const struct report *report, const struct reason *reason);
void parts_put_event(struct json *json, const struct report *report, const struct event *event);
/* The member "swaps": what --work-type met; there is nothing to say without it. */
void parts_put_swaps(struct json *json, const struct report *report, const struct result *result);

#endif
