#include "report/report.h"

#include "report/payloads.h"
#include "report/table.h"
#include "report/text_parts.h"
#include "source/diag.h"

#include <stdio.h>
#include <string.h>

/* Findings of one kind at one place that are printed; more than that, and the last line says how
 * many. */
enum { ALIKE_MAX = 4 };

static const char *status_color(enum status status)
{
	static const char *const colors[STATUS_COUNT] = {
		[STATUS_PASS] = "\033[1;32m",         [STATUS_SKIP] = "\033[1;36m",
		[STATUS_INCONCLUSIVE] = "\033[1;33m", [STATUS_TIMEOUT] = "\033[1;31m",
		[STATUS_BROKEN] = "\033[1;35m",       [STATUS_FAIL] = "\033[1;31m"};
	return colors[status];
}

/* As diag_render_place() begins, where there is no program text to show. */
static void put_finding(const struct report *report, struct span span, const char *severity,
			const char *message, struct text *out)
{
	struct report_place place;
	if (report_locate(report, span, &place)) {
		text_put_visible(out, place.file, strlen(place.file));
		text_printf(out, ":%u:%u: ", place.line, place.column);
	}
	text_put_visible(out, severity, strlen(severity));
	text_puts(out, ": ");
	text_put_visible(out, message, strlen(message));
	text_putc(out, '\n');
}

static void put_note(const struct reason *reason, struct text *out)
{
	bool set = *reason->layer && strcmp(reason->layer, "default") != 0;
	text_printf(out, "      = %s: ", set ? "note" : "help");
	text_put_visible(out, reason->note, strlen(reason->note));
	text_putc(out, '\n');
}

static void put_reason(const struct report *report, const struct reason *reason, struct text *out)
{
	static const char *const words[STATUS_COUNT] = {[STATUS_PASS] = "note",
							[STATUS_SKIP] = "skip",
							[STATUS_INCONCLUSIVE] = "inconclusive",
							[STATUS_TIMEOUT] = "timeout",
							[STATUS_BROKEN] = "broken",
							[STATUS_FAIL] = "fail"};
	char severity[64];
	snprintf(severity, sizeof(severity), "%s[%s]", words[reason->status], reason->check);
	if (report->sources)
		diag_render_place(report->sources, reason->span, severity, reason->message,
				  report->color, out);
	else
		put_finding(report, reason->span, severity, reason->message, out);
	if (!span_is_none(reason->call) && report->sources)
		diag_render_place(report->sources, reason->call, "note", "in this call",
				  report->color, out);
	else if (!span_is_none(reason->call))
		put_finding(report, reason->call, "note", "in this call", out);
	if (*reason->note)
		put_note(reason, out);
}

/* The same said of another worker, group or moment. */
static bool is_alike(const struct reason *a, const struct reason *b)
{
	return a->status == b->status && strcmp(a->check, b->check) == 0 &&
	       span_equal(a->span, b->span) && span_equal(a->call, b->call);
}

/* How many from this one on are alike. */
static size_t count_alike(const struct result *result, size_t first)
{
	const struct reason *reasons = result->reasons.data;
	size_t end = first + 1;
	while (end < result->reasons.length && is_alike(&reasons[first], &reasons[end]))
		end++;
	return end - first;
}

void text_put_reasons(const struct report *report, const struct result *result, struct text *out)
{
	for (size_t i = 0, count; i < result->reasons.length; i += count) {
		count = count_alike(result, i);
		bool all = report->verbose || count <= ALIKE_MAX;
		size_t shown = all ? count : ALIKE_MAX - 1;
		for (size_t k = i; k < i + shown; k++)
			put_reason(report, &result->reasons.data[k], out);
		if (count > shown)
			text_printf(out, "  note: %zu more like these; --verbose shows them all\n",
				    count - shown);
	}
}

void text_put_head(const struct report *report, const struct result *result, struct text *out)
{
	if (report->color)
		text_puts(out, status_color(result->status));
	text_puts(out, status_name(result->status));
	if (report->color)
		text_puts(out, "\033[0m");
	text_putc(out, ' ');
	report_put_name(result, out);
}

void text_put_swaps(const struct result *result, struct text *out)
{
	for (size_t i = 0; i < result->swaps.length; i++) {
		const struct swap_result *swap = &result->swaps.data[i];
		struct text cgroup = {0};
		text_put_visible(&cgroup, swap->cgroup, strlen(swap->cgroup));
		text_printf(out, "  %sswapped: %lld workers of ", swap->replaced ? "" : "not ",
			    (long long)swap->count);
		text_put_visible(out, swap->declared, strlen(swap->declared));
		text_printf(out, " in '%s'%s", text_string(&cgroup),
			    swap->replaced ? " for " : "; those of ");
		text_put_visible(out, swap->work, strlen(swap->work));
		if (!swap->replaced)
			text_printf(out, " come in groups of %lld", (long long)swap->members);
		text_putc(out, '\n');
		text_free(&cgroup);
	}
}

void report_text_scenario(const struct report *report, const struct result *result,
			  struct text *out)
{
	bool well = result->status == STATUS_PASS;
	if (report->quiet && well)
		return;
	text_put_head(report, result, out);
	text_puts(out, " (");
	text_put_duration_short(out, result->duration_ns);
	text_puts(out, ")");
	if (well)
		text_printf(out, ": %llu check%s held", (unsigned long long)result->checks,
			    result->checks == 1 ? "" : "s");
	text_putc(out, '\n');
	text_put_reasons(report, result, out);
	for (size_t i = 0; i < result->notes.length; i++) {
		text_puts(out, "  note: ");
		text_put_visible(out, result->notes.data[i], strlen(result->notes.data[i]));
		text_putc(out, '\n');
	}
	text_put_swaps(result, out);
	if (!well || report->verbose) {
		table_put_groups(result, out);
		table_put_histograms(result, report->verbose, out);
		payloads_put_text(result, out);
	}
}

void report_text_summary(const struct report *report, struct text *out)
{
	report_put_counts(report, out);
	text_putc(out, '\n');
}
