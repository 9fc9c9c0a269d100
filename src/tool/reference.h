/*
 * reference: the tables of the language as text. The pages of docs/ are printed from here.
 */
#ifndef KTSTR_TOOL_REFERENCE_H
#define KTSTR_TOOL_REFERENCE_H

#include "base/text.h"

void reference_ops(struct text *out);
/* All words with one line each, or one word in full; false if there is none of this name. */
bool reference_words(struct text *out, const char *name);
/* A diagnostic by its code, "KTS0123" or "123". */
bool reference_explain(struct text *out, const char *code);

#endif
