/* Two functions per metric of metrics.def that is made of workers' reports: what it observes and
 * what there is to say about it. The formulas stand in the table. */
#include "run/vm.h"

#include <inttypes.h>
#include <math.h>

/* One worker's figure; NaN where it has none. */
typedef double figure(const struct worker_report *report);

/* The worker with the highest (or lowest) figure; -1 if none has one. */
static int extreme(const struct judged *judged, figure *of, bool highest)
{
	int found = -1;
	double best = 0;
	for (size_t i = 0; i < judged->count; i++) {
		double value = of(judged->reports[i]);
		if (isnan(value) || (found >= 0 && (highest ? value <= best : value >= best)))
			continue;
		best = value;
		found = (int)i;
	}
	return found;
}

static double extreme_value(const struct judged *judged, figure *of, bool highest)
{
	int worker = extreme(judged, of, highest);
	return worker < 0 ? NAN : of(judged->reports[worker]);
}

static const struct worker_report *tell_worker(const struct judged *judged, int worker,
					       struct finding *finding)
{
	finding->worker = worker;
	return judged->reports[worker];
}

/* A moment that a report tells since the worker's release. */
static void tell_time(const struct worker_report *report, int64_t since_release_ns,
		      struct finding *finding)
{
	finding->at_ns = report->released_ns + since_release_ns;
}

static double off_cpu(const struct worker_report *report)
{
	double off = (double)(report->wall_ns - report->cpu_ns) / (double)report->wall_ns;
	return off < 0 ? 0 : off;
}

static double metric_not_starved(const struct judged *judged)
{
	double starved = 0;
	for (size_t i = 0; i < judged->count; i++)
		starved += judged->reports[i]->units == 0;
	return starved;
}

static void explain_not_starved(const struct judged *judged, struct text *text,
				struct finding *finding)
{
	size_t first = 0;
	while (judged->reports[first]->units)
		first++;
	const struct worker_report *report = tell_worker(judged, (int)first, finding);
	text_printf(text, "worker %zu did no work at all in ", first);
	text_put_duration_short(text, report->wall_ns);
}

static double metric_isolated(const struct judged *judged)
{
	double strays = 0;
	for (size_t i = 0; i < judged->count; i++)
		strays += (double)judged->reports[i]->strays;
	return strays;
}

static void explain_isolated(const struct judged *judged, struct text *text,
			     struct finding *finding)
{
	size_t first = 0;
	while (!judged->reports[first]->strays)
		first++;
	const struct worker_report *report = tell_worker(judged, (int)first, finding);
	tell_time(report, report->stray_at_ns, finding);
	text_printf(text, "worker %zu ran on CPU %d, outside the cpuset in force, ", first,
		    report->stray_cpu);
	text_put_duration_short(text, report->stray_at_ns);
	text_printf(text, " after its start (seen %" PRIu64 " time%s)", report->strays,
		    report->strays == 1 ? "" : "s");
}

static double gap_of(const struct worker_report *report)
{
	return (double)report->gap_ns;
}

static double metric_gap(const struct judged *judged)
{
	return extreme_value(judged, gap_of, true);
}

static void explain_gap(const struct judged *judged, struct text *text, struct finding *finding)
{
	int longest = extreme(judged, gap_of, true);
	const struct worker_report *report = tell_worker(judged, longest, finding);
	tell_time(report, report->gap_at_ns, finding);
	text_printf(text, "worker %d wanted to run and could not for ", longest);
	text_put_duration_short(text, report->gap_ns);
	text_puts(text, ", until ");
	text_put_duration_short(text, report->gap_at_ns);
	text_printf(text, " after its start, on CPU %d", report->gap_cpu);
}

static double metric_spread(const struct judged *judged)
{
	if (judged->count < 2)
		return NAN;
	return extreme_value(judged, off_cpu, true) - extreme_value(judged, off_cpu, false);
}

static void explain_spread(const struct judged *judged, struct text *text, struct finding *finding)
{
	int least = extreme(judged, off_cpu, false), most = extreme(judged, off_cpu, true);
	tell_worker(judged, most, finding);
	text_printf(text,
		    "worker %d was on a CPU for %.1f%% of its time, worker %d for only %.1f%%",
		    least, 100 - 100 * off_cpu(judged->reports[least]), most,
		    100 - 100 * off_cpu(judged->reports[most]));
}

static double work_rate_of(const struct worker_report *report)
{
	return report->cpu_ns > 0 ? (double)report->units / ((double)report->cpu_ns / 1e9) : 0;
}

static double metric_throughput_cv(const struct judged *judged)
{
	double sum = 0, squares = 0, count = (double)judged->count;
	for (size_t i = 0; i < judged->count; i++)
		sum += work_rate_of(judged->reports[i]);
	if (judged->count < 2 || sum <= 0)
		return NAN;
	for (size_t i = 0; i < judged->count; i++) {
		double off = work_rate_of(judged->reports[i]) - sum / count;
		squares += off * off;
	}
	return sqrt(squares / count) / (sum / count);
}

