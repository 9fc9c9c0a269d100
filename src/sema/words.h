/*
 * words: the table of functions and context values (words.def) as data.
 */
#ifndef KTSTR_SEMA_WORDS_H
#define KTSTR_SEMA_WORDS_H

#include "base/map.h"
#include "sema/types.h"

enum word {
#define WORD(id, name, result, doc, ...) WORD_##id,
#include "sema/words.def"
#undef WORD
	WORD_COUNT
};

enum { WORD_ARGS_MAX = 8 };

struct word_arg {
	const char *name; /* NULL ends the list */
	enum type type;
	bool optional;
	bool again; /* as the one before it: of MANY all but the first */
};

struct word_info {
	const char *name;
	enum type result;
	const char *doc;
	struct word_arg args[WORD_ARGS_MAX + 1];
};

extern const struct word_info word_table[WORD_COUNT];

/* WORD_COUNT if there is none of this name. */
enum word word_find(const char *name);

#endif
