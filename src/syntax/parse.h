/*
 * parse: from text to tree. Reports every mistake of form it finds and goes on behind it; what
 * could not be read is missing from the tree or stands in it as an EXPR_ERROR.
 */
#ifndef KTSTR_SYNTAX_PARSE_H
#define KTSTR_SYNTAX_PARSE_H

#include "syntax/tree.h"

/* Parse one file of the set into tree->first. The tree's arena, names and diags must be set. */
void parse_source(struct tree *tree, const struct source *source);

/* As above for the first file of the set, and for every file that it uses, and those that these
 * use: they are read into the set, each once, and their params, lets, fns and procs come before
 * those of the file that uses them. Their scenarios are left out. */
void parse_program(struct tree *tree, struct source_set *sources);

#endif