static void explain_throughput_cv(const struct judged *judged, struct text *text,
				  struct finding *finding)
{
	int least = extreme(judged, work_rate_of, false);
	int most = extreme(judged, work_rate_of, true);
	tell_worker(judged, least, finding);
	text_printf(text,
		    "worker %d did %.4g units of work per second of CPU time, worker %d only %.4g",
		    most, work_rate_of(judged->reports[most]), least,
		    work_rate_of(judged->reports[least]));
}

static double metric_work_rate(const struct judged *judged)
{
	return extreme_value(judged, work_rate_of, false);
}

static void explain_work_rate(const struct judged *judged, struct text *text,
			      struct finding *finding)
{
	int least = extreme(judged, work_rate_of, false);
	const struct worker_report *report = tell_worker(judged, least, finding);
	text_printf(text, "worker %d did %" PRIu64 " units of work in ", least, report->units);
	text_put_duration_short(text, report->cpu_ns);
	text_puts(text, " of CPU time");
}

static double iteration_rate_of(const struct worker_report *report)
{
	return report->wall_ns > 0 ? (double)report->iterations / ((double)report->wall_ns / 1e9)
				   : NAN;
}

static double metric_iteration_rate(const struct judged *judged)
{
	return extreme_value(judged, iteration_rate_of, false);
}

static void explain_iteration_rate(const struct judged *judged, struct text *text,
				   struct finding *finding)
{
	int least = extreme(judged, iteration_rate_of, false);
	const struct worker_report *report = tell_worker(judged, least, finding);
	text_printf(text, "worker %d made %" PRIu64 " turns of its loop in ", least,
		    report->iterations);
	text_put_duration_short(text, report->wall_ns);
}

static double metric_wake_p50(const struct judged *judged)
{
	return histogram_quantile(judged->wakes, 0.5);
}

static double metric_wake_p99(const struct judged *judged)
{
	return histogram_quantile(judged->wakes, 0.99);
}

static double metric_wake_p999(const struct judged *judged)
{
	return histogram_quantile(judged->wakes, 0.999);
}

static double metric_wake_cv(const struct judged *judged)
{
	return histogram_variation(judged->wakes);
}

static double wake_most_of(const struct worker_report *report)
{
	return report->waits ? (double)report->wake_most_ns : NAN;
}

static void explain_wake(const struct judged *judged, struct text *text, struct finding *finding)
{
	int latest = extreme(judged, wake_most_of, true);
	const struct worker_report *report = tell_worker(judged, latest, finding);
	tell_time(report, report->wake_most_at_ns, finding);
	text_printf(text, "of %" PRIu64 " wake-ups half came within ", judged->wakes->count);
	text_put_duration_short(text, (int64_t)metric_wake_p50(judged));
	text_printf(text, "; the latest, of worker %d, took ", latest);
	text_put_duration_short(text, report->wake_most_ns);
	text_puts(text, ", until ");
	text_put_duration_short(text, report->wake_most_at_ns);
	text_puts(text, " after its start");
}

#define explain_wake_p50  explain_wake
#define explain_wake_p99  explain_wake
#define explain_wake_p999 explain_wake
#define explain_wake_cv   explain_wake

static double delay_mean_of(const struct worker_report *report)
{
	return report->delay_ns < 0 || report->slices <= 0
		       ? NAN
		       : (double)report->delay_ns / (double)report->slices;
}

static double metric_run_delay_mean(const struct judged *judged)
{
	double delay = 0, slices = 0;
	for (size_t i = 0; i < judged->count; i++) {
		if (isnan(delay_mean_of(judged->reports[i])))
			continue;
		delay += (double)judged->reports[i]->delay_ns;
		slices += (double)judged->reports[i]->slices;
	}
	return slices > 0 ? delay / slices : NAN;
}

static void explain_run_delay_mean(const struct judged *judged, struct text *text,
				   struct finding *finding)
{
	int most = extreme(judged, delay_mean_of, true);
	const struct worker_report *report = tell_worker(judged, most, finding);
	text_printf(text, "worker %d waited for a CPU ", most);
	text_printf(text, "%" PRId64 " time%s, for ", report->slices,
		    report->slices == 1 ? "" : "s");
	text_put_duration_short(text, report->delay_ns);
	text_puts(text, " all together");
}

static double delay_most_of(const struct worker_report *report)
{
	return report->delay_ns < 0 ? NAN : (double)report->delay_most_ns;
}

static double metric_run_delay_max(const struct judged *judged)
{
	return extreme_value(judged, delay_most_of, true);
}

static void explain_run_delay_max(const struct judged *judged, struct text *text,
				  struct finding *finding)
{
	int most = extreme(judged, delay_most_of, true);
	const struct worker_report *report = tell_worker(judged, most, finding);
	tell_time(report, report->delay_most_at_ns, finding);
	text_printf(text, "worker %d was runnable and got no CPU until ", most);
	text_put_duration_short(text, report->delay_most_at_ns);
	text_puts(text, " after its start");
}

static double migration_ratio_of(const struct worker_report *report)
{
	return report->iterations ? (double)report->migrations / (double)report->iterations : NAN;
}

