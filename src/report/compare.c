#include "report/compare.h"

#include "base/map.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

struct gate {
	bool there;
	double absolute;
	double relative;
};

static const struct gate gates[METRIC_COUNT] = {
#define GATE(metric, absolute, relative) [METRIC_##metric] = {true, absolute, relative},
#include "report/gates.def"
#undef GATE
};

const char *compare_verdict_name(enum compare_verdict verdict)
{
	static const char *const names[COMPARE_VERDICTS] = {[COMPARE_SAME] = "same",
							    [COMPARE_FEW] = "too few samples",
							    [COMPARE_IMPROVED] = "improved",
							    [COMPARE_REGRESSED] = "regressed"};
	return names[verdict];
}

bool compare_gate(enum metric metric, double *absolute, double *relative)
{
	*absolute = gates[metric].absolute;
	*relative = gates[metric].relative;
	return gates[metric].there;
}

/* Finds rows by what they are of. Names that were interned first have the least numbers, so row n
 * has the name n + 1. */
struct index {
	struct comparison *comparison;
	struct map rows;
	struct map groups;     /* of each run */
	VECTOR(unsigned) seen; /* of each entry of `groups` */
	struct text key;
};

static struct compare_row *row_of(struct index *index, const struct result *result,
				  const struct group_result *group, unsigned occurrence,
				  enum metric metric)
{
	struct comparison *comparison = index->comparison;
	text_clear(&index->key);
	text_printf(&index->key, "%s\n%s\n%s\n%u\n%d", result->name, group->cgroup, group->work,
		    occurrence, (int)metric);
	name_id id = map_intern(&index->rows, index->key.data, index->key.length);
	if (id > comparison->rows.length) {
		struct arena *arena = &comparison->arena;
		VECTOR_PUSH(
			&comparison->rows,
			(struct compare_row){
				.scenario = arena_copy(arena, result->name, strlen(result->name)),
				.cgroup = arena_copy(arena, group->cgroup, strlen(group->cgroup)),
				.work = arena_copy(arena, group->work, strlen(group->work)),
				.occurrence = occurrence,
				.metric = metric});
	}
	return &comparison->rows.data[id - 1];
}

/* How many groups of the same name and work the run had before: a removed cgroup's name may be used
 * again. */
static unsigned count_occurrence(struct index *index, const struct result *result,
				 const struct group_result *group)
{
	text_clear(&index->key);
	text_printf(&index->key, "%p\n%s\n%s", (const void *)result, group->cgroup, group->work);
	name_id id = map_intern(&index->groups, index->key.data, index->key.length);
	while (index->seen.length <= id)
		VECTOR_PUSH(&index->seen, 0);
	return index->seen.data[id]++;
}

static void add_result(struct index *index, const struct result *result, int side)
{
	for (size_t i = 0; i < result->groups.length; i++) {
		const struct group_result *group = &result->groups.data[i];
		unsigned occurrence = count_occurrence(index, result, group);
		for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
			double value = group->metrics[metric];
			if (isnan(value) || !gates[metric].there || !group->judged)
				continue;
			struct compare_row *row = row_of(index, result, group, occurrence, metric);
			VECTOR_PUSH(&row->sides[side].samples, value);
		}
	}
}

static void add_side(struct index *index, const struct reader *reader, int side)
{
	const struct compare_options *options = &index->comparison->options;
	for (size_t i = 0; i < reader->results.length; i++) {
		const struct result *result = &reader->results.data[i];
		if (options->glob && fnmatch(options->glob, result->name, 0) != 0)
			continue;
		index->comparison->runs[side][result->status]++;
		if (result->status == STATUS_PASS || result->status == STATUS_FAIL)
			add_result(index, result, side);
	}
}

static void summarize(struct compare_side *side, double confidence)
{
	statistics_sort(side->samples.data, side->samples.length);
	side->median = statistics_median(side->samples.data, side->samples.length);
	side->interval =
		statistics_median_interval(side->samples.data, side->samples.length, confidence);
}

static void judge(struct compare_row *row, const struct compare_options *options)
{
	const struct gate *gate = &gates[row->metric];
	struct compare_side *now = &row->sides[0], *before = &row->sides[1];
	double least_relative = isnan(options->relative) ? gate->relative : options->relative;
	summarize(now, options->confidence);
	summarize(before, options->confidence);
	struct statistics_test test =
		statistics_mann_whitney(now->samples.data, now->samples.length,
					before->samples.data, before->samples.length);
	row->p = test.p;
	row->exact = test.exact;
	row->change = now->median - before->median;
	row->relative = before->median != 0 ? fabs(row->change / before->median)
			: row->change != 0  ? (double)INFINITY
					    : 0;
	bool large = fabs(row->change) >= gate->absolute && row->relative >= least_relative;
	bool better = metric_table[row->metric].direction == METRIC_MOST ? row->change < 0
									 : row->change > 0;
	if (statistics_least_p(now->samples.length, before->samples.length) > options->alpha)
		row->verdict = COMPARE_FEW;
	else if (large && row->p <= options->alpha)
		row->verdict = better ? COMPARE_IMPROVED : COMPARE_REGRESSED;
}

/* Rows of one side only leave the table. */
static void judge_rows(struct comparison *comparison)
{
	size_t kept = 0;
	for (size_t i = 0; i < comparison->rows.length; i++) {
		struct compare_row *row = &comparison->rows.data[i];
		int alone = !row->sides[1].samples.length   ? 0
			    : !row->sides[0].samples.length ? 1
							    : -1;
		if (alone >= 0) {
			comparison->alone[alone]++;
			VECTOR_FREE(&row->sides[alone].samples);
			continue;
		}
		judge(row, &comparison->options);
		comparison->counts[row->verdict]++;
		comparison->rows.data[kept++] = *row;
	}
	comparison->rows.length = kept;
}

void compare_make(struct comparison *comparison, const struct reader *sides[2],
		  const struct compare_options *options)
{
	*comparison = (struct comparison){.options = *options};
	struct index index = {.comparison = comparison};
	map_init(&index.rows, &comparison->arena);
	map_init(&index.groups, &comparison->arena);
	add_side(&index, sides[0], 0);
	add_side(&index, sides[1], 1);
	map_free(&index.rows);
	map_free(&index.groups);
	VECTOR_FREE(&index.seen);
	text_free(&index.key);
	judge_rows(comparison);
}

void compare_free(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->rows.length; i++) {
		VECTOR_FREE(&comparison->rows.data[i].sides[0].samples);
		VECTOR_FREE(&comparison->rows.data[i].sides[1].samples);
	}
	VECTOR_FREE(&comparison->rows);
	arena_free(&comparison->arena);
}

int compare_exit_code(const struct comparison *comparison)
{
	if (comparison->counts[COMPARE_REGRESSED])
		return 1;
	if (comparison->counts[COMPARE_FEW])
		return 6;
	return comparison->rows.length ? 0 : 5;
}
