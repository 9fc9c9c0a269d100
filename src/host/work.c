#include "host/work.h"

#include <inttypes.h>
#include <string.h>

#define WORK_PARAM(name, kind, initial, least, most, doc)                                          \
	{#name, WORK_PARAM_##kind, initial, least, most, doc},
const struct work_info work_table[WORK_COUNT + 1] = {
#define WORK(name, group, doc, ...) [WORK_##name] = {#name, group, doc, {__VA_ARGS__}},
#include "host/work.def"
#undef WORK
	[WORK_COUNT] = {"extern", 1, "a registered C function", {{0}}},
};
#undef WORK_PARAM

enum work_kind work_find(const char *name)
{
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++) {
		if (strcmp(work_table[kind].name, name) == 0)
			return kind;
	}
	return WORK_COUNT;
}

struct work work_default(enum work_kind kind)
{
	struct work work = {.kind = kind};
	for (int i = 0; i < WORK_PARAMS_MAX && work_table[kind].params[i].name; i++)
		work.params[i] = work_table[kind].params[i].initial;
	return work;
}

const char *work_name(const struct work *work)
{
	return work->foreign ? work->foreign : work_table[work->kind].name;
}

void work_put_param(struct text *text, enum work_param_kind kind, int64_t value)
{
	if (kind == WORK_PARAM_DURATION)
		text_put_duration(text, value);
	else if (kind == WORK_PARAM_SIZE)
		text_put_size(text, value);
	else
		text_printf(text, "%" PRId64, value);
}
