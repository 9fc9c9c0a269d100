/* TAP. What version 14 added to 13 (subtests, escapes in descriptions) old readers take, too, but
 * `prove` refuses a stream that calls itself 14; readers of 14 may take one that says 13. */
#include "report/escape.h"
#include "report/report.h"

static void put_head(const struct report *report, int version, struct text *out)
{
	size_t count = report->planned ? report->planned : report->count;
	text_printf(out, "TAP version %d\n1..%zu%s\n", version, count,
		    count ? "" : " # SKIP no scenario was selected");
}

void report_tap13_begin(const struct report *report, struct text *out)
{
	put_head(report, 13, out);
}

void report_tap14_begin(const struct report *report, struct text *out)
{
	put_head(report, 14, out);
}

static void put_member(struct text *out, const char *key, const char *value)
{
	text_printf(out, "  %s: ", key);
	escape_yaml(out, value);
	text_putc(out, '\n');
}

static void put_reason(const struct report *report, const struct reason *reason, struct text *out)
{
	struct report_place place;
	text_puts(out, "    - check: ");
	escape_yaml(out, reason->check);
	text_puts(out, "\n      message: ");
	escape_yaml(out, reason->message);
	text_printf(out, "\n      status: %s\n", status_name(reason->status));
	if (report_locate(report, reason->span, &place)) {
		text_puts(out, "      file: ");
		escape_yaml(out, place.file);
		text_printf(out, "\n      line: %u\n      column: %u\n", place.line, place.column);
	}
	if (*reason->cgroup) {
		text_puts(out, "      cgroup: ");
		escape_yaml(out, reason->cgroup);
		text_putc(out, '\n');
	}
}

/* The YAML block of a result that needs explaining. */
static void put_block(const struct report *report, const struct result *result, struct text *out)
{
	const struct reason *reason = report_decisive(result);
	text_puts(out, "  ---\n");
	put_member(out, "message", reason ? reason->message : status_name(result->status));
	text_printf(out, "  severity: %s\n", result->status == STATUS_FAIL ? "fail" : "comment");
	text_printf(out, "  status: %s\n  duration_ms: %.3f\n", status_name(result->status),
		    (double)result->duration_ns / 1e6);
	if (result->reasons.length)
		text_puts(out, "  reasons:\n");
	for (size_t i = 0; i < result->reasons.length; i++)
		put_reason(report, &result->reasons.data[i], out);
	text_puts(out, "  ...\n");
}

void report_tap_scenario(const struct report *report, size_t number, const struct result *result,
			 struct text *out)
{
	struct text name = {0};
	bool skipped = result->status == STATUS_SKIP || result->status == STATUS_INCONCLUSIVE;
	report_put_name(result, &name);
	text_printf(out, "%s %zu - ", skipped || result->status == STATUS_PASS ? "ok" : "not ok",
		    number);
	escape_tap(out, text_string(&name));
	if (skipped) {
		const struct reason *reason = report_decisive(result);
		text_printf(out, " # SKIP %s",
			    result->status == STATUS_SKIP ? "" : "inconclusive: ");
		escape_tap(out, reason ? reason->message : "no reason given");
	}
	text_putc(out, '\n');
	if (result->status != STATUS_PASS)
		put_block(report, result, out);
	text_free(&name);
}

void report_tap_end(const struct report *report, struct text *out)
{
	for (size_t i = 0; i < report->count; i++) {
		if (report->results[i].interrupted) {
			text_puts(out, "Bail out! Interrupted by a signal\n");
			return;
		}
	}
	text_puts(out, "# ");
	report_put_counts(report, out);
	text_putc(out, '\n');
}
