/* GitHub Actions: annotations (workflow commands on standard output), and the Markdown that a
 * step's summary shows. GitHub keeps ten annotations of each kind per step, and 1 MiB of a summary.
 */
#include "report/escape.h"
#include "report/report.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { ANNOTATIONS_MAX = 10, SUMMARY_BYTES_MAX = 1024 * 1024 - 4096 };

/* Kinds of annotations, by what matters most. */
static const char *const kinds[STATUS_COUNT] = {
	[STATUS_FAIL] = "error",           [STATUS_BROKEN] = "error", [STATUS_TIMEOUT] = "error",
	[STATUS_INCONCLUSIVE] = "warning", [STATUS_SKIP] = "notice",  [STATUS_PASS] = NULL};

/* A file's path as the repository has it: GitHub knows no other. */
static void put_path(const struct report *report, const char *file, struct text *out)
{
	char resolved[PATH_MAX], root[PATH_MAX];
	if (report->workspace && realpath(file, resolved) && realpath(report->workspace, root)) {
		size_t length = strlen(root);
		if (strncmp(resolved, root, length) == 0 && resolved[length] == '/') {
			escape_github(out, resolved + length + 1, true);
			return;
		}
	}
	escape_github(out, file, true);
}

static void put_annotation(const struct report *report, const struct result *result,
			   const struct reason *reason, const char *kind, struct text *out)
{
	struct report_place place;
	struct text title = {0}, message = {0};
	text_printf(out, "::%s ", kind);
	if (report_locate(report, reason->span, &place)) {
		text_puts(out, "file=");
		put_path(report, place.file, out);
		text_printf(out, ",line=%u,col=%u,", place.line, place.column);
	}
	report_put_name(result, &title);
	text_printf(&title, ": %s %s", status_name(reason->status), reason->check);
	text_puts(out, "title=");
	escape_github(out, text_string(&title), true);
	text_puts(out, "::");
	text_puts(&message, reason->message);
	if (*reason->note)
		text_printf(&message, " (%s)", reason->note);
	escape_github(out, text_string(&message), false);
	text_putc(out, '\n');
	text_free(&title);
	text_free(&message);
}

static bool is_kind(enum status status, const char *kind)
{
	return kinds[status] && strcmp(kinds[status], kind) == 0;
}

static size_t count_kind(const struct report *report, const char *kind)
{
	size_t count = 0;
	for (size_t i = 0; i < report->count; i++) {
		const struct result *result = &report->results[i];
		for (size_t j = 0; j < result->reasons.length; j++)
			count += is_kind(result->reasons.data[j].status, kind);
	}
	return count;
}

/* Those of one status, as long as there is room for them. */
static void put_status(const struct report *report, enum status status, size_t *room,
		       struct text *out)
{
	for (size_t i = 0; i < report->count && *room; i++) {
		const struct result *result = &report->results[i];
		for (size_t j = 0; j < result->reasons.length && *room; j++) {
			const struct reason *reason = &result->reasons.data[j];
			if (reason->status != status)
				continue;
			put_annotation(report, result, reason, kinds[status], out);
			--*room;
		}
	}
}

void report_github(const struct report *report, struct text *out)
{
	enum status status = STATUS_COUNT;
	while (status-- > STATUS_SKIP) {
		const char *kind = kinds[status];
		size_t count = count_kind(report, kind);
		size_t shown = count > ANNOTATIONS_MAX ? ANNOTATIONS_MAX - 1 : count, room = shown;
		put_status(report, status, &room, out);
		while (status > STATUS_SKIP && is_kind(status - 1, kind))
			put_status(report, --status, &room, out);
		if (count > shown)
			text_printf(out,
				    "::%s title=ktstr::and %zu more; the whole report has them\n",
				    kind, count - shown);
	}
	struct text counts = {0};
	report_put_counts(report, &counts);
	text_printf(out, "ktstr: %s\n", text_string(&counts));
	text_free(&counts);
}

static void put_row(const struct report *report, const struct result *result, struct text *out)
{
	struct text name = {0}, line = {0};
	const struct reason *reason = report_decisive(result);
	report_put_name(result, &name);
	text_printf(out, "| %s | ", status_name(result->status));
	escape_markdown(out, text_string(&name));
	text_puts(out, " | ");
	text_put_duration_short(out, result->duration_ns);
	text_puts(out, " | ");
	if (reason)
		report_put_reason(report, reason, &line);
	else
		text_printf(&line, "%" PRIu64 " check%s held", result->checks,
			    result->checks == 1 ? "" : "s");
	escape_markdown(out, text_string(&line));
	if (reason && result->reasons.length > 1)
		text_printf(out, " (and %zu more)", result->reasons.length - 1);
	text_puts(out, " |\n");
	text_free(&name);
	text_free(&line);
}

static void put_environment(const struct environment *environment, struct text *out)
{
	text_puts(out, "\nktstr " KTSTR_VERSION ", ");
	escape_markdown(out, environment->kernel);
	text_puts(out, ", topology ");
	escape_markdown(out, environment->topology);
	text_printf(out, ", seed %" PRIu64 "\n", environment->seed);
}

void report_markdown(const struct report *report, struct text *out)
{
	size_t start = out->length, left = 0;
	text_puts(out, "### ktstr: ");
	report_put_counts(report, out);
	text_puts(out, "\n\n");
	if (report->count)
		text_puts(out, "| Verdict | Scenario | Time | Why |\n| --- | --- | --- | --- |\n");
	/* The worst first, so that what is cut off matters least. */
	for (enum status status = STATUS_COUNT; status-- > STATUS_PASS;) {
		for (size_t i = 0; i < report->count; i++) {
			const struct result *result = &report->results[i];
			if (result->status != status)
				continue;
			if (out->length - start < SUMMARY_BYTES_MAX)
				put_row(report, result, out);
			else
				left++;
		}
	}
	if (left)
		text_printf(out, "\n%zu more are in the whole report.\n", left);
	if (report->environment)
		put_environment(report->environment, out);
}
