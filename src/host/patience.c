#include "host/patience.h"

#include "host/board.h"

struct patience patience_of(int64_t whole_ns)
{
	struct patience patience = {.whole_ns = whole_ns, .left_ns = whole_ns};
	patience_turn(&patience);
	return patience;
}

void patience_turn(struct patience *patience)
{
	patience->seen_ns = board_now_ns();
	patience->least = SIZE_MAX;
}

bool patience_lasts(struct patience *patience, size_t awaited)
{
	int64_t now = board_now_ns(), passed = now - patience->seen_ns;
	bool first = patience->least == SIZE_MAX;
	patience->seen_ns = now;
	if (!first && awaited < patience->least)
		patience->left_ns = patience->whole_ns;
	else
		patience->left_ns -= passed < PATIENCE_LOOK_NS ? passed : PATIENCE_LOOK_NS;
	if (awaited < patience->least)
		patience->least = awaited;
	return patience->left_ns > 0;
}
