/*
 * bounds: what `ktstrc check` says of sound programs: the longest that each scenario can take.
 */
#ifndef KTSTR_TOOL_BOUNDS_H
#define KTSTR_TOOL_BOUNDS_H

#include "sema/bound.h"
#include "tool/compile.h"

/* The longest with the program's own settings. */
int64_t bounds_longest_ns(const struct bound *bound);
/* "at most 2.1s", and whether hooks come on top of it. */
void bounds_put_longest(const struct bound *bound, struct text *out);

/* "FILE: scenario NAME takes at most 2.1s", one line each. */
void bounds_put_text(struct compilation *compilation, struct text *out);
/* One JSON object a line: scenario, file, line, bound_ns, depends_on. */
void bounds_put_json(struct compilation *compilation, struct text *out);

#endif
