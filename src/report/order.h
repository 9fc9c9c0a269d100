/*
 * order: results by scenario and then by round, whatever order they ran in, for formats that tell
 * of a scenario's repeats in one place.
 */
#ifndef KTSTR_REPORT_ORDER_H
#define KTSTR_REPORT_ORDER_H

#include "report/report.h"

/* `report->count` pointers; the caller frees them. */
const struct result **order_results(const struct report *report);
/* How many from `first` on are rounds of the same scenario. */
size_t order_rounds(const struct result *const *ordered, size_t count, size_t first);

#endif
