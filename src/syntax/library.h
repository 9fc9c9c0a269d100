/*
 * library: the standard library's modules, which are part of the programs. Their texts stand in
 * stdlib/; stdlib/embed.py makes the table of them when the programs are built.
 */
#ifndef KTSTR_SYNTAX_LIBRARY_H
#define KTSTR_SYNTAX_LIBRARY_H

#include "base/text.h"

struct library_module {
	const char *name; /* "cgroups" */
	const char *file; /* "std/cgroups.kts": what diagnostics call it */
	const char *text;
	size_t length;
};

/* In the order of their names. */
extern const struct library_module library_modules[];
extern const size_t library_module_count;

/* Does a `use` of this mean a module of the library ("std/…"), whether there is one or not? */
bool library_is_meant(const char *use);

/* The module that a `use` means, with or without ".kts"; NULL if there is none. Then *near is the
 * name of the one that was perhaps meant, or NULL. */
const struct library_module *library_find(const char *use, const char **near);

#endif
