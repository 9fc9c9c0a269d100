#include "report/report.h"
#include "report/text_parts.h"

#include <string.h>

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
		text_put_visible(out, event->text, strlen(event->text));
		text_putc(out, '"');
	}
}

void report_plan_text(const struct report *report, const struct result *result, struct text *out)
{
	text_put_head(report, result, out);
	text_printf(out, " on %s: takes ", report->environment->topology);
	text_put_duration(out, result->duration_ns);
	text_putc(out, '\n');
	text_put_reasons(report, result, out);
	text_put_swaps(result, out);
	const char *step = "";
	for (size_t i = 0; !report->quiet && i < result->events.length; i++) {
		const struct event *event = &result->events.data[i];
		if (*event->step && event->step != step) {
			text_puts(out, "  step \"");
			text_put_visible(out, event->step, strlen(event->step));
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
