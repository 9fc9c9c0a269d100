/* One page: styles and drawings are in it, no script is, and it loads nothing. */
#include "report/escape.h"
#include "report/html_parts.h"
#include "report/report.h"
#include "sema/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char head[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta http-equiv=\"Content-Security-Policy\" "
			   "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width\">\n"
			   "<meta name=\"color-scheme\" content=\"light dark\">\n"
			   "<title>";

static const char style[] =
	"</title>\n<style>\n"
	":root{--bg:#fff;--fg:#1b1f24;--dim:#59636e;--line:#d1d9e0;--box:#dbe9f9;--set:#d7f0dc;"
	"--busy:#8db7e8;--move:#9a5b00;--good:#1a7f37;--bad:#cf222e;--warn:#8a5a00;--skip:#57606a}"
	"\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#0f1419;--fg:#e6edf3;--dim:#9aa5b1;"
	"--line:#38424d;--box:#1f3a5c;--set:#1d4429;--busy:#2f5f96;--move:#f0b35a;--good:#4cc26b;"
	"--bad:#ff7b72;--warn:#e3b341;--skip:#9aa5b1}}\n"
	"body{background:var(--bg);color:var(--fg);font:15px/1.45 system-ui,sans-serif;"
	"margin:2em auto;padding:0 1em;max-width:75em}\n"
	"h1{font-size:1.5em}h2{font-size:1.15em;margin:2em 0 .3em}p{margin:.3em 0}\n"
	"table{border-collapse:collapse;margin:.6em 0;font-variant-numeric:tabular-nums}\n"
	"th,td{border-bottom:1px solid var(--line);padding:.2em .7em .2em 0;text-align:left;"
	"vertical-align:top}\n"
	"th{color:var(--dim);font-weight:600}.n{text-align:right;white-space:nowrap}\n"
	".wide{overflow-x:auto}.hint,.dim{color:var(--dim)}\n"
	"code,.place{font-family:ui-monospace,monospace;font-size:.9em}\n"
	".verdict{font-weight:700}a{color:inherit}\n"
	".PASS{color:var(--good)}.FAIL,.TIMEOUT,.BROKEN{color:var(--bad)}\n"
	".INCONCLUSIVE{color:var(--warn)}.SKIP{color:var(--skip)}\n"
	"svg{display:block;max-width:100%;font:12px system-ui,sans-serif}\n"
	"svg text{fill:var(--fg)}svg .row{text-anchor:end}svg .axis{text-anchor:start}\n"
	".grid{stroke:var(--line)}.step{fill:var(--box);stroke:var(--line)}\n"
	".set{fill:var(--set);stroke:var(--line)}.busy{fill:var(--busy)}\n"
	".move{stroke:var(--move);stroke-width:.7;fill:none;opacity:.7}\n"
	".mark{stroke:currentColor;stroke-width:1.5;stroke-dasharray:4 3}\n"
	"svg circle{fill:currentColor}svg .number{fill:var(--bg);text-anchor:middle;"
	"font-size:10px;font-weight:700}\n"
	".bar{display:inline-block;width:8em;height:.7em;border:1px solid var(--line);"
	"background:var(--bg);vertical-align:baseline}\n"
	".bar i{display:block;height:100%;background:var(--busy)}\n"
	"</style>\n";

void html_put_head(const char *title, const char *more, struct text *out)
{
	text_puts(out, head);
	escape_xml(out, title);
	text_puts(out, style);
	text_puts(out, more);
	text_puts(out, "</head>\n<body>\n");
}

static void put_environment(const struct environment *environment, struct text *out)
{
	text_puts(out, "<p class=\"dim\">");
	escape_xml(out, environment->hostname);
	text_puts(out, ", ");
	escape_xml(out, environment->started);
	text_puts(out, " · ");
	escape_xml(out, environment->kernel);
	text_puts(out, " · ");
	escape_xml(out, environment->cpu_model);
	text_puts(out, " · topology ");
	escape_xml(out, environment->topology);
	text_puts(out, " · ");
	escape_xml(out, environment->host.detail);
	text_printf(out, " · seed %" PRIu64 "</p>\n", environment->seed);
}

static void put_overview(const struct report *report, struct text *out)
{
	if (report->count < 2)
		return;
	text_puts(out, "<table>\n<tr><th>verdict<th>scenario<th class=\"n\">time<th>why</tr>\n");
	for (size_t i = 0; i < report->count; i++) {
		const struct result *result = &report->results[i];
		const struct reason *reason = report_decisive(result);
		struct text name = {0};
		report_put_name(result, &name);
		text_printf(out, "<tr><td class=\"verdict %s\">%s<td><a href=\"#s%zu\">",
			    status_name(result->status), status_name(result->status), i + 1);
		escape_xml(out, text_string(&name));
		text_puts(out, "</a><td class=\"n\">");
		text_put_duration_short(out, result->duration_ns);
		text_puts(out, "<td>");
		escape_xml(out, reason ? reason->message : "");
		text_puts(out, "</tr>\n");
		text_free(&name);
	}
	text_puts(out, "</table>\n");
}

