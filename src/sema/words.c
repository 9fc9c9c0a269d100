#include "sema/words.h"

#include <string.h>

#define ARG(name, type)      {#name, TYPE_##type, false, false},
#define OPTIONAL(name, type) {#name, TYPE_##type, true, false},
#define AGAIN(name, type)    {#name, TYPE_##type, true, true},
#define MANY(name, type)                                                                           \
	ARG(name, type)                                                                            \
	AGAIN(name, type)                                                                          \
	AGAIN(name, type)                                                                          \
	AGAIN(name, type)                                                                          \
	AGAIN(name, type) AGAIN(name, type) AGAIN(name, type) AGAIN(name, type)
const struct word_info word_table[WORD_COUNT] = {
#define WORD(id, name, result, doc, ...) [WORD_##id] = {name, TYPE_##result, doc, {__VA_ARGS__}},
#include "sema/words.def"
#undef WORD
};
#undef ARG
#undef OPTIONAL
#undef AGAIN
#undef MANY

enum word word_find(const char *name)
{
	for (enum word word = 0; word < WORD_COUNT; word++) {
		if (strcmp(word_table[word].name, name) == 0)
			return word;
	}
	return WORD_COUNT;
}
