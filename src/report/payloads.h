/*
 * payloads: what a report tells of the payloads that ran.
 */
#ifndef KTSTR_REPORT_PAYLOADS_H
#define KTSTR_REPORT_PAYLOADS_H

#include "base/json.h"
#include "run/result.h"

/* One line each. */
void payloads_put_text(const struct result *result, struct text *out);
/* The member "payloads" of a scenario. */
void payloads_put_json(struct json *json, const struct result *result);

#endif
