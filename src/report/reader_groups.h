/*
 * reader_groups: the part of a report that tells of groups, workers and payloads.
 */
#ifndef KTSTR_REPORT_READER_GROUPS_H
#define KTSTR_REPORT_READER_GROUPS_H

#include "run/result.h"

#include <jansson.h>

bool reader_add_group(struct result *result, const json_t *object, struct error *error);
void reader_add_payload(struct result *result, const json_t *object);

#endif