static double metric_migration_ratio(const struct judged *judged)
{
	double migrations = 0, iterations = 0;
	for (size_t i = 0; i < judged->count; i++) {
		migrations += (double)judged->reports[i]->migrations;
		iterations += (double)judged->reports[i]->iterations;
	}
	return iterations > 0 ? migrations / iterations : NAN;
}

static void explain_migration_ratio(const struct judged *judged, struct text *text,
				    struct finding *finding)
{
	int most = extreme(judged, migration_ratio_of, true);
	const struct worker_report *report = tell_worker(judged, most, finding);
	text_printf(text, "worker %d changed its CPU %" PRIu64 " times in %" PRIu64 " turns", most,
		    report->migrations, report->iterations);
}

static double locality_of(const struct worker_report *report)
{
	return report->pages > 0 ? (double)report->pages_home / (double)report->pages : NAN;
}

static double metric_page_locality(const struct judged *judged)
{
	return extreme_value(judged, locality_of, false);
}

static void explain_page_locality(const struct judged *judged, struct text *text,
				  struct finding *finding)
{
	int least = extreme(judged, locality_of, false);
	const struct worker_report *report = tell_worker(judged, least, finding);
	text_printf(text,
		    "of worker %d's %" PRId64 " pages %" PRId64 " lie on the nodes of its cpuset",
		    least, report->pages, report->pages_home);
}

static double metric_slow_tier_ratio(const struct judged *judged)
{
	return 1 - metric_page_locality(judged);
}

#define explain_slow_tier_ratio explain_page_locality

static double moved_of(const struct worker_report *report)
{
	return report->pages > 0 && report->pages_moved >= 0
		       ? (double)report->pages_moved / (double)report->pages
		       : NAN;
}

static double metric_cross_node_ratio(const struct judged *judged)
{
	return extreme_value(judged, moved_of, true);
}

static void explain_cross_node_ratio(const struct judged *judged, struct text *text,
				     struct finding *finding)
{
	int most = extreme(judged, moved_of, true);
	const struct worker_report *report = tell_worker(judged, most, finding);
	text_printf(text,
		    "%" PRId64 " pages changed their node while worker %d ran, which has %" PRId64,
		    report->pages_moved, most, report->pages);
}

struct metric_functions {
	double (*observe)(const struct judged *);
	void (*explain)(const struct judged *, struct text *, struct finding *);
};

static const struct metric_functions functions[METRIC_COUNT] = {
#define OF_WORKERS(name) [METRIC_##name] = {metric_##name, explain_##name},
#define OF_SAMPLES(name)
#define OF_CGROUP(name)
#define OF_RUN(name)
#define METRIC(name, unit, direction, initial, limit, window, noise, source, doc) OF_##source(name)
#include "sema/metrics.def"
#undef METRIC
};

double metrics_observe(enum metric metric, const struct judged *judged)
{
	return functions[metric].observe ? functions[metric].observe(judged) : NAN;
}

void metrics_merge_wakes(const struct judged *judged, struct histogram *wakes)
{
	for (size_t i = 0; i < judged->count; i++) {
		const struct worker_report *report = judged->reports[i];
		for (size_t j = 0; j < report->wake_count; j++)
			histogram_add(wakes, report->wakes[j].bucket, report->wakes[j].count);
	}
}

void metrics_put_value(struct text *text, enum metric metric, double value)
{
	enum type unit = metric_table[metric].unit;
	if (unit == TYPE_DURATION)
		text_put_duration_short(text, (int64_t)value);
	else if (unit == TYPE_PERCENT)
		text_printf(text, "%.4g%%", value * 100);
	else if (unit == TYPE_INT)
		text_printf(text, "%.0f", value);
	else
		text_printf(text, "%.4g", value);
}

const char *metrics_unit(enum metric metric)
{
	enum type unit = metric_table[metric].unit;
	if (unit == TYPE_DURATION)
		return "ns";
	if (unit == TYPE_PERCENT || unit == TYPE_FRACTION)
		return "fraction";
	return unit == TYPE_FLOAT ? "number" : "count";
}

void metrics_put_limit(struct text *text, const struct limit_entry *limit)
{
	bool most = metric_table[limit->metric].direction == METRIC_MOST;
	text_puts(text, limit->strict ? most ? "must be below " : "must be above "
			: most        ? "the limit is "
				      : "must be at least ");
	metrics_put_value(text, limit->metric, limit->value);
}

void metrics_explain(const struct judged *judged, double observed, const struct limit_entry *limit,
		     struct text *text, struct finding *finding)
{
	const struct metric_info *info = &metric_table[limit->metric];
	if (info->unit != TYPE_BOOL) {
		text_printf(text, "%s is ", info->name);
		metrics_put_value(text, limit->metric, observed);
		text_puts(text, limit->strict || info->direction == METRIC_LEAST ? ", and " : ", ");
		metrics_put_limit(text, limit);
		text_puts(text, ": ");
	}
	functions[limit->metric].explain(judged, text, finding);
}
