/* Texts: literals for people, edit distance, UTF-8; JSON made of them; interned names. */
#include "base/json.h"
#include "base/map.h"
#include "base/text.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_duration(int64_t ns, const char *expected)
{
	struct text text = {0};
	text_put_duration(&text, ns);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void durations_read_back_as_literals(void **state)
{
	(void)state;
	assert_duration(0, "0s");
	assert_duration(1, "1ns");
	assert_duration(1500, "1.5us");
	assert_duration(250000000, "250ms");
	assert_duration(1500000000, "1.5s");
	assert_duration(1000000001, "1000000.001us");
	assert_duration(60000000000, "1min");
	assert_duration(90000000000, "90s");
	assert_duration(-2000000, "-2ms");
	assert_duration(INT64_MAX, "9223372036854775.807us");
	assert_duration(INT64_MIN, "-9223372036854775.807us"); /* the nearest that has a literal */
}

static void doubles_read_back_as_themselves(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0.1, "0.1"},
		     {1.0 / 3, "0.3333333333333333"},
		     {0.1 + 0.2, "0.30000000000000004"},
		     {1e300, "1e+300"},
		     {-2.5e-7, "-2.5e-07"},
		     {5e-324, "4.94066e-324"},
		     {12345678, "12345678"}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text text = {0};
		text_put_double(&text, cases[i].value);
		assert_string_equal(text_string(&text), cases[i].text);
		assert_true(strtod(text_string(&text), NULL) == cases[i].value);
		text_free(&text);
	}
}

static void sizes_read_back_as_literals(void **state)
{
	static const struct {
		int64_t bytes;
		const char *text;
	} cases[] = {
		{1, "1B"}, {1023, "1023B"}, {1024, "1KiB"}, {65536, "64KiB"}, {1 << 30, "1GiB"}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text text = {0};
		text_put_size(&text, cases[i].bytes);
		assert_string_equal(text_string(&text), cases[i].text);
		text_free(&text);
	}
}

static void distance_counts_edits_and_swaps(void **state)
{
	(void)state;
	assert_int_equal(text_distance("spawn", "spawn"), 0);
	assert_int_equal(text_distance("spwan", "spawn"), 1);
	assert_int_equal(text_distance("form", "from"), 1);
	assert_int_equal(text_distance("cpu", "cpus"), 1);
	assert_int_equal(text_distance("HOLD", "hold"), 0);
	assert_int_equal(text_distance("", "abc"), 3);
}

static void nearest_keeps_the_best_and_nothing_far(void **state)
{
	struct text_nearest nearest;
	(void)state;
	text_nearest_start(&nearest, "lefft");
	text_nearest_offer(&nearest, "right");
	text_nearest_offer(&nearest, "left");
	text_nearest_offer(&nearest, "lifts");
	assert_string_equal(nearest.best, "left");
	text_nearest_start(&nearest, "ab");
	text_nearest_offer(&nearest, "xy");
	assert_null(nearest.best);
	text_nearest_start(&nearest, "same");
	text_nearest_offer(&nearest, "same"); /* no news */
	assert_null(nearest.best);
}

static void utf8_is_told_from_what_is_not(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {{"a", 1},
		     {"\xc3\xa9", 2},
		     {"\xe2\x82\xac", 3},
		     {"\xf0\x9f\x90\xa7", 4},
		     {"\xc0\xaf", 0},         /* overlong */
		     {"\xe0\x80\xaf", 0},     /* overlong */
		     {"\xed\xa0\x80", 0},     /* a surrogate */
		     {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
		     {"\x80", 0},
		     {"\xc3", 0},
		     {"", 0}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(text_utf8_length(cases[i].bytes, strlen(cases[i].bytes)),
				 cases[i].length);
}

static void json_escapes_what_could_forge(void **state)
{
	struct text text = {0};
	struct json json;
	(void)state;
	json_start(&json, &text, false);
	json_open_object(&json);
	json_member_string(&json, "a\"b", "x\\\n\t\x1b[31m\x7f\xff\xc3\xa9");
	json_put_key(&json, "list");
	json_open_array(&json);
	json_put_int(&json, INT64_MIN);
	json_put_uint(&json, UINT64_MAX);
	json_put_double(&json, 0.5);
	json_put_double(&json, 1.0 / 0.0);
	json_put_bool(&json, true);
	json_open_array(&json);
	json_close_array(&json);
	json_close_array(&json);
	json_close_object(&json);
	assert_string_equal(
		text_string(&text),
		"{\"a\\\"b\":\"x\\\\\\n\\t\\u001b[31m\\u007f\\ufffd\xc3\xa9\",\"list\":["
		"-9223372036854775808,18446744073709551615,0.5,null,true,[]]}");
	text_free(&text);
}

static void names_keep_their_numbers(void **state)
{
	struct arena arena = ARENA_INIT;
	struct map map;
	char name[16];
	(void)state;
	map_init(&map, &arena);
	for (int i = 1; i <= 5000; i++) {
		int length = snprintf(name, sizeof(name), "name_%d", i);
		assert_int_equal(map_intern(&map, name, (size_t)length), i);
	}
	assert_int_equal(map_intern(&map, "name_17", 7), 17);
	assert_int_equal(map_find(&map, "name_4999", 9), 4999);
	assert_int_equal(map_find(&map, "name_5001", 9), 0);
	assert_string_equal(map_text(&map, 42), "name_42");
	map_free(&map);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_read_back_as_literals),
		cmocka_unit_test(doubles_read_back_as_themselves),
		cmocka_unit_test(sizes_read_back_as_literals),
		cmocka_unit_test(distance_counts_edits_and_swaps),
		cmocka_unit_test(nearest_keeps_the_best_and_nothing_far),
		cmocka_unit_test(utf8_is_told_from_what_is_not),
		cmocka_unit_test(json_escapes_what_could_forge),
		cmocka_unit_test(names_keep_their_numbers),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
