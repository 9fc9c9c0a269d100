#include "report/report.h"

#include "report/payloads.h"

#include "sema/metrics.h"
#include "source/diag.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *status_color(enum status status)
{
	static const char *const colors[STATUS_COUNT] = {
		[STATUS_PASS] = "\033[1;32m",         [STATUS_SKIP] = "\033[1;36m",
		[STATUS_INCONCLUSIVE] = "\033[1;33m", [STATUS_TIMEOUT] = "\033[1;31m",
		[STATUS_BROKEN] = "\033[1;35m",       [STATUS_FAIL] = "\033[1;31m"};
	return colors[status];
}

/* Text from a program, without what a terminal would obey. */
static void put_plain(struct text *out, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		text_putc(out, byte < 0x20 || byte == 0x7f ? '?' : *text);
	}
}

enum { COLUMNS = 7, CELL = 40 };

struct table {
	char (*cells)[COLUMNS][CELL];
	size_t rows;
	int columns; /* that are shown */
};

static void put_cell(char *cell, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put_cell(char *cell, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(cell, CELL, format, arguments);
	va_end(arguments);
}

static void put_duration_cell(char *cell, double ns)
{
	struct text text = {0};
	text_put_duration_short(&text, (int64_t)ns);
	put_cell(cell, "%s", text_string(&text));
	text_free(&text);
}

static double on_cpu(const struct worker_result *worker)
{
	return worker->wall_ns > 0 ? (double)worker->cpu_ns / (double)worker->wall_ns : 0;
}

/* Average share of a CPU, with the extremes where they differ visibly. */
static void put_share_cell(char *cell, const struct group_result *group)
{
	double least = INFINITY, most = 0, sum = 0;
	for (size_t i = 0; i < group->worker_count; i++) {
		double share = on_cpu(&group->workers[i]) * 100;
		least = share < least ? share : least;
		most = share > most ? share : most;
		sum += share;
	}
	if (most - least < 1)
		put_cell(cell, "%.1f%%", sum / (double)group->worker_count);
	else
		put_cell(cell, "%.1f%% to %.1f%%", least, most);
}

static void fill_row(char (*row)[CELL], const struct group_result *group)
{
	put_cell(row[0], "%s", group->cgroup);
	put_cell(row[1], "%s", group->work);
	put_cell(row[2], "%zu", group->worker_count);
	put_share_cell(row[3], group);
	if (!group->judged) {
		put_cell(row[4], "not judged");
		return;
	}
	if (isnan(group->metrics[METRIC_spread]))
		put_cell(row[4], "-");
	else
		put_cell(row[4], "%.1f%%", group->metrics[METRIC_spread] * 100);
	put_duration_cell(row[5], group->metrics[METRIC_gap]);
	if (!isnan(group->metrics[METRIC_wake_p99]))
		put_duration_cell(row[6], group->metrics[METRIC_wake_p99]);
	else
		put_cell(row[6], "-");
}

static bool any_waits(const struct result *result)
{
	for (size_t i = 0; i < result->groups.length; i++) {
		if (result->groups.data[i].wake_count)
			return true;
	}
	return false;
}

static void put_table(const struct table *table, struct text *out)
{
	size_t widths[COLUMNS] = {0};
	for (size_t row = 0; row < table->rows; row++) {
		for (int column = 0; column < table->columns; column++) {
			size_t width = strlen(table->cells[row][column]);
			widths[column] = width > widths[column] ? width : widths[column];
		}
	}
	for (size_t row = 0; row < table->rows; row++) {
		struct text line = {0};
		text_puts(&line, " ");
		for (int column = 0; column < table->columns; column++) {
			const char *cell = table->cells[row][column];
			text_putc(&line, ' ');
			put_plain(&line, cell);
			text_repeat(&line, ' ', widths[column] - strlen(cell) + 1);
		}
		while (line.length && line.data[line.length - 1] == ' ')
			line.data[--line.length] = '\0';
		text_printf(out, "%s\n", text_string(&line));
		text_free(&line);
	}
}

static void put_groups(const struct result *result, struct text *out)
{
	static const char *const heads[COLUMNS] = {"cgroup", "work",        "workers", "on CPU",
						   "spread", "longest gap", "wake p99"};
	struct table table = {.rows = result->groups.length + 1,
			      .columns = any_waits(result) ? COLUMNS : COLUMNS - 1};
	if (!result->groups.length)
		return;
	table.cells = memory_zeroed(table.rows, sizeof(*table.cells));
	for (int column = 0; column < COLUMNS; column++)
		put_cell(table.cells[0][column], "%s", heads[column]);
	for (size_t i = 0; i < result->groups.length; i++)
		fill_row(table.cells[i + 1], &result->groups.data[i]);
	put_table(&table, out);
	free(table.cells);
}

static void put_reasons(const struct report *report, const struct result *result, struct text *out)
{
	static const char *const words[STATUS_COUNT] = {[STATUS_PASS] = "note",
							[STATUS_SKIP] = "skip",
							[STATUS_INCONCLUSIVE] = "inconclusive",
							[STATUS_TIMEOUT] = "timeout",
							[STATUS_BROKEN] = "broken",
							[STATUS_FAIL] = "fail"};
	for (size_t i = 0; i < result->reasons.length; i++) {
		const struct reason *reason = &result->reasons.data[i];
		char severity[64];
		snprintf(severity, sizeof(severity), "%s[%s]", words[reason->status],
			 reason->check);
		diag_render_place(report->sources, reason->span, severity, reason->message,
				  report->color, out);
		if (!span_is_none(reason->call))
			diag_render_place(report->sources, reason->call, "note", "in this call",
					  report->color, out);
		if (*reason->note)
			text_printf(out, "      = %s: %s\n",
				    *reason->layer && strcmp(reason->layer, "default") != 0
					    ? "note"
					    : "help",
				    reason->note);
	}
}

static void put_head(const struct report *report, const struct result *result, struct text *out)
{
	if (report->color)
		text_puts(out, status_color(result->status));
	text_puts(out, status_name(result->status));
	if (report->color)
		text_puts(out, "\033[0m");
	text_putc(out, ' ');
	put_plain(out, result->name);
}

static void put_swaps(const struct result *result, struct text *out)
{
	for (size_t i = 0; i < result->swaps.length; i++) {
		const struct swap_result *swap = &result->swaps.data[i];
		if (swap->replaced)
			text_printf(out, "  swapped: %lld workers of %s in '%s' for %s\n",
				    (long long)swap->count, swap->declared, swap->cgroup,
				    swap->work);
		else
			text_printf(out,
				    "  not swapped: %lld workers of %s in '%s'; those of %s come "
				    "in groups of %lld\n",
				    (long long)swap->count, swap->declared, swap->cgroup,
				    swap->work, (long long)swap->members);
	}
}

void report_text_scenario(const struct report *report, const struct result *result,
			  struct text *out)
{
	if (report->quiet && result->status == STATUS_PASS)
		return;
	put_head(report, result, out);
	text_puts(out, " (");
	text_put_duration_short(out, result->duration_ns);
	text_puts(out, ")");
	if (result->status == STATUS_PASS)
		text_printf(out, ": %llu check%s held", (unsigned long long)result->checks,
			    result->checks == 1 ? "" : "s");
	text_putc(out, '\n');
	put_reasons(report, result, out);
	for (size_t i = 0; i < result->notes.length; i++) {
		text_puts(out, "  note: ");
		put_plain(out, result->notes.data[i]);
		text_putc(out, '\n');
	}
	put_swaps(result, out);
	put_groups(result, out);
	payloads_put_text(result, out);
}

void report_text_summary(const struct report *report, struct text *out)
{
	static const struct {
		enum status status;
		const char *word;
	} words[] = {{STATUS_PASS, "passed"},       {STATUS_FAIL, "failed"},
		     {STATUS_SKIP, "skipped"},      {STATUS_BROKEN, "broken"},
		     {STATUS_TIMEOUT, "timed out"}, {STATUS_INCONCLUSIVE, "inconclusive"}};
	struct run_summary summary = {0};
	const char *separator = "";
	for (size_t i = 0; i < report->count; i++)
		summary_add(&summary, &report->results[i]);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t count = summary.counts[words[i].status];
		if (!count)
			continue;
		text_printf(out, "%s%zu %s", separator, count, words[i].word);
		separator = ", ";
	}
	text_puts(out, *separator ? "\n" : "no scenario was selected\n");
}

