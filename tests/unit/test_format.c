/* The canonical form: what the files of tests/fmt cannot hold, and that it is its own form. */
#include "syntax/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Format a text; false, and nothing printed, where it has mistakes of form. */
static bool formatted(const char *bytes, size_t length, struct text *out)
{
	struct source_set sources = {0};
	struct diag_list diags;
	struct arena arena = ARENA_INIT;
	struct map names;
	diag_init(&diags, &sources);
	map_init(&names, &arena);
	struct tree tree = {.arena = &arena, .names = &names, .diags = &diags};
	size_t index = source_add(&sources, "test.kts", bytes, length);
	bool fine = format_source(&tree, &sources.files.data[index], out);
	assert_true(fine == !diags.errors);
	assert_true(fine || !out->length);
	VECTOR_FREE(&tree.suspects);
	map_free(&names);
	arena_free(&arena);
	diag_free(&diags);
	source_set_free(&sources);
	return fine;
}

static void assert_format(const char *before, const char *after)
{
	struct text once = {0}, twice = {0};
	assert_true(formatted(before, strlen(before), &once));
	assert_string_equal(text_string(&once), after);
	assert_true(formatted(once.data, once.length, &twice));
	assert_string_equal(text_string(&twice), after);
	text_free(&once);
	text_free(&twice);
}

static void keeps_nothing_of_nothing(void **state)
{
	struct text out = {0};
	assert_true(formatted("", 0, &out));
	assert_true(formatted("\n\n \t\r\n;;\n", 8, &out));
	assert_true(formatted("\xef\xbb\xbf", 3, &out));
	assert_int_equal(out.length, 0);
	text_free(&out);
	(void)state;
}

static void keeps_comments_alone(void **state)
{
	assert_format("#", "#\n");
	assert_format("  # a", "# a\n");
	assert_format("\n\n#!/bin/x\r\n# a \t\r\n\r\n\r\n\r\n\t# b\r\n\n",
		      "#!/bin/x\n# a\n\n# b\n");
	assert_format("# \xe2\x9c\x93 a; b {\n", "# \xe2\x9c\x93 a; b {\n");
	(void)state;
}

static void ends_every_line_with_a_newline(void **state)
{
	assert_format("param a = 1", "param a = 1\n");
	assert_format("param a = 1;", "param a = 1\n");
	assert_format("param a = 1 # b", "param a = 1  # b\n");
	assert_format("\xef\xbb\xbfparam a = 1\r\n\r\nparam b=\r\n\t2\r\n",
		      "param a = 1\n\nparam b =\n    2\n");
	(void)state;
}

/* A block on a line of so many columns, with so many letters of two bytes. */
static bool stays_on_its_line(size_t columns, size_t umlauts)
{
	struct text text = {0}, out = {0};
	text_puts(&text, "scenario a { hold 1s; note \"");
	for (size_t i = 0; i < umlauts; i++)
		text_puts(&text, "\xc3\xa4");
	while (text.length < columns + umlauts - 3)
		text_putc(&text, '.');
	text_puts(&text, "\" }  # a remark does not count");
	assert_true(formatted(text.data, text.length, &out));
	bool stays = strncmp(text.data, out.data, text.length) == 0;
	text_free(&text);
	text_free(&out);
	return stays;
}

static void fits_lines_of_88_columns(void **state)
{
	assert_true(stays_on_its_line(88, 0));
	assert_false(stays_on_its_line(89, 0));
	assert_true(stays_on_its_line(88, 9));
	assert_false(stays_on_its_line(89, 9));
	(void)state;
}

static void leaves_mistakes_alone(void **state)
{
	static const char *const texts[] = {
		"{",
		"}",
		"(",
		")",
		"[",
		"]",
		"scenario a {",
		"scenario a }",
		"scenario a { (",
		"let a = f(",
		"a = [",
		"a = (1]",
		"scenario a {{",
		"\"",
		"a = \"{",
		"a = \"{(}\"",
		"a = \"{\"{\"",
		"a = \"b",
		"a ; = 1",
		"}}}}{{{{",
		"else",
		"a = 1 }",
		"a = $",
		"\x80",
		"a = \\",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct text out = {0};
		assert_false(formatted(texts[i], strlen(texts[i]), &out));
		text_free(&out);
	}
	struct text out = {0};
	assert_false(formatted("a = 1\0b", 7, &out));
	(void)state;
}

static const char loose[] =
	"#!x\r\nparam a = -1 \"b\" # c\n\nscenario d \"e {a[1] + \"f{b}\"}\" {\n"
	"needs not (a/2 < 3); for i in 0 .. -a { }; ; # g\n\n\n"
	"if a{b=1}\n# h\nelse if c { hold 7 % (2) } else{\n\n}\n"
	"spawn (a) w(\n1,x : 2 # i\n) in g [ a / b ] / h { nice = - 5 }\n# j\n}\n";

/* A mistake, or a form that stays; true if it is the second. */
static bool settles(const char *bytes, size_t length)
{
	struct text once = {0}, twice = {0};
	bool fine = formatted(bytes, length, &once);
	if (fine) {
		assert_true(formatted(text_string(&once), once.length, &twice));
		assert_string_equal(text_string(&once), text_string(&twice));
	}
	text_free(&once);
	text_free(&twice);
	return fine;
}

static void settles_at_once(void **state)
{
	static const char *const wedges[] = {"\n", " ", "\t# k\r\n", "\n\n\n#l\n\n\n", ";"};
	size_t fine = 0;
	assert_true(settles(loose, strlen(loose)));
	for (size_t i = 0; i < sizeof(wedges) / sizeof(wedges[0]); i++) {
		for (size_t at = 0; at < sizeof(loose); at++) {
			struct text text = {0};
			text_add(&text, loose, at);
			text_puts(&text, wedges[i]);
			text_puts(&text, loose + at);
			fine += settles(text.data, text.length);
			text_free(&text);
		}
	}
	assert_true(fine > 500);
	(void)state;
}

static void stands_any_beginning(void **state)
{
	size_t fine = 0;
	for (size_t length = 0; length <= strlen(loose); length++)
		fine += settles(loose, length);
	assert_true(fine > 10);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_nothing_of_nothing),
		cmocka_unit_test(keeps_comments_alone),
		cmocka_unit_test(ends_every_line_with_a_newline),
		cmocka_unit_test(fits_lines_of_88_columns),
		cmocka_unit_test(leaves_mistakes_alone),
		cmocka_unit_test(settles_at_once),
		cmocka_unit_test(stands_any_beginning),
	};
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
