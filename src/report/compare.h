/*
 * compare: the metrics of one set of reports against another's, sample by sample: each run of a
 * scenario is one. Runs that were judged count, passed or failed; the others are only counted.
 */
#ifndef KTSTR_REPORT_COMPARE_H
#define KTSTR_REPORT_COMPARE_H

#include "base/statistics.h"
#include "report/reader.h"
#include "sema/metrics.h"

enum compare_verdict {
	COMPARE_SAME, /* no difference that means anything */
	COMPARE_FEW,  /* too few samples to tell */
	COMPARE_IMPROVED,
	COMPARE_REGRESSED,
	COMPARE_VERDICTS
};

const char *compare_verdict_name(enum compare_verdict verdict);

/* What a change has to be at least, in the metric's unit and as a share; false: the metric is not
 * compared. */
bool compare_gate(enum metric metric, double *absolute, double *relative);

/* One side of a row. */
struct compare_side {
	VECTOR(double) samples; /* sorted */
	double median;
	struct statistics_interval interval;
};

/* A metric of the workers of one cgroup that do the same work. */
struct compare_row {
	const char *scenario;
	const char *cgroup;
	const char *work;
	unsigned occurrence; /* the scenario's n-th group of this name, from 0 */
	enum metric metric;
	struct compare_side sides[2]; /* what is compared, and against what */
	double change;                /* of the median */
	double relative;              /* of the median; infinite from 0 */
	double p;
	bool exact;
	enum compare_verdict verdict;
};

struct compare_options {
	double alpha;      /* p at most */
	double confidence; /* of the intervals */
	double relative;   /* in place of every metric's own; NaN: not told */
	const char *glob;  /* scenarios, NULL: all */
};

struct comparison {
	struct arena arena;
	struct compare_options options;
	VECTOR(struct compare_row) rows;
	size_t runs[2][STATUS_COUNT];
	size_t counts[COMPARE_VERDICTS];
	size_t alone[2]; /* rows that only this side has: not compared */
};

void compare_make(struct comparison *comparison, const struct reader *sides[2],
		  const struct compare_options *options);
void compare_free(struct comparison *comparison);
/* 1 a regression, 6 too few samples, 5 nothing to compare, else 0. */
int compare_exit_code(const struct comparison *comparison);

/* Rows that say something, or all. */
void compare_put_text(const struct comparison *comparison, bool all, struct text *out);
/* ktstr.compare/1 */
void compare_put_json(const struct comparison *comparison, struct text *out);

#endif
