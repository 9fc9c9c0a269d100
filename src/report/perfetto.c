/* Chrome's trace format. Scenarios stand one behind the other on the time axis, each a process with
 * steps, cgroups and findings as threads, and a counter for each CPU. Times are microseconds. */
#include "base/json.h"

#include "report/lanes.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

enum { STEPS = 1, FINDINGS = 2, CGROUPS = 3 };

struct trace {
	struct json json;
	int64_t base_ns; /* of the scenario at hand */
	int64_t process;
};

static void put_head(struct trace *trace, const char *phase, const char *name, int64_t thread)
{
	json_open_object(&trace->json);
	json_member_string(&trace->json, "ph", phase);
	json_member_string(&trace->json, "cat", "ktstr");
	json_member_string(&trace->json, "name", name);
	json_member_int(&trace->json, "pid", trace->process);
	json_member_int(&trace->json, "tid", thread);
}

/* Names and notes hold at any time. */
static void put_fact(struct trace *trace, const char *what, int64_t thread, const char *key,
		     const char *value)
{
	put_head(trace, "M", what, thread);
	json_member_int(&trace->json, "ts", 0);
	json_put_key(&trace->json, "args");
	json_open_object(&trace->json);
	json_member_string(&trace->json, key, value);
	json_close_object(&trace->json);
	json_close_object(&trace->json);
}

static void put_time(struct trace *trace, const char *key, int64_t ns)
{
	json_member_double(&trace->json, key, (double)ns / 1000);
}

static void put_name(struct trace *trace, const char *what, int64_t thread, const char *name)
{
	put_fact(trace, what, thread, "name", name);
}

static void put_slice(struct trace *trace, const char *name, int64_t thread, int64_t start_ns,
		      int64_t end_ns)
{
	put_head(trace, "X", name, thread);
	put_time(trace, "ts", trace->base_ns + start_ns);
	put_time(trace, "dur", end_ns - start_ns);
	json_close_object(&trace->json);
}

static void put_reason(struct trace *trace, const struct report *report,
		       const struct result *result, const struct reason *reason)
{
	struct text line = {0};
	put_head(trace, "i", reason->check, FINDINGS);
	put_time(trace, "ts",
		 trace->base_ns + (reason->at_ns >= 0 ? reason->at_ns : result->duration_ns));
	json_member_string(&trace->json, "s", "p");
	json_put_key(&trace->json, "args");
	json_open_object(&trace->json);
	report_put_reason(report, reason, &line);
	json_member_string(&trace->json, "status", status_name(reason->status));
	json_member_string(&trace->json, "message", text_string(&line));
	json_close_object(&trace->json);
	json_close_object(&trace->json);
	text_free(&line);
}

static void put_sets(struct trace *trace, const struct lanes *lanes)
{
	int64_t thread = CGROUPS - 1;
	for (size_t i = 0; i < lanes->sets.length; i++) {
		const struct lane_set *set = &lanes->sets.data[i];
		if (!i || strcmp(lanes->sets.data[i - 1].cgroup, set->cgroup) != 0)
			put_name(trace, "thread_name", ++thread, set->cgroup);
		put_slice(trace, set->cpus, thread, set->start_ns, set->end_ns);
	}
}

/* Workers on each CPU, at each change. */
static void put_counters(struct trace *trace, const struct lanes *lanes)
{
	char name[32];
	int64_t workers = 0;
	for (size_t i = 0; i < lanes->changes.length; i++) {
		const struct lane_change *change = &lanes->changes.data[i];
		if (i && lanes->changes.data[i - 1].cpu != change->cpu)
			workers = 0;
		workers += change->delta;
		/* Several at one time are one. */
		if (i + 1 < lanes->changes.length &&
		    lanes->changes.data[i + 1].cpu == change->cpu &&
		    lanes->changes.data[i + 1].at_ns == change->at_ns)
			continue;
		snprintf(name, sizeof(name), "workers on CPU %d", change->cpu);
		put_head(trace, "C", name, 0);
		put_time(trace, "ts", trace->base_ns + change->at_ns);
		json_put_key(&trace->json, "args");
		json_open_object(&trace->json);
		json_member_int(&trace->json, "workers", workers);
		json_close_object(&trace->json);
		json_close_object(&trace->json);
	}
}

/* Beside the scenario's name. */
static void put_notes(struct trace *trace, const struct result *result)
{
	struct text notes = {0};
	for (size_t i = 0; i < result->notes.length; i++)
		text_printf(&notes, "%s%s", i ? "; " : "", result->notes.data[i]);
	put_fact(trace, "process_labels", 0, "labels", text_string(&notes));
	text_free(&notes);
}

static void put_scenario(struct trace *trace, const struct report *report,
			 const struct result *result)
{
	struct lanes lanes;
	struct text name = {0};
	report_put_name(result, &name);
	text_printf(&name, " %s", status_name(result->status));
	put_name(trace, "process_name", 0, text_string(&name));
	if (result->notes.length)
		put_notes(trace, result);
	put_name(trace, "thread_name", STEPS, "steps");
	put_name(trace, "thread_name", FINDINGS, "findings");
	put_slice(trace, result->name, STEPS, 0, result->duration_ns);
	for (size_t i = 0; i < result->steps.length; i++) {
		const struct step_result *step = &result->steps.data[i];
		put_slice(trace, step->name, STEPS, step->start_ns, step->end_ns);
	}
	for (size_t i = 0; i < result->reasons.length; i++)
		put_reason(trace, report, result, &result->reasons.data[i]);
	lanes_make(&lanes, result);
	put_sets(trace, &lanes);
	put_counters(trace, &lanes);
	lanes_free(&lanes);
	text_free(&name);
}

void report_perfetto(const struct report *report, struct text *out)
{
	struct trace trace = {0};
	json_start(&trace.json, out, false);
	json_open_object(&trace.json);
	json_member_string(&trace.json, "displayTimeUnit", "ns");
	json_put_key(&trace.json, "otherData");
	json_open_object(&trace.json);
	json_member_string(&trace.json, "tool", "ktstr " KTSTR_VERSION);
	json_close_object(&trace.json);
	json_put_key(&trace.json, "traceEvents");
	json_open_array(&trace.json);
	for (size_t i = 0; i < report->count; i++) {
		trace.process = (int64_t)i + 1;
		put_scenario(&trace, report, &report->results[i]);
		trace.base_ns += report->results[i].duration_ns;
	}
	json_close_array(&trace.json);
	json_close_object(&trace.json);
	text_putc(out, '\n');
}
