/* KTAP 1, the kernel's dialect of TAP: Documentation/dev-tools/ktap.rst. A result line has one
 * directive at most; what belongs to a result stands before it in `#` lines. */
#include "report/escape.h"
#include "report/report.h"

static const char *const directives[STATUS_COUNT] = {
	[STATUS_PASS] = "",           [STATUS_FAIL] = "",
	[STATUS_SKIP] = "SKIP",       [STATUS_INCONCLUSIVE] = "SKIP inconclusive:",
	[STATUS_TIMEOUT] = "TIMEOUT", [STATUS_BROKEN] = "ERROR"};

static bool is_bad(enum status status)
{
	return status == STATUS_FAIL || status == STATUS_BROKEN || status == STATUS_TIMEOUT;
}

void report_ktap_begin(const struct report *report, struct text *out)
{
	size_t count = report->planned ? report->planned : report->count;
	text_printf(out, "KTAP version 1\n1..%zu\n", count);
}

void report_ktap_scenario(const struct report *report, size_t number, const struct result *result,
			  struct text *out)
{
	struct text name = {0};
	for (size_t i = 0; i < result->reasons.length; i++) {
		text_printf(out, "# %s ", status_name(result->reasons.data[i].status));
		report_put_reason(report, &result->reasons.data[i], out);
		text_putc(out, '\n');
	}
	for (size_t i = 0; i < result->notes.length; i++) {
		text_puts(out, "# note: ");
		escape_ktap(out, result->notes.data[i]);
		text_putc(out, '\n');
	}
	report_put_name(result, &name);
	text_printf(out, "%s %zu ", is_bad(result->status) ? "not ok" : "ok", number);
	escape_ktap(out, text_string(&name));
	const struct reason *reason = report_decisive(result);
	if (*directives[result->status]) {
		text_printf(out, " # %s ", directives[result->status]);
		escape_ktap(out, reason ? reason->message : "no reason given");
	}
	text_putc(out, '\n');
	text_free(&name);
}

void report_ktap_end(const struct report *report, struct text *out)
{
	struct run_summary summary = {0};
	for (size_t i = 0; i < report->count; i++)
		summary_add(&summary, &report->results[i]);
	const size_t *counts = summary.counts;
	text_printf(out, "# Totals: pass:%zu fail:%zu xfail:0 xpass:0 skip:%zu error:%zu\n",
		    counts[STATUS_PASS], counts[STATUS_FAIL],
		    counts[STATUS_SKIP] + counts[STATUS_INCONCLUSIVE],
		    counts[STATUS_BROKEN] + counts[STATUS_TIMEOUT]);
}
