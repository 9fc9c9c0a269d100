/*
 * Patience runs out when nothing moves, and neither because many have to move nor because the
 * machine stood still meanwhile.
 */
#include "host/patience.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const int64_t WHOLE_NS = 10 * PATIENCE_LOOK_NS, HOUR_NS = INT64_C(3600000000000);

/* As if so much time had passed since the last look. */
static bool lasts_after(struct patience *patience, int64_t passed_ns, size_t awaited)
{
	patience->seen_ns -= passed_ns;
	return patience_lasts(patience, awaited);
}

static void runs_out_when_nothing_moves(void **state)
{
	(void)state;
	struct patience patience = patience_of(WHOLE_NS);
	assert_true(lasts_after(&patience, 0, 5));
	for (int look = 1; look < 10; look++)
		assert_true(patience.left_ns > 0 && (lasts_after(&patience, WHOLE_NS / 20, 5)));
	assert_true(patience.left_ns <= WHOLE_NS * 11 / 20);
	int more = 0;
	while (lasts_after(&patience, WHOLE_NS / 20, 5))
		more++;
	assert_in_range(more, 0, 10);
	struct patience none = patience_of(0);
	assert_false(lasts_after(&none, 1, 5));
}

static void a_machine_that_stands_still_costs_one_look(void **state)
{
	(void)state;
	struct patience patience = patience_of(WHOLE_NS);
	assert_true(lasts_after(&patience, HOUR_NS, 5));
	assert_int_equal(patience.left_ns, WHOLE_NS - PATIENCE_LOOK_NS);
	for (int look = 2; look < 10; look++)
		assert_true(lasts_after(&patience, HOUR_NS, 5));
	assert_false(lasts_after(&patience, HOUR_NS, 5));
}

static void a_movement_gives_all_of_it_back(void **state)
{
	(void)state;
	struct patience patience = patience_of(WHOLE_NS);
	for (size_t awaited = 1000; awaited > 0; awaited--)
		assert_true(lasts_after(&patience, WHOLE_NS - PATIENCE_LOOK_NS, awaited));
	assert_int_equal(patience.left_ns, WHOLE_NS);
}

/* Or who forks while they are killed would be waited for without an end. */
static void what_comes_and_goes_is_no_movement(void **state)
{
	(void)state;
	struct patience patience = patience_of(WHOLE_NS);
	int looks = 0;
	while (lasts_after(&patience, HOUR_NS, looks % 2 ? 9 : 4))
		looks++;
	assert_int_equal(looks, 9);
}

static void another_thing_gets_what_is_left(void **state)
{
	(void)state;
	struct patience patience = patience_of(WHOLE_NS);
	for (int look = 0; look < 8; look++)
		assert_true(lasts_after(&patience, HOUR_NS, 5));
	patience.seen_ns -= HOUR_NS; /* went by well, elsewhere */
	patience_turn(&patience);
	assert_int_equal(patience.left_ns, 2 * PATIENCE_LOOK_NS);
	assert_true(lasts_after(&patience, 0, 3)); /* fewer, of something else */
	assert_true(patience.left_ns <= 2 * PATIENCE_LOOK_NS);
	lasts_after(&patience, HOUR_NS, 3);
	assert_false(lasts_after(&patience, HOUR_NS, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_out_when_nothing_moves),
		cmocka_unit_test(a_machine_that_stands_still_costs_one_look),
		cmocka_unit_test(a_movement_gives_all_of_it_back),
		cmocka_unit_test(what_comes_and_goes_is_no_movement),
		cmocka_unit_test(another_thing_gets_what_is_left),
	};
	return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
