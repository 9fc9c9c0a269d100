/*
 * scenario: a scenario that a library registered, as a program of the language. So flags, settings,
 * planning and judging are those of every other scenario.
 */
#ifndef KTSTR_API_SCENARIO_H
#define KTSTR_API_SCENARIO_H

#include "api/registry.h"
#include "base/text.h"

void scenario_put_text(const struct ktstr_entry *entry, struct text *text);

#endif