static void put_reasons(const struct report *report, const struct result *result, size_t number,
			struct text *out)
{
	if (!result->reasons.length)
		return;
	text_puts(out, "<ol>\n");
	for (size_t i = 0; i < result->reasons.length; i++) {
		const struct reason *reason = &result->reasons.data[i];
		struct text line = {0};
		report_put_reason(report, reason, &line);
		text_printf(out, "<li id=\"s%zur%zu\"><span class=\"verdict %s\">%s</span> ",
			    number, i + 1, status_name(reason->status),
			    status_name(reason->status));
		escape_xml(out, text_string(&line));
		if (*reason->note) {
			text_puts(out, " <span class=\"dim\">(");
			escape_xml(out, reason->note);
			text_puts(out, ")</span>");
		}
		text_puts(out, "\n");
		text_free(&line);
	}
	text_puts(out, "</ol>\n");
}

/* The metrics that any group of the scenario has. */
static void find_metrics(const struct result *result, bool there[METRIC_COUNT])
{
	memset(there, 0, METRIC_COUNT * sizeof(*there));
	for (size_t i = 0; i < result->groups.length; i++) {
		for (enum metric metric = 0; metric < METRIC_COUNT; metric++)
			there[metric] |= metric_table[metric].source != METRIC_RUN &&
					 !isnan(result->groups.data[i].metrics[metric]);
	}
}

static void put_metric(enum metric metric, double value, struct text *out)
{
	enum type unit = metric_table[metric].unit;
	if (isnan(value)) {
		text_puts(out, "<td>");
		return;
	}
	/* The same figure as in JSON. */
	text_printf(out, "<td class=\"n\" data-%s=\"", metric_table[metric].name);
	if (unit == TYPE_DURATION || unit == TYPE_INT)
		text_printf(out, "%" PRId64, (int64_t)value);
	else
		text_put_double(out, unit == TYPE_BOOL ? value != 0 : value);
	text_puts(out, "\">");
	if (unit == TYPE_BOOL)
		text_puts(out, value == 0 ? "yes" : "<b class=\"FAIL\">no</b>");
	else if (unit == TYPE_DURATION)
		text_put_duration_short(out, (int64_t)value);
	else if (unit == TYPE_PERCENT)
		text_printf(out, "%.1f%%", value * 100);
	else
		text_printf(out, "%.4g", value);
}

/* The mean share of a CPU that a worker had. */
static void put_share(const struct group_result *group, struct text *out)
{
	double cpu = 0, wall = 0;
	for (size_t i = 0; i < group->worker_count; i++) {
		cpu += (double)group->workers[i].cpu_ns;
		wall += (double)group->workers[i].wall_ns;
	}
	double share = wall > 0 ? cpu / wall * 100 : 0;
	text_printf(out,
		    "<td data-share=\"%.6g\" style=\"white-space:nowrap\"><span class=\"bar\"><i "
		    "style=\"width:%.1f%%\"></i>"
		    "</span> %.1f%%",
		    share, share > 100 ? 100 : share, share);
}

static void put_group(const struct group_result *group, const bool there[METRIC_COUNT],
		      struct text *out)
{
	uint64_t migrations = 0;
	for (size_t i = 0; i < group->worker_count; i++)
		migrations += group->workers[i].migrations;
	text_puts(out, "<tr class=\"group\"><td>");
	escape_xml(out, group->cgroup);
	text_puts(out, "<td>");
	escape_xml(out, group->work);
	text_printf(out, "<td class=\"n\">%zu", group->worker_count);
	put_share(group, out);
	text_printf(out, "<td class=\"n\" data-migrations=\"%" PRIu64 "\">%" PRIu64, migrations,
		    migrations);
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		if (there[metric])
			put_metric(metric, group->metrics[metric], out);
	}
	text_puts(out, "</tr>\n");
}

static void put_groups(const struct result *result, struct text *out)
{
	bool there[METRIC_COUNT];
	if (!result->groups.length)
		return;
	find_metrics(result, there);
	text_puts(out, "<div class=\"wide\"><table>\n<tr><th>cgroup<th>work<th class=\"n\">workers"
		       "<th>on CPU<th class=\"n\">migrations");
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		if (there[metric])
			text_printf(out, "<th class=\"n\">%s", metric_table[metric].name);
	}
	text_puts(out, "</tr>\n");
	for (size_t i = 0; i < result->groups.length; i++)
		put_group(&result->groups.data[i], there, out);
	text_puts(out, "</table></div>\n");
}

