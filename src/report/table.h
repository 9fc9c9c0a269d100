/*
 * table: the groups of a scenario in 80 columns of ASCII, which serial consoles and logs of CI
 * show, too.
 */
#ifndef KTSTR_REPORT_TABLE_H
#define KTSTR_REPORT_TABLE_H

#include "run/result.h"

enum { TABLE_COLUMNS_MAX = 80 };

/* A line each, with a bar for the share of a CPU that its workers had: `#` up to the least of them,
 * `+` up to the most. */
void table_put_groups(const struct result *result, struct text *out);
/* A line for each group whose wake latency is at issue, or for each that has any. */
void table_put_histograms(const struct result *result, bool all, struct text *out);

#endif
