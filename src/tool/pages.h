/*
 * pages: the reference pages of docs/reference, as Markdown, printed from the tables.
 */
#ifndef KTSTR_TOOL_PAGES_H
#define KTSTR_TOOL_PAGES_H

#include "base/text.h"

/* The names of the pages, NULL at the end. */
extern const char *const pages[];
/* False if there is no page of this name. */
bool pages_print(struct text *out, const char *page);

#endif
