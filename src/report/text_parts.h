/*
 * text_parts: what the text of runs and of plans has in common (text.c).
 */
#ifndef KTSTR_REPORT_TEXT_PARTS_H
#define KTSTR_REPORT_TEXT_PARTS_H

#include "report/report.h"

/* Status and name, without a line's end. */
void text_put_head(const struct report *report, const struct result *result, struct text *out);
/* Each reason in the form of a diagnostic. */
void text_put_reasons(const struct report *report, const struct result *result, struct text *out);
/* What --work-type met. */
void text_put_swaps(const struct result *result, struct text *out);

#endif
