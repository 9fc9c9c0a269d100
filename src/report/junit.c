/* JUnit XML as Maven's surefire writes it and Jenkins reads it. A file of scenarios is a suite, a
 * scenario a test case, and its repeats are one: readers take a second case of the same name for a
 * mistake, and a passed repeat must not hide the one that failed. */
#include "report/escape.h"
#include "report/order.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct tally {
	size_t tests, failures, errors, skipped;
	int64_t time_ns;
};

/* The rounds of one scenario. */
struct test_case {
	const struct result *const *rounds;
	size_t count;
	const struct result *worst;
};

static struct test_case case_at(const struct report *report, const struct result *const *ordered,
				size_t first)
{
	struct test_case test = {.rounds = ordered + first,
				 .count = order_rounds(ordered, report->count, first),
				 .worst = ordered[first]};
	for (size_t i = 1; i < test.count; i++) {
		if (test.rounds[i]->status > test.worst->status)
			test.worst = test.rounds[i];
	}
	return test;
}

static const char *file_of(const struct report *report, const struct result *result)
{
	struct report_place place;
	return report_locate(report, result->span, &place) ? place.file : "";
}

static void count_case(struct tally *tally, const struct test_case *test)
{
	enum status status = test->worst->status;
	tally->tests++;
	tally->failures += status == STATUS_FAIL;
	tally->errors += status == STATUS_BROKEN || status == STATUS_TIMEOUT;
	tally->skipped += status == STATUS_SKIP || status == STATUS_INCONCLUSIVE;
	for (size_t i = 0; i < test->count; i++)
		tally->time_ns += test->rounds[i]->duration_ns;
}

static void put_attribute(struct text *out, const char *name, const char *value)
{
	text_printf(out, " %s=\"", name);
	escape_xml(out, value);
	text_putc(out, '"');
}

static void put_tally(struct text *out, const struct tally *tally)
{
	text_printf(out,
		    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
		    tally->tests, tally->failures, tally->errors, tally->skipped,
		    (double)tally->time_ns / 1e9);
}

/* "scenarios/basic/steady.kts" is the class scenarios.basic.steady. */
static void put_class(struct text *out, const char *file)
{
	struct text name = {0};
	size_t length = strlen(file);
	if (length > 4 && strcmp(file + length - 4, ".kts") == 0)
		length -= 4;
	text_add(&name, file, length);
	for (size_t i = 0; i < name.length; i++) {
		if (name.data[i] == '/')
			name.data[i] = '.';
	}
	put_attribute(out, "classname", text_string(&name));
	text_free(&name);
}

/* All findings of all rounds, a line each. */
static void put_findings(const struct report *report, const struct test_case *test,
			 struct text *out)
{
	struct text lines = {0};
	for (size_t i = 0; i < test->count; i++) {
		const struct result *result = test->rounds[i];
		for (size_t j = 0; j < result->reasons.length; j++) {
			text_clear(&lines);
			if (result->round)
				text_printf(&lines, "round %u: ", result->round);
			report_put_reason(report, &result->reasons.data[j], &lines);
			escape_xml(out, text_string(&lines));
			text_putc(out, '\n');
		}
	}
	text_free(&lines);
}

static void put_verdict(const struct report *report, const struct test_case *test, struct text *out)
{
	static const char *const elements[STATUS_COUNT] = {
		[STATUS_FAIL] = "failure",  [STATUS_BROKEN] = "error",
		[STATUS_TIMEOUT] = "error", [STATUS_SKIP] = "skipped",
		[STATUS_PASS] = "",         [STATUS_INCONCLUSIVE] = "skipped"};
	const struct reason *reason = report_decisive(test->worst);
	const char *element = elements[test->worst->status];
	struct text message = {0};
	if (!*element)
		return;
	if (test->worst->status == STATUS_INCONCLUSIVE)
		text_puts(&message, "inconclusive: ");
	text_puts(&message, reason ? reason->message : status_name(test->worst->status));
	text_printf(out, "      <%s", element);
	put_attribute(out, "message", text_string(&message));
	if (strcmp(element, "skipped") == 0) {
		text_puts(out, "/>\n");
	} else {
		bool failed = reason && test->worst->status == STATUS_FAIL;
		put_attribute(out, "type",
			      failed ? reason->check : status_name(test->worst->status));
		text_puts(out, ">");
		put_findings(report, test, out);
		text_printf(out, "</%s>\n", element);
	}
	text_free(&message);
}