static void put_event_detail(const struct event *event, struct text *out)
{
	if (event->count >= 0 && *event->work)
		text_printf(out, " %lld %s in", (long long)event->count, event->work);
	else if (event->count >= 0)
		text_printf(out, " %lld %s", (long long)event->count,
			    strcmp(event->op, "move") == 0 && *event->cgroup ? "from" : "workers");
	if (*event->cgroup)
		text_printf(out, " %s", event->cgroup);
	if (*event->knob)
		text_printf(out, ".%s", event->knob);
	if (*event->value)
		text_printf(out, " = %s", event->value);
	if (*event->to)
		text_printf(out, "%s %s", *event->knob ? " with" : " to", event->to);
	if (*event->to && *event->knob)
		text_printf(out, ".%s", event->knob);
	if (*event->policy)
		text_printf(out, " as %s", event->policy);
	if (*event->affinity)
		text_printf(out, " on %s", event->affinity);
	if (event->length_ns >= 0) {
		text_putc(out, ' ');
		text_put_duration(out, event->length_ns);
	}
	if (*event->replaces)
		text_printf(out, " in place of %s", event->replaces);
	if (*event->cpus && !*event->value)
		text_printf(out, " (CPUs %s)", event->cpus);
	if (*event->text) {
		text_puts(out, " \"");
		put_plain(out, event->text);
		text_putc(out, '"');
	}
}

void report_plan_text(const struct report *report, const struct result *result, struct text *out)
{
	put_head(report, result, out);
	text_printf(out, " on %s: takes ", report->environment->topology);
	text_put_duration(out, result->duration_ns);
	text_putc(out, '\n');
	put_reasons(report, result, out);
	put_swaps(result, out);
	const char *step = "";
	for (size_t i = 0; !report->quiet && i < result->events.length; i++) {
		const struct event *event = &result->events.data[i];
		if (*event->step && event->step != step) {
			text_puts(out, "  step \"");
			put_plain(out, event->step);
			text_puts(out, "\"\n");
		}
		step = event->step;
		text_printf(out, "%s%10.3f s  %s%s", *step ? "  " : "", (double)event->t_ns / 1e9,
			    event->op, event->implied ? "*" : "");
		put_event_detail(event, out);
		text_putc(out, '\n');
	}
	if (!report->quiet && result->events.length)
		text_puts(out, "  (* is done without a line that says so)\n");
}
