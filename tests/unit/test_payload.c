/* Figures in the output of payloads. */
#include "run/payload.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static double find(enum payload_output kind, const char *path, const char *output)
{
	struct text text = {0};
	double value = NAN;
	text_puts(&text, output);
	if (!payload_find_figure(kind, path, &text, &value))
		value = NAN;
	text_free(&text);
	return value;
}

static void expect_json(const char *path, const char *output, double wanted)
{
	double value = find(PAYLOAD_OUTPUT_JSON, path, output);
	if (isnan(wanted) ? !isnan(value) : value != wanted)
		fail_msg("%s in %s is %g, not %g", path, output, value, wanted);
}

static void test_json(void **state)
{
	(void)state;
	expect_json("a", "{\"a\": 3}", 3);
	expect_json("a.b.1.c", "{\"a\": {\"b\": [1, {\"c\": -2.5e3}]}}", -2500);
	expect_json("0", "[7, 8]", 7);
	/* Keys with dots, whole or in part. */
	expect_json("p.99.000000", "{\"p\": {\"99.000000\": 4}}", 4);
	expect_json("p.99.x", "{\"p.99\": {\"x\": 5}, \"p\": {\"99\": {\"x\": 6}}}", 6);
	expect_json("p.99.x", "{\"p.99\": {\"x\": 5}, \"p\": {\"99\": 1}}", 5);
	/* Something is said before and behind it. */
	expect_json("a", "fio-3.33\nstarting {x}\n{\"a\": 9}\nbye\n", 9);
	expect_json("a", "{\"a\": 1} {\"a\": 2}", 1);
	/* No number there. */
	expect_json("b", "{\"a\": 1}", NAN);
	expect_json("a", "{\"a\": \"3\"}", NAN);
	expect_json("a", "{\"a\": true}", NAN);
	expect_json("a.b", "{\"a\": 1}", NAN);
	expect_json("2", "[7, 8]", NAN);
	expect_json("-1", "[7, 8]", NAN);
	expect_json("a", "", NAN);
	expect_json("a", "{\"a\": ", NAN);
	expect_json("a", "nothing of that kind", NAN);
	expect_json("a", "{\"a\": 1e999}", NAN);
}

static void expect_text(const char *pattern, const char *output, double wanted)
{
	double value = find(PAYLOAD_OUTPUT_TEXT, pattern, output);
	if (isnan(wanted) ? !isnan(value) : value != wanted)
		fail_msg("%s in %s is %g, not %g", pattern, output, value, wanted);
}

static void test_text(void **state)
{
	(void)state;
	expect_text("rate: ([0-9.]+)", "a\nrate: 3.5 MB\nrate: 4", 3.5);
	expect_text("^x=(.*)$", "y=1\nx=-2e3\n", -2000);
	expect_text("rate: ([0-9.]+)", "nothing", NAN);
	expect_text("rate: (.*)", "rate: high", NAN);
	expect_text("(a)|b", "b", NAN);
	expect_text("x(.*)", "xinf", NAN);
	expect_text("(", "(", NAN);
	assert_true(isnan(find(PAYLOAD_OUTPUT_NONE, "a", "{\"a\": 3}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_json),
					   cmocka_unit_test(test_text)};
	return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
