/*
 * diff: what differs between two texts, as patch(1) reads it. Finds neighbouring changes, not the
 * shortest way there: it is made for a text and its formatted form.
 */
#ifndef KTSTR_TOOL_DIFF_H
#define KTSTR_TOOL_DIFF_H

#include "base/text.h"

/* Add a unified diff with three lines of context; nothing if both are equal. */
void diff_put(struct text *out, const char *name, const char *before, size_t before_length,
	      const char *after, size_t after_length);

#endif