/* What `human` says of it. */
static void put_output(const struct report *report, const struct test_case *test, struct text *out)
{
	struct text human = {0};
	char *rest, *line;
	struct report plain = *report;
	plain.color = false;
	plain.quiet = false;
	for (size_t i = 0; i < test->count; i++)
		report_text_scenario(&plain, test->rounds[i], &human);
	text_puts(out, "      <system-out>");
	rest = human.data;
	while (rest && (line = strsep(&rest, "\n"))) {
		escape_xml(out, line);
		if (rest)
			text_putc(out, '\n');
	}
	text_puts(out, "</system-out>\n");
	text_free(&human);
}

static void put_case(const struct report *report, const struct test_case *test, struct text *out)
{
	struct tally tally = {0};
	struct report_place place;
	uint64_t checks = 0;
	count_case(&tally, test);
	for (size_t i = 0; i < test->count; i++)
		checks += test->rounds[i]->checks + test->rounds[i]->reasons.length;
	text_puts(out, "    <testcase");
	put_attribute(out, "name", test->worst->name);
	put_class(out, file_of(report, test->worst));
	if (report_locate(report, test->worst->span, &place)) {
		put_attribute(out, "file", place.file);
		text_printf(out, " line=\"%u\"", place.line);
	}
	text_printf(out, " assertions=\"%" PRIu64 "\" time=\"%.3f\">\n", checks,
		    (double)tally.time_ns / 1e9);
	put_verdict(report, test, out);
	put_output(report, test, out);
	text_puts(out, "    </testcase>\n");
}

static void put_property(struct text *out, const char *name, const char *value)
{
	text_puts(out, "      <property");
	put_attribute(out, "name", name);
	put_attribute(out, "value", value);
	text_puts(out, "/>\n");
}

static void put_properties(const struct environment *environment, struct text *out)
{
	char seed[32];
	snprintf(seed, sizeof(seed), "%" PRIu64, environment->seed);
	text_puts(out, "    <properties>\n");
	put_property(out, "tool", "ktstr " KTSTR_VERSION);
	put_property(out, "kernel", environment->kernel);
	put_property(out, "topology", environment->topology);
	put_property(out, "backend", environment->host.backend ? environment->host.backend : "");
	put_property(out, "seed", seed);
	text_puts(out, "    </properties>\n");
}

/* The suite that begins at `first`; returns where the next one does. */
static size_t put_suite(const struct report *report, const struct result *const *ordered,
			size_t first, struct text *out)
{
	const struct environment *environment = &report->environment[ordered[first]->environment];
	const char *file = file_of(report, ordered[first]);
	struct tally tally = {0};
	size_t end = first;
	while (end < report->count && strcmp(file_of(report, ordered[end]), file) == 0) {
		struct test_case test = case_at(report, ordered, end);
		count_case(&tally, &test);
		end += test.count;
	}
	text_puts(out, "  <testsuite");
	put_attribute(out, "name", *file ? file : "ktstr");
	put_tally(out, &tally);
	/* The schema's time has no zone. */
	text_printf(out, " timestamp=\"%.19s\"",
		    *environment->started ? environment->started : "1970-01-01T00:00:00");
	put_attribute(out, "hostname", environment->hostname);
	text_puts(out, ">\n");
	put_properties(environment, out);
	while (first < end) {
		struct test_case test = case_at(report, ordered, first);
		put_case(report, &test, out);
		first += test.count;
	}
	text_puts(out, "  </testsuite>\n");
	return end;
}

void report_junit(const struct report *report, struct text *out)
{
	const struct result **ordered = order_results(report);
	struct tally all = {0};
	for (size_t i = 0; i < report->count;) {
		struct test_case test = case_at(report, ordered, i);
		count_case(&all, &test);
		i += test.count;
	}
	text_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_attribute(out, "name", "ktstr");
	put_tally(out, &all);
	text_puts(out, ">\n");
	for (size_t i = 0; i < report->count;)
		i = put_suite(report, ordered, i, out);
	text_puts(out, "</testsuites>\n");
	free(ordered);
}