void html_put_histogram(const struct group_result *group, struct text *out)
{
	struct histogram_octaves octaves = histogram_octaves(group->wakes, group->wake_count);
	int width = (octaves.last - octaves.first + 1) * 56 + 4;
	text_puts(out, "<p>Wake latency of ");
	escape_xml(out, group->cgroup);
	text_puts(out, ", ");
	escape_xml(out, group->work);
	text_printf(out, ": %" PRIu64 " wakes</p>\n", octaves.total);
	text_printf(out,
		    "<svg class=\"histogram\" data-count=\"%" PRIu64
		    "\" viewBox=\"0 0 %d 110\" width=\"%d\" role=\"img\" "
		    "aria-label=\"Histogram\">\n",
		    octaves.total, width, width);
	for (int power = octaves.first; power <= octaves.last; power++) {
		struct text label = {0};
		uint64_t count = octaves.counts[power];
		double height = octaves.largest ? (double)count * 70 / (double)octaves.largest : 0;
		int x = (power - octaves.first) * 56 + 2;
		text_put_duration_short(&label, power ? INT64_C(1) << power : 1);
		text_printf(out,
			    "<g><title>%" PRIu64 " below %s</title><rect class=\"busy\" "
			    "data-below=\"%" PRId64 "\" data-count=\"%" PRIu64 "\" x=\"%d\" "
			    "y=\"%.1f\" width=\"52\" height=\"%.1f\"/><text x=\"%d\" "
			    "y=\"%.1f\">%" PRIu64 "</text><text x=\"%d\" y=\"106\">%s</text></g>\n",
			    count, text_string(&label), power ? INT64_C(1) << power : INT64_C(1),
			    count, x, 90 - height, height, x, 86 - height, count, x,
			    text_string(&label));
		text_free(&label);
	}
	text_puts(out, "</svg>\n");
}

static void put_payloads(const struct result *result, struct text *out)
{
	for (size_t i = 0; i < result->payloads.length; i++) {
		const struct payload_result *payload = &result->payloads.data[i];
		text_puts(out, "<p>payload ");
		escape_xml(out, payload->name);
		text_printf(out, ": %s %d, ", payload->killed ? "signal" : "exit code",
			    payload->code);
		text_put_duration_short(out, payload->wall_ns);
		for (uint32_t j = 0; j < payload->metric_count; j++) {
			text_puts(out, ", ");
			escape_xml(out, payload->metric_names[j]);
			text_printf(out, " %g", payload->metrics[j]);
		}
		text_puts(out, "</p>\n");
	}
}

static void put_scenario(const struct report *report, const struct result *result, size_t number,
			 struct text *out)
{
	struct text name = {0};
	report_put_name(result, &name);
	text_printf(out, "<section id=\"s%zu\" data-status=\"%s\" data-duration=\"%" PRId64 "\">\n",
		    number, status_name(result->status), result->duration_ns);
	text_printf(out, "<h2><span class=\"%s\">%s</span> ", status_name(result->status),
		    status_name(result->status));
	escape_xml(out, text_string(&name));
	text_puts(out, " <small class=\"dim\">");
	text_put_duration_short(out, result->duration_ns);
	text_puts(out, "</small></h2>\n<p>");
	escape_xml(out, result->doc);
	text_puts(out, "</p>\n");
	put_reasons(report, result, number, out);
	for (size_t i = 0; i < result->notes.length; i++) {
		text_puts(out, "<p class=\"dim\">note: ");
		escape_xml(out, result->notes.data[i]);
		text_puts(out, "</p>\n");
	}
	html_put_timeline(result, number, out);
	put_groups(result, out);
	put_payloads(result, out);
	for (size_t i = 0; i < result->groups.length; i++) {
		if (result->groups.data[i].wake_count)
			html_put_histogram(&result->groups.data[i], out);
	}
	text_puts(out, "</section>\n");
	text_free(&name);
}

void report_html(const struct report *report, struct text *out)
{
	html_put_head("ktstr report", "", out);
	text_puts(out, "<h1>ktstr: ");
	report_put_counts(report, out);
	text_puts(out, "</h1>\n");
	for (size_t i = 0; i < report->environment_count; i++)
		put_environment(&report->environment[i], out);
	put_overview(report, out);
	for (size_t i = 0; i < report->count; i++)
		put_scenario(report, &report->results[i], i + 1, out);
	text_puts(out, "</body>\n</html>\n");
}
