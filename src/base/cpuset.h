/*
 * cpuset: a set of CPU (or NUMA node) numbers, and the kernel's list form of it: "0-3,5".
 * A plain value of fixed size; no function allocates.
 */
#ifndef KTSTR_BASE_CPUSET_H
#define KTSTR_BASE_CPUSET_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { CPUSET_CPUS = 4096, CPUSET_WORDS = CPUSET_CPUS / 64 };

struct cpuset {
	uint64_t words[CPUSET_WORDS];
};

void cpuset_clear(struct cpuset *set);
void cpuset_add(struct cpuset *set, int cpu);
void cpuset_add_range(struct cpuset *set, int first, int last); /* last included */
void cpuset_remove(struct cpuset *set, int cpu);
bool cpuset_has(const struct cpuset *set, int cpu);
int cpuset_count(const struct cpuset *set);
bool cpuset_empty(const struct cpuset *set);
bool cpuset_equal(const struct cpuset *a, const struct cpuset *b);
/* Is every member of `inner` in `outer`? */
bool cpuset_contains(const struct cpuset *outer, const struct cpuset *inner);
bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b);

/* out may be a or b. */
void cpuset_or(struct cpuset *out, const struct cpuset *a, const struct cpuset *b);
void cpuset_and(struct cpuset *out, const struct cpuset *a, const struct cpuset *b);
void cpuset_minus(struct cpuset *out, const struct cpuset *a, const struct cpuset *b);

/* The lowest member above `after`, -1 if there is none; start with -1. */
int cpuset_next(const struct cpuset *set, int after);
/* The member at position `index` in ascending order, -1 if there are fewer. */
int cpuset_nth(const struct cpuset *set, int index);
/* Members at positions [first, end) in ascending order. */
void cpuset_slice(struct cpuset *out, const struct cpuset *set, int first, int end);

#define cpuset_for_each(cpu, set)                                                                  \
	for (int cpu = cpuset_next((set), -1); cpu >= 0; cpu = cpuset_next((set), cpu))

/* "0-3,5"; an empty set adds nothing. */
void cpuset_print(struct text *text, const struct cpuset *set);

/* Parse the list form; blanks around it and an end of line are allowed, an empty list is an empty
 * set. False on anything else: garbage, a reversed range, a CPU of CPUSET_CPUS or more. */
bool cpuset_parse(struct cpuset *set, const char *list);

#endif
