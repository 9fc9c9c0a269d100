/*
 * Any bytes as a report that is given to compare or merge: one that is taken is shown in every
 * format, compared with itself, and says the same when it is read again.
 */
#include "report/compare.h"
#include "report/formats.h"
#include "subject.h"

#include <math.h>

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	text_add(seed, bytes, length);
}

static void show(const struct reader *reader, enum format format, struct text *out)
{
	struct report report = reader_report(reader);
	text_clear(out);
	format_put(format, &report, out);
}

static void compare_with_itself(const struct reader *reader)
{
	const struct compare_options options = {
		.alpha = 0.05, .confidence = 0.95, .relative = (double)NAN};
	const struct reader *sides[] = {reader, reader};
	struct comparison comparison;
	struct text out = {0};
	compare_make(&comparison, sides, &options);
	compare_put_text(&comparison, true, &out);
	compare_put_json(&comparison, &out);
	if (comparison.counts[COMPARE_REGRESSED] || comparison.counts[COMPARE_IMPROVED])
		subject_fail("it differs from itself:\n%s", text_string(&out));
	compare_free(&comparison);
	text_free(&out);
}

static void read_again(const struct text *first)
{
	struct reader reader = {0};
	struct text second = {0};
	struct error error;
	if (!reader_add_bytes(&reader, "again", text_string(first), first->length, &error))
		subject_fail("what was written is refused: %s\n%s", error.message,
			     text_string(first));
	show(&reader, FORMAT_JSON, &second);
	if (!subject_same(first, &second))
		subject_fail("first\n%s\nand then\n%s", text_string(first), text_string(&second));
	text_free(&second);
	reader_free(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct reader reader = {0};
	struct text out = {0};
	struct error error;
	if (reader_add_bytes(&reader, "fuzz", (const char *)bytes, length, &error)) {
		for (enum format format = 0; format < FORMAT_COUNT; format++) {
			/* Adds to a file that the environment names. */
			if (format != FORMAT_GITHUB)
				show(&reader, format, &out);
		}
		compare_with_itself(&reader);
		show(&reader, FORMAT_JSON, &out);
		read_again(&out);
	}
	text_free(&out);
	reader_free(&reader);
	return 0;
}
