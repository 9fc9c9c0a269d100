#include "base/json.h"

#include "report/report.h"

#include "report/parts.h"
#include "report/payloads.h"
#include "sema/metrics.h"

#include <math.h>
#include <string.h>

static void put_environment(struct json *json, const struct environment *environment)
{
	json_open_object(json);
	json_member_string(json, "hostname", environment->hostname);
	json_member_string(json, "started", environment->started);
	json_member_string(json, "kernel", environment->kernel);
	json_member_string(json, "cmdline", environment->cmdline);
	json_member_string(json, "cpu_model", environment->cpu_model);
	json_put_key(json, "topology");
	json_open_object(json);
	json_member_string(json, "name", environment->topology);
	json_member_int(json, "cpus", environment->cpu_count);
	json_member_int(json, "cores", environment->core_count);
	json_member_int(json, "llcs", environment->llc_count);
	json_member_int(json, "nodes", environment->node_count);
	json_close_object(json);
	json_member_string(json, "backend",
			   environment->host.backend ? environment->host.backend : "");
	json_member_string(json, "cgroup", environment->host.detail);
	json_put_key(json, "scheduler");
	json_put_null(json);
	json_put_key(json, "seed");
	json_put_uint(json, environment->seed);
	json_close_object(json);
}

/* That of the run; and all of them, where its parts ran on several machines. */
static void put_environments(struct json *json, const struct report *report)
{
	json_put_key(json, "environment");
	put_environment(json, report->environment);
	if (report->environment_count > 1) {
		json_put_key(json, "environments");
		json_open_array(json);
		for (size_t i = 0; i < report->environment_count; i++)
			put_environment(json, &report->environment[i]);
		json_close_array(json);
	}
	if (!report->shard.count)
		return;
	json_put_key(json, "shard");
	json_open_object(json);
	json_member_int(json, "index", report->shard.index);
	json_member_int(json, "count", report->shard.count);
	json_member_int(json, "total", report->shard.total);
	json_close_object(json);
}

static void put_totals(struct json *json, const struct report *report)
{
	static const struct {
		enum status status;
		const char *key;
	} keys[] = {{STATUS_PASS, "pass"},
		    {STATUS_FAIL, "fail"},
		    {STATUS_SKIP, "skip"},
		    {STATUS_BROKEN, "broken"},
		    {STATUS_INCONCLUSIVE, "inconclusive"},
		    {STATUS_TIMEOUT, "timeout"}};
	struct run_summary summary = {0};
	for (size_t i = 0; i < report->count; i++)
		summary_add(&summary, &report->results[i]);
	json_put_key(json, "totals");
	json_open_object(json);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_member_int(json, keys[i].key, (int64_t)summary.counts[keys[i].status]);
	json_close_object(json);
}

/* The newest changes of CPU, each as [time since its release in ns, from, to]. */
static void put_moves(struct json *json, const struct worker_result *worker)
{
	bool indented = json->indented;
	json_put_key(json, "moves");
	json->indented = false;
	json_open_array(json);
	for (size_t i = 0; i < worker->move_count; i++) {
		json_open_array(json);
		json_put_int(json, worker->moves[i].at_ns);
		json_put_int(json, worker->moves[i].from_cpu);
		json_put_int(json, worker->moves[i].to_cpu);
		json_close_array(json);
	}
	json_close_array(json);
	json->indented = indented;
}

static void put_worker(struct json *json, const struct worker_result *worker)
{
	json_open_object(json);
	json_member_int(json, "pid", worker->pid);
	json_put_key(json, "work_units");
	json_put_uint(json, worker->units);
	json_put_key(json, "iterations");
	json_put_uint(json, worker->iterations);
	json_member_int(json, "wall_ns", worker->wall_ns);
	json_member_int(json, "cpu_ns", worker->cpu_ns);
	json_member_int(json, "released_ns", worker->released_ns);
	if (worker->start_ns >= 0)
		json_member_int(json, "start_ns", worker->start_ns);
	json_member_int(json, "gap_ns", worker->gap_ns);
	if (worker->delay_ns >= 0) {
		json_member_int(json, "run_delay_ns", worker->delay_ns);
		json_member_int(json, "slices", worker->slices);
	}
	json_put_key(json, "waits");
	json_put_uint(json, worker->waits);
	json_put_key(json, "migrations");
	json_put_uint(json, worker->migrations);
	put_moves(json, worker);
	json_put_key(json, "strays");
	json_put_uint(json, worker->strays);
	json_member_string(json, "cpus", worker->cpus);
	json_member_bool(json, "complete", worker->complete);
	json_close_object(json);
}

/* Wake latencies: each bucket as [its least value in ns, its largest, count]. */
static void put_histogram(struct json *json, const struct group_result *group)
{
	bool indented = json->indented;
	uint64_t count = 0;
	json_put_key(json, "histogram");
	if (!group->wake_count) {
		json_put_null(json);
		return;
	}
	for (size_t i = 0; i < group->wake_count; i++)
		count += group->wakes[i].count;
	json_open_object(json);
	json_member_string(json, "of", "wake latency");
	json_member_string(json, "unit", "ns");
	json_put_key(json, "count");
	json_put_uint(json, count);
	json_put_key(json, "buckets");
	json->indented = false;
	json_open_array(json);
	for (size_t i = 0; i < group->wake_count; i++) {
		unsigned bucket = group->wakes[i].bucket;
		json_open_array(json);
		json_put_int(json, histogram_least(bucket));
		json_put_int(json, histogram_least(bucket) + histogram_width(bucket) - 1);
		json_put_uint(json, group->wakes[i].count);
		json_close_array(json);
	}
	json_close_array(json);
	json->indented = indented;
	json_close_object(json);
}

