/*
 * types: the table of types (types.def) as data. TYPE_ERROR is the type of what was refused
 * already: it fits everywhere, so that one mistake is reported once.
 */
#ifndef KTSTR_SEMA_TYPES_H
#define KTSTR_SEMA_TYPES_H

#include <stdbool.h>

enum type {
	TYPE_ERROR,
#define TYPE(NAME, name, phrase, reg, example, doc) TYPE_##NAME,
#include "sema/types.def"
#undef TYPE
	TYPE_COUNT,
	/* Not types of values, but what an argument may ask for. */
	TYPE_FRACTION, /* float or percent */
	TYPE_NUMERIC,  /* int, float, percent, duration or size: all such arguments alike */
	TYPE_SAME,     /* result: the type of the NUMERIC arguments */
};

struct type_info {
	const char *name;
	const char *phrase; /* with its article */
	char reg;
	const char *example;
	const char *doc;
};

extern const struct type_info type_table[TYPE_COUNT];

const char *type_name(enum type type);
/* "an int", "a float": the name with its article. */
const char *type_phrase(enum type type);
/* TYPE_ERROR if there is none of this name. */
enum type type_find(const char *name);
bool type_is_numeric(enum type type);

#endif
