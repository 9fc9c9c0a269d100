/* A comparison as a table and as JSON. */
#include "base/json.h"

#include "report/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_value(struct text *out, enum metric metric, double value)
{
	enum type unit = metric_table[metric].unit;
	if (unit == TYPE_DURATION)
		text_put_duration_short(out, (int64_t)value);
	else if (unit == TYPE_PERCENT)
		text_printf(out, "%.1f%%", value * 100);
	else
		text_printf(out, "%.4g", value);
}

/* "1.24 ms [1.20 ms, 1.31 ms]" */
static void put_side(struct text *out, const struct compare_row *row, int side)
{
	const struct compare_side *of = &row->sides[side];
	put_value(out, row->metric, of->median);
	text_puts(out, " [");
	put_value(out, row->metric, of->interval.least);
	text_puts(out, ", ");
	put_value(out, row->metric, of->interval.most);
	text_printf(out, "] n=%zu", of->samples.length);
}

static void put_group(struct text *out, const struct compare_row *row)
{
	text_put_visible(out, row->scenario, strlen(row->scenario));
	text_puts(out, ": ");
	text_put_visible(out, row->cgroup, strlen(row->cgroup));
	if (row->occurrence)
		text_printf(out, " (%u)", row->occurrence + 1);
	text_puts(out, ", ");
	text_put_visible(out, row->work, strlen(row->work));
	text_putc(out, '\n');
}

static bool is_same_group(const struct compare_row *a, const struct compare_row *b)
{
	return a && strcmp(a->scenario, b->scenario) == 0 && strcmp(a->cgroup, b->cgroup) == 0 &&
	       strcmp(a->work, b->work) == 0 && a->occurrence == b->occurrence;
}

static void put_row(struct text *out, const struct compare_row *row)
{
	static const char marks[COMPARE_VERDICTS] = {[COMPARE_SAME] = '~',
						     [COMPARE_FEW] = '?',
						     [COMPARE_IMPROVED] = '+',
						     [COMPARE_REGRESSED] = '-'};
	text_printf(out, "  %c %-16s", marks[row->verdict], metric_table[row->metric].name);
	if (isinf(row->relative))
		text_printf(out, " %9s", "from 0");
	else
		text_printf(out, " %+8.1f%%", copysign(row->relative, row->change) * 100);
	text_printf(out, "  p=%-7.2g %s\n", row->p, compare_verdict_name(row->verdict));
	text_puts(out, "      now      ");
	put_side(out, row, 0);
	text_puts(out, "\n      against  ");
	put_side(out, row, 1);
	text_putc(out, '\n');
}

static void put_runs(struct text *out, const struct comparison *comparison, int side,
		     const char *name)
{
	const char *separator = "";
	text_printf(out, "%s: ", name);
	for (enum status status = STATUS_COUNT; status-- > 0;) {
		size_t count = comparison->runs[side][status];
		if (!count)
			continue;
		text_printf(out, "%s%zu %s", separator, count, status_name(status));
		separator = ", ";
	}
	text_puts(out, *separator ? "\n" : "no runs\n");
}

void compare_put_text(const struct comparison *comparison, bool all, struct text *out)
{
	const struct compare_row *last = NULL;
	put_runs(out, comparison, 0, "now");
	put_runs(out, comparison, 1, "against");
	for (size_t i = 0; i < comparison->rows.length; i++) {
		const struct compare_row *row = &comparison->rows.data[i];
		if (!all && row->verdict == COMPARE_SAME)
			continue;
		if (!is_same_group(last, row))
			put_group(out, row);
		put_row(out, row);
		last = row;
	}
	text_printf(out, "%zu regressed, %zu improved, %zu the same, %zu with too few samples\n",
		    comparison->counts[COMPARE_REGRESSED], comparison->counts[COMPARE_IMPROVED],
		    comparison->counts[COMPARE_SAME], comparison->counts[COMPARE_FEW]);
	if (comparison->alone[0] || comparison->alone[1])
		text_printf(out, "not compared: %zu only now, %zu only against\n",
			    comparison->alone[0], comparison->alone[1]);
}

static void put_json_side(struct json *json, const char *key, const struct compare_side *side)
{
	json_put_key(json, key);
	json_open_object(json);
	json_member_int(json, "samples", (int64_t)side->samples.length);
	json_member_double(json, "median", side->median);
	json_member_double(json, "least", side->interval.least);
	json_member_double(json, "most", side->interval.most);
	json_member_double(json, "confidence", side->interval.confidence);
	json_close_object(json);
}

static void put_json_row(struct json *json, const struct compare_row *row)
{
	json_open_object(json);
	json_member_string(json, "scenario", row->scenario);
	json_member_string(json, "cgroup", row->cgroup);
	json_member_string(json, "work", row->work);
	json_member_int(json, "occurrence", row->occurrence);
	json_member_string(json, "metric", metric_table[row->metric].name);
	put_json_side(json, "now", &row->sides[0]);
	put_json_side(json, "against", &row->sides[1]);
	json_member_double(json, "change", row->change);
	json_member_double(json, "relative", row->relative);
	json_member_double(json, "p", row->p);
	json_member_bool(json, "exact", row->exact);
	json_member_string(json, "verdict", compare_verdict_name(row->verdict));
	json_close_object(json);
}

static void put_json_runs(struct json *json, const struct comparison *comparison)
{
	static const char *const names[] = {"now", "against"};
	json_put_key(json, "runs");
	json_open_object(json);
	for (int side = 0; side < 2; side++) {
		json_put_key(json, names[side]);
		json_open_object(json);
		for (enum status status = 0; status < STATUS_COUNT; status++)
			json_member_int(json, status_name(status),
					(int64_t)comparison->runs[side][status]);
		json_close_object(json);
	}
	json_close_object(json);
}

void compare_put_json(const struct comparison *comparison, struct text *out)
{
	struct json json;
	json_start(&json, out, true);
	json_open_object(&json);
	json_member_string(&json, "schema", "ktstr.compare/1");
	json_member_string(&json, "tool", "ktstr " KTSTR_VERSION);
	json_member_double(&json, "alpha", comparison->options.alpha);
	put_json_runs(&json, comparison);
	json_put_key(&json, "totals");
	json_open_object(&json);
	for (enum compare_verdict verdict = 0; verdict < COMPARE_VERDICTS; verdict++)
		json_member_int(&json, compare_verdict_name(verdict),
				(int64_t)comparison->counts[verdict]);
	json_close_object(&json);
	json_put_key(&json, "rows");
	json_open_array(&json);
	for (size_t i = 0; i < comparison->rows.length; i++)
		put_json_row(&json, &comparison->rows.data[i]);
	json_close_array(&json);
	json_close_object(&json);
	text_putc(out, '\n');
}
