#include "report/order.h"

#include <string.h>

static int compare(const void *left, const void *right)
{
	const struct result *a = *(const struct result *const *)left;
	const struct result *b = *(const struct result *const *)right;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	if (a->round != b->round)
		return a->round < b->round ? -1 : 1;
	return a < b ? -1 : a > b;
}

const struct result **order_results(const struct report *report)
{
	const struct result **ordered = memory_zeroed(report->count + 1, sizeof(*ordered));
	for (size_t i = 0; i < report->count; i++)
		ordered[i] = &report->results[i];
	qsort(ordered, report->count, sizeof(*ordered), compare);
	return ordered;
}

size_t order_rounds(const struct result *const *ordered, size_t count, size_t first)
{
	size_t last = first + 1;
	while (last < count && ordered[last]->index == ordered[first]->index &&
	       strcmp(ordered[last]->name, ordered[first]->name) == 0)
		last++;
	return last - first;
}
