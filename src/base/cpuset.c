#include "base/cpuset.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

void cpuset_clear(struct cpuset *set)
{
	memset(set, 0, sizeof(*set));
}

void cpuset_add(struct cpuset *set, int cpu)
{
	assert(cpu >= 0 && cpu < CPUSET_CPUS);
	set->words[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

void cpuset_add_range(struct cpuset *set, int first, int last)
{
	for (int cpu = first; cpu <= last; cpu++)
		cpuset_add(set, cpu);
}

void cpuset_remove(struct cpuset *set, int cpu)
{
	assert(cpu >= 0 && cpu < CPUSET_CPUS);
	set->words[cpu / 64] &= ~(UINT64_C(1) << (cpu % 64));
}

bool cpuset_has(const struct cpuset *set, int cpu)
{
	return cpu >= 0 && cpu < CPUSET_CPUS && (set->words[cpu / 64] >> (cpu % 64) & 1);
}

int cpuset_count(const struct cpuset *set)
{
	int count = 0;
	for (int i = 0; i < CPUSET_WORDS; i++)
		count += __builtin_popcountll(set->words[i]);
	return count;
}

bool cpuset_empty(const struct cpuset *set)
{
	for (int i = 0; i < CPUSET_WORDS; i++) {
		if (set->words[i])
			return false;
	}
	return true;
}

bool cpuset_equal(const struct cpuset *a, const struct cpuset *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool cpuset_contains(const struct cpuset *outer, const struct cpuset *inner)
{
	for (int i = 0; i < CPUSET_WORDS; i++) {
		if (inner->words[i] & ~outer->words[i])
			return false;
	}
	return true;
}

bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b)
{
	for (int i = 0; i < CPUSET_WORDS; i++) {
		if (a->words[i] & b->words[i])
			return true;
	}
	return false;
}

void cpuset_or(struct cpuset *out, const struct cpuset *a, const struct cpuset *b)
{
	for (int i = 0; i < CPUSET_WORDS; i++)
		out->words[i] = a->words[i] | b->words[i];
}

void cpuset_and(struct cpuset *out, const struct cpuset *a, const struct cpuset *b)
{
	for (int i = 0; i < CPUSET_WORDS; i++)
		out->words[i] = a->words[i] & b->words[i];
}

void cpuset_minus(struct cpuset *out, const struct cpuset *a, const struct cpuset *b)
{
	for (int i = 0; i < CPUSET_WORDS; i++)
		out->words[i] = a->words[i] & ~b->words[i];
}

int cpuset_next(const struct cpuset *set, int after)
{
	int cpu = after + 1;
	if (cpu >= CPUSET_CPUS)
		return -1;
	uint64_t word = set->words[cpu / 64] >> (cpu % 64);
	if (word)
		return cpu + __builtin_ctzll(word);
	for (int i = cpu / 64 + 1; i < CPUSET_WORDS; i++) {
		if (set->words[i])
			return i * 64 + __builtin_ctzll(set->words[i]);
	}
	return -1;
}

int cpuset_nth(const struct cpuset *set, int index)
{
	int cpu = -1;
	do {
		cpu = cpuset_next(set, cpu);
	} while (cpu >= 0 && index-- > 0);
	return cpu;
}

void cpuset_slice(struct cpuset *out, const struct cpuset *set, int first, int end)
{
	struct cpuset slice = {0};
	int position = 0;
	cpuset_for_each (cpu, set) {
		if (position >= first && position < end)
			cpuset_add(&slice, cpu);
		position++;
	}
	*out = slice;
}

void cpuset_print(struct text *text, const struct cpuset *set)
{
	const char *separator = "";
	for (int first = cpuset_next(set, -1); first >= 0;) {
		int last = first;
		while (cpuset_has(set, last + 1))
			last++;
		if (last > first)
			text_printf(text, "%s%d-%d", separator, first, last);
		else
			text_printf(text, "%s%d", separator, first);
		separator = ",";
		first = cpuset_next(set, last);
	}
}

static bool parse_number(const char **cursor, int *number)
{
	if (!isdigit((unsigned char)**cursor))
		return false;
	int value = 0;
	for (; isdigit((unsigned char)**cursor); (*cursor)++) {
		value = value * 10 + (**cursor - '0');
		if (value >= CPUSET_CPUS)
			return false;
	}
	*number = value;
	return true;
}

bool cpuset_parse(struct cpuset *set, const char *list)
{
	const char *cursor = list;
	cpuset_clear(set);
	while (isspace((unsigned char)*cursor))
		cursor++;
	while (*cursor) {
		int first, last;
		if (!parse_number(&cursor, &first))
			return false;
		last = first;
		if (*cursor == '-') {
			cursor++;
			if (!parse_number(&cursor, &last) || last < first)
				return false;
		}
		cpuset_add_range(set, first, last);
		if (*cursor == ',') {
			cursor++;
			if (!isdigit((unsigned char)*cursor))
				return false;
			continue;
		}
		while (isspace((unsigned char)*cursor))
			cursor++;
		if (*cursor)
			return false;
	}
	return true;
}
