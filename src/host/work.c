#include "host/work.h"

#include <inttypes.h>
#include <string.h>

#define WORK_PARAM(name, kind, initial, least, most, doc)                                          \
	{#name, WORK_PARAM_##kind, initial, least, most, doc},
const struct work_info work_table[WORK_COUNT + 1] = {
#define WORK(name, members, member_param, doc, ...)                                                \
	[WORK_##name] = {#name, members, member_param, doc, {__VA_ARGS__}},
#include "host/work.def"
#undef WORK
	[WORK_COUNT] = {"extern", 1, "", "a registered C function", {{0}}},
};
#undef WORK_PARAM

const struct phase_info phase_table[PHASE_COUNT] = {
#define PHASE(name, doc) [PHASE_##name] = {#name, doc},
#include "host/phases.def"
#undef PHASE
};

enum work_kind work_find(const char *name)
{
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++) {
		if (strcmp(work_table[kind].name, name) == 0)
			return kind;
	}
	return WORK_COUNT;
}

enum phase_kind phase_find(const char *name)
{
	for (enum phase_kind kind = 0; kind < PHASE_COUNT; kind++) {
		if (strcmp(phase_table[kind].name, name) == 0)
			return kind;
	}
	return PHASE_COUNT;
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

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

int work_compare(const struct work *a, const struct work *b)
{
	int order = compare(a->kind, b->kind);
	if (!order)
		order = strcmp(work_name(a), work_name(b));
	for (int i = 0; i < WORK_PARAMS_MAX && !order; i++)
		order = compare(a->params[i], b->params[i]);
	if (!order)
		order = compare(a->phase_count, b->phase_count);
	for (int i = 0; i < a->phase_count && !order; i++) {
		order = compare(a->phases[i].kind, b->phases[i].kind);
		if (!order)
			order = compare(a->phases[i].length_ns, b->phases[i].length_ns);
	}
	return order;
}

int work_member_param(enum work_kind kind)
{
	const struct work_info *info = &work_table[kind];
	for (int i = 0; *info->member_param && info->params[i].name; i++) {
		if (strcmp(info->params[i].name, info->member_param) == 0)
			return i;
	}
	return -1;
}

int64_t work_members(const struct work *work)
{
	int param = work_member_param(work->kind);
	int64_t members = work_table[work->kind].members;
	if (param >= 0 && __builtin_add_overflow(members, work->params[param], &members))
		members = INT64_MAX;
	return members > 1 ? members : 1;
}

bool work_is_messenger(const struct work *work, int64_t member)
{
	bool fans_out = work->kind == WORK_futex_fan_out || work->kind == WORK_fan_out_compute;
	return fans_out && member == 0;
}

static void put_phases(struct text *text, const struct work *work)
{
	for (int i = 0; i < work->phase_count; i++) {
		text_printf(text, "%s%s(", i ? ", " : "", phase_table[work->phases[i].kind].name);
		text_put_duration(text, work->phases[i].length_ns);
		text_putc(text, ')');
	}
}

void work_put(struct text *text, const struct work *work)
{
	const struct work_info *info = &work_table[work->kind];
	bool bare = !info->params[0].name && work->kind != WORK_sequence;
	text_printf(text, "%s%s", work_name(work), bare ? "" : "(");
	for (int i = 0; info->params[i].name; i++) {
		text_puts(text, i ? ", " : "");
		work_put_param(text, info->params[i].kind, work->params[i]);
	}
	put_phases(text, work);
	text_puts(text, bare ? "" : ")");
}

void work_put_members(struct text *text, enum work_kind kind)
{
	const struct work_info *info = &work_table[kind];
	if (info->members || !*info->member_param)
		text_printf(text, "%d", info->members);
	if (*info->member_param)
		text_printf(text, "%s%s", info->members ? " + " : "", info->member_param);
}

const char *mempolicy_fault(enum mempolicy_kind kind, unsigned flags)
{
	if ((flags & MEMPOLICY_STATIC) && (flags & MEMPOLICY_RELATIVE))
		return "`static` and `relative` exclude each other";
	if (kind == MEMPOLICY_DEFAULT && flags)
		return "flags say how a `mempolicy` is meant, and there is none";
	if (kind == MEMPOLICY_LOCAL && (flags & (MEMPOLICY_STATIC | MEMPOLICY_RELATIVE)))
		return "`local` names no nodes that could be static or relative";
	if ((flags & MEMPOLICY_NUMA_BALANCING) && kind != MEMPOLICY_BIND &&
	    kind != MEMPOLICY_PREFERRED_MANY)
		return "`numa_balancing` goes with bind() and preferred_many() only";
	return NULL;
}
