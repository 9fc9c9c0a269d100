#include "report/report.h"

#include "report/escape.h"

#include <string.h>

bool report_locate(const struct report *report, struct span span, struct report_place *place)
{
	struct source_place found;
	if (report->places) {
		if (span.start >= report->place_count)
			return false;
		*place = report->places[span.start];
		return true;
	}
	if (!report->sources || !source_locate(report->sources, span.start, &found))
		return false;
	*place = (struct report_place){found.file->name, found.line, found.column};
	return true;
}

const struct reason *report_decisive(const struct result *result)
{
	for (size_t i = 0; i < result->reasons.length; i++) {
		if (result->reasons.data[i].status == result->status)
			return &result->reasons.data[i];
	}
	return NULL;
}

void report_put_name(const struct result *result, struct text *out)
{
	text_put_visible(out, result->name, strlen(result->name));
	if (result->round)
		text_printf(out, " round %u", result->round);
}

void report_put_reason(const struct report *report, const struct reason *reason, struct text *out)
{
	struct report_place place;
	if (report_locate(report, reason->span, &place)) {
		text_put_visible(out, place.file, strlen(place.file));
		text_printf(out, ":%u:%u: ", place.line, place.column);
	}
	text_put_visible(out, reason->check, strlen(reason->check));
	text_puts(out, ": ");
	text_put_visible(out, reason->message, strlen(reason->message));
}

void report_put_counts(const struct report *report, struct text *out)
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
	if (!*separator)
		text_puts(out, report->shard.total ? "no scenario fell to this shard"
						   : "no scenario was selected");
}
