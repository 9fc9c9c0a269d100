#include "sema/types.h"

#include <string.h>

const struct type_info type_table[TYPE_COUNT] = {
	[TYPE_ERROR] = {"?", "?", 'I', "?", ""},
#define TYPE(NAME, name, phrase, reg, example, doc)                                                \
	[TYPE_##NAME] = {name, phrase, #reg[0], example, doc},
#include "sema/types.def"
#undef TYPE
};

const char *type_name(enum type type)
{
	if (type == TYPE_FRACTION)
		return "percent or float";
	if (type == TYPE_NUMERIC)
		return "number";
	return type < TYPE_COUNT ? type_table[type].name : "?";
}

const char *type_phrase(enum type type)
{
	if (type == TYPE_FRACTION)
		return "a percent or float";
	if (type == TYPE_NUMERIC)
		return "a number";
	return type < TYPE_COUNT ? type_table[type].phrase : "?";
}

enum type type_find(const char *name)
{
	for (enum type type = TYPE_ERROR + 1; type < TYPE_COUNT; type++) {
		if (strcmp(type_table[type].name, name) == 0)
			return type;
	}
	return TYPE_ERROR;
}

bool type_is_numeric(enum type type)
{
	return type == TYPE_INT || type == TYPE_FLOAT || type == TYPE_PERCENT ||
	       type == TYPE_DURATION || type == TYPE_SIZE;
}
