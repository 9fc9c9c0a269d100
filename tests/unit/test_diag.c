/* Diagnostics: order, what is dropped, and how they are printed, whatever a program holds. */
#include "source/diag.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct source_set sources;
	struct diag_list list;
};

static void begin(struct fixture *fixture, const char *name, const char *text)
{
	*fixture = (struct fixture){0};
	source_add(&fixture->sources, name, text, strlen(text));
	diag_init(&fixture->list, &fixture->sources);
}

static void end(struct fixture *fixture)
{
	diag_free(&fixture->list);
	source_set_free(&fixture->sources);
}

static void assert_rendered(struct fixture *fixture, const char *expected)
{
	struct text out = {0};
	diag_sort(&fixture->list);
	diag_render(&fixture->list, &(struct diag_style){.limit = 20}, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void they_come_in_order_and_once(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "a.kts", "first\nsecond\n");
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){6, 12}, "later");
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){0, 5}, "sooner");
	diag_label(&fixture.list, (struct span){6, 7}, "because of this");
	diag_note(&fixture.list, "do that");
	diag_fix(&fixture.list, (struct span){0, 5}, "1st");
	diag_report(&fixture.list, DIAG_TYPE_MISMATCH, (struct span){0, 5}, "a consequence");
	assert_rendered(&fixture, "a.kts:1:1: error[KTS0100]: sooner\n"
				  "    1 | first\n"
				  "      | ^~~~~\n"
				  "a.kts:2:1: note: because of this\n"
				  "    2 | second\n"
				  "      | ^\n"
				  "      = help: do that\n"
				  "      = fix: 1st\n"
				  "a.kts:2:1: error[KTS0100]: later\n"
				  "    2 | second\n"
				  "      | ^~~~~~\n"
				  "2 errors\n");
	assert_int_equal(fixture.list.errors, 2);
	end(&fixture);
}

static void marks_stand_under_what_is_shown(void **state)
{
	struct fixture fixture;
	(void)state;
	/* A tab is shown as blanks, a wide character takes two columns, an escape is not obeyed. */
	begin(&fixture, "a.kts", "\t\xe6\xbc\xa2 x\x1b[31m y\n");
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){5, 6}, "at\x1b x");
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){13, 14}, "behind the end");
	assert_rendered(&fixture, "a.kts:1:6: error[KTS0100]: at? x\n"
				  "    1 |     \xe6\xbc\xa2 x?[31m y\n"
				  "      |        ^\n"
				  "a.kts:1:14: error[KTS0100]: behind the end\n"
				  "    1 |     \xe6\xbc\xa2 x?[31m y\n"
				  "      |                ^\n"
				  "2 errors\n");
	end(&fixture);
}

static void a_long_line_is_cut_around_its_mark(void **state)
{
	struct fixture fixture;
	static char line[5001];
	struct text out = {0};
	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	memcpy(line + 3000, "HERE", 4);
	begin(&fixture, "a.kts", line);
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){3000, 3004}, "in the middle");
	diag_render_one(&fixture.list, &fixture.list.diags.data[0], false, &out);
	assert_non_null(strstr(text_string(&out), "HERE"));
	assert_true(out.length < 400);
	text_free(&out);
	end(&fixture);
}

static void github_gets_its_escapes(void **state)
{
	struct fixture fixture;
	struct text out = {0};
	(void)state;
	begin(&fixture, "odd,na:me%.kts", "one\ntwo\n");
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){0, 3}, "50%% of a,b: c\nd");
	diag_report(&fixture.list, DIAG_UNUSED_NAME, (struct span){1, 6}, "two lines");
	diag_render_github(&fixture.list, &(struct diag_style){0}, &out);
	assert_string_equal(text_string(&out),
			    "::error file=odd%2Cna%3Ame%25.kts,line=1,endLine=1,col=1,endColumn=4,"
			    "title=KTS0100::50%25 of a,b: c%0Ad\n"
			    "::warning file=odd%2Cna%3Ame%25.kts,line=1,endLine=2,"
			    "title=KTS0204::two lines\n");
	text_free(&out);
	end(&fixture);
}

static void better_ones_replace_what_follows_from_them(void **state)
{
	struct fixture fixture;
	(void)state;
	begin(&fixture, "a.kts", "(a b\n");
	diag_report(&fixture.list, DIAG_SYNTAX, (struct span){3, 4}, "expected ')'");
	diag_retract(&fixture.list, DIAG_SYNTAX, 0);
	diag_report(&fixture.list, DIAG_UNCLOSED, (struct span){0, 1}, "never closed");
	assert_int_equal(fixture.list.errors, 1);
	assert_rendered(&fixture, "a.kts:1:1: error[KTS0007]: never closed\n"
				  "    1 | (a b\n"
				  "      | ^\n"
				  "1 error\n");
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_come_in_order_and_once),
		cmocka_unit_test(marks_stand_under_what_is_shown),
		cmocka_unit_test(a_long_line_is_cut_around_its_mark),
		cmocka_unit_test(github_gets_its_escapes),
		cmocka_unit_test(better_ones_replace_what_follows_from_them),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