static void put_metric(struct json *json, enum metric metric, double value)
{
	const struct metric_info *info = &metric_table[metric];
	if (info->source == METRIC_RUN)
		return;
	if (info->unit != TYPE_BOOL) {
		parts_put_figure(json, info->name, value,
				 info->unit == TYPE_DURATION || info->unit == TYPE_INT);
		return;
	}
	json_put_key(json, info->name);
	if (isnan(value))
		json_put_null(json);
	else
		json_put_bool(json, value == 0);
}

static void put_group(struct json *json, const struct group_result *group)
{
	json_open_object(json);
	json_member_string(json, "cgroup", group->cgroup);
	json_member_string(json, "work", group->work);
	json_member_int(json, "workers", (int64_t)group->worker_count);
	json_member_bool(json, "judged", group->judged);
	json_put_key(json, "metrics");
	json_open_object(json);
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
		put_metric(json, metric, group->metrics[metric]);
	json_close_object(json);
	put_histogram(json, group);
	json_put_key(json, "each");
	json_open_array(json);
	for (size_t i = 0; i < group->worker_count; i++)
		put_worker(json, &group->workers[i]);
	json_close_array(json);
	json_close_object(json);
}

static void put_steps(struct json *json, const struct result *result)
{
	json_put_key(json, "steps");
	json_open_array(json);
	for (size_t i = 0; i < result->steps.length; i++) {
		const struct step_result *step = &result->steps.data[i];
		json_open_object(json);
		json_member_string(json, "name", step->name);
		json_member_int(json, "start_ns", step->start_ns);
		json_member_int(json, "end_ns", step->end_ns);
		json_close_object(json);
	}
	json_close_array(json);
}

/* How far apart those that were let go together began to run. */
static void put_releases(struct json *json, const struct result *result)
{
	json_put_key(json, "releases");
	json_open_array(json);
	for (size_t i = 0; i < result->releases.length; i++) {
		const struct release_result *release = &result->releases.data[i];
		json_open_object(json);
		json_member_int(json, "t_ns", release->t_ns);
		json_member_int(json, "workers", (int64_t)release->workers);
		json_member_int(json, "first_ns", release->first_ns);
		json_member_int(json, "last_ns", release->last_ns);
		json_member_int(json, "skew_ns", release->last_ns - release->first_ns);
		json_close_object(json);
	}
	json_close_array(json);
}

/* Only where a timeline was asked for. */
static void put_events(struct json *json, const struct report *report, const struct result *result)
{
	bool indented = json->indented;
	if (!result->events.length)
		return;
	json_put_key(json, "events");
	json_open_array(json);
	json->indented = false;
	for (size_t i = 0; i < result->events.length; i++)
		parts_put_event(json, report, &result->events.data[i]);
	json->indented = indented;
	json_close_array(json);
}

static void put_scenario(struct json *json, const struct report *report,
			 const struct result *result)
{
	json_open_object(json);
	json_member_string(json, "name", result->name);
	json_member_string(json, "description", result->doc);
	json_member_string(json, "category", result->category);
	if (*result->profile)
		json_member_string(json, "profile", result->profile);
	parts_put_place(json, report, result->span, false);
	json_member_int(json, "index", result->index);
	if (result->round)
		json_member_int(json, "round", result->round);
	if (report->environment_count > 1)
		json_member_int(json, "environment", result->environment);
	json_member_string(json, "status", status_name(result->status));
	json_member_int(json, "duration_ns", result->duration_ns);
	json_put_key(json, "checks_held");
	json_put_uint(json, result->checks);
	json_put_key(json, "reasons");
	json_open_array(json);
	for (size_t i = 0; i < result->reasons.length; i++)
		parts_put_reason(json, report, &result->reasons.data[i]);
	json_close_array(json);
	json_put_key(json, "notes");
	json_open_array(json);
	for (size_t i = 0; i < result->notes.length; i++)
		json_put_string(json, result->notes.data[i]);
	json_close_array(json);
	parts_put_swaps(json, report, result);
	put_steps(json, result);
	put_releases(json, result);
	json_put_key(json, "groups");
	json_open_array(json);
	for (size_t i = 0; i < result->groups.length; i++)
		put_group(json, &result->groups.data[i]);
	json_close_array(json);
	payloads_put_json(json, result);
	put_events(json, report, result);
	json_close_object(json);
}

void report_json(const struct report *report, struct text *out)
{
	struct json json;
	json_start(&json, out, true);
	json_open_object(&json);
	json_member_string(&json, "schema", "ktstr.report/1");
	json_member_string(&json, "tool", "ktstr " KTSTR_VERSION);
	put_environments(&json, report);
	put_totals(&json, report);
	json_put_key(&json, "scenarios");
	json_open_array(&json);
	for (size_t i = 0; i < report->count; i++)
		put_scenario(&json, report, &report->results[i]);
	json_close_array(&json);
	json_close_object(&json);
	text_putc(out, '\n');
}
