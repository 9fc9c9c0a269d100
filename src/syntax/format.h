/*
 * format: a program's text in its one canonical form.
 *
 * Works on the scanner's tokens and on the text between them, where comments and line breaks are;
 * it knows no statement's grammar. What is printed is the same tokens in the same order, without
 * the ';' that line breaks replace, so that the program means what it meant.
 */
#ifndef KTSTR_SYNTAX_FORMAT_H
#define KTSTR_SYNTAX_FORMAT_H

#include "base/text.h"
#include "syntax/tree.h"

/* Put the canonical text of a file into the empty `out`; formatting that again gives the same.
 * False for a program with mistakes of form: they are among the diagnostics of `tree` then, and
 * `out` stays empty. The tree is set up as for parse_source(). */
bool format_source(struct tree *tree, const struct source *source, struct text *out);

#endif
