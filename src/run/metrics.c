/* One function per metric of metrics.def; the formulas stand there. */
#include "run/vm.h"

#include <inttypes.h>
#include <math.h>

static double off_cpu(const struct worker_report *report)
{
	double off = (double)(report->wall_ns - report->cpu_ns) / (double)report->wall_ns;
	return off < 0 ? 0 : off;
}

/* How many workers did nothing. */
static double metric_not_starved(const struct judged *judged)
{
	double starved = 0;
	for (size_t i = 0; i < judged->count; i++)
		starved += judged->reports[i]->units == 0;
	return starved;
}

static void explain_not_starved(const struct judged *judged, struct text *text, int *worker)
{
	size_t first = 0;
	while (judged->reports[first]->units)
		first++;
	*worker = (int)first;
	text_printf(text, "worker %zu did no work at all in ", first);
	text_put_duration_short(text, judged->reports[first]->wall_ns);
}

/* How many times a worker was seen outside its cpuset. */
static double metric_isolated(const struct judged *judged)
{
	double strays = 0;
	for (size_t i = 0; i < judged->count; i++)
		strays += (double)judged->reports[i]->strays;
	return strays;
}

static void explain_isolated(const struct judged *judged, struct text *text, int *worker)
{
	size_t first = 0;
	while (!judged->reports[first]->strays)
		first++;
	const struct worker_report *report = judged->reports[first];
	*worker = (int)first;
	text_printf(text, "worker %zu ran on CPU %d, outside the cpuset in force, ", first,
		    report->stray_cpu);
	text_put_duration_short(text, report->stray_at_ns);
	text_printf(text, " after its start (seen %" PRIu64 " time%s)", report->strays,
		    report->strays == 1 ? "" : "s");
}

static double metric_gap(const struct judged *judged)
{
	int64_t gap = 0;
	for (size_t i = 0; i < judged->count; i++) {
		if (judged->reports[i]->gap_ns > gap)
			gap = judged->reports[i]->gap_ns;
	}
	return (double)gap;
}

static void explain_gap(const struct judged *judged, struct text *text, int *worker)
{
	size_t longest = 0;
	for (size_t i = 1; i < judged->count; i++) {
		if (judged->reports[i]->gap_ns > judged->reports[longest]->gap_ns)
			longest = i;
	}
	const struct worker_report *report = judged->reports[longest];
	*worker = (int)longest;
	text_printf(text, "worker %zu wanted to run and could not for ", longest);
	text_put_duration_short(text, report->gap_ns);
	text_puts(text, ", until ");
	text_put_duration_short(text, report->gap_at_ns);
	text_printf(text, " after its start, on CPU %d", report->gap_cpu);
}

static double metric_spread(const struct judged *judged)
{
	if (judged->count < 2)
		return NAN;
	double least = 1, most = 0;
	for (size_t i = 0; i < judged->count; i++) {
		double off = off_cpu(judged->reports[i]);
		least = off < least ? off : least;
		most = off > most ? off : most;
	}
	return most - least;
}

static void explain_spread(const struct judged *judged, struct text *text, int *worker)
{
	size_t least = 0, most = 0;
	for (size_t i = 1; i < judged->count; i++) {
		if (off_cpu(judged->reports[i]) < off_cpu(judged->reports[least]))
			least = i;
		if (off_cpu(judged->reports[i]) > off_cpu(judged->reports[most]))
			most = i;
	}
	*worker = (int)most;
	text_printf(text,
		    "worker %zu was on a CPU for %.1f%% of its time, worker %zu for only %.1f%%",
		    least, 100 - 100 * off_cpu(judged->reports[least]), most,
		    100 - 100 * off_cpu(judged->reports[most]));
}

double metrics_observe(enum metric metric, const struct judged *judged)
{
	static double (*const functions[METRIC_COUNT])(const struct judged *) = {
#define METRIC(name, unit, initial, limit, window, doc) [METRIC_##name] = metric_##name,
#include "sema/metrics.def"
#undef METRIC
	};
	return functions[metric](judged);
}

static void put_value(struct text *text, enum type unit, double value)
{
	if (unit == TYPE_DURATION)
		text_put_duration_short(text, (int64_t)value);
	else
		text_printf(text, "%.4g%%", value * 100);
}

void metrics_explain(enum metric metric, const struct judged *judged, double observed,
		     const struct limit_entry *limit, struct text *text, int *worker)
{
	static void (*const functions[METRIC_COUNT])(const struct judged *, struct text *,
						     int *) = {
#define METRIC(name, unit, initial, limit, window, doc) [METRIC_##name] = explain_##name,
#include "sema/metrics.def"
#undef METRIC
	};
	const struct metric_info *info = &metric_table[metric];
	if (info->unit != TYPE_BOOL) {
		text_printf(text, "%s is ", info->name);
		put_value(text, info->unit, observed);
		text_puts(text, limit->strict ? ", and must be below " : ", the limit is ");
		put_value(text, info->unit, limit->value);
		text_puts(text, ": ");
	}
	functions[metric](judged, text, worker);
}
