/*
 * flags: the table of built-in flags (flags.def) as data. A set of flags is a mask: bit i is flag i
 * of the program, the built-in ones first.
 */
#ifndef KTSTR_SEMA_FLAGS_H
#define KTSTR_SEMA_FLAGS_H

enum flag {
#define FLAG(name, needs, doc) FLAG_##name,
#include "sema/flags.def"
#undef FLAG
	FLAG_COUNT
};

/* Built-in and declared ones together. */
enum { FLAGS_MAX = 64 };

struct flag_info {
	const char *name;
	const char *needs; /* "": none */
	const char *doc;
};

extern const struct flag_info flag_table[FLAG_COUNT];

#endif
