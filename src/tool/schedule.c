#include "tool/schedule.h"

static bool is_in_shard(const struct report_shard *shard, size_t index)
{
	return !shard->count || index % shard->count == shard->index - 1;
}

/* One turn through this shard's scenarios. */
static void add_turn(struct schedule *schedule, const struct ktstr_programs *programs,
		     const struct ktstr_options *options, uint32_t round)
{
	size_t selected = 0;
	for (size_t i = 0; i < programs->all.length; i++) {
		struct compilation *compilation = programs->all.data[i];
		const struct program *program = &compilation->program;
		for (size_t j = 0; j < program->scenarios.length; j++) {
			if (!ktstr_is_selected(options, program->scenarios.data[j].name))
				continue;
			size_t index = selected++;
			if (is_in_shard(&options->shard, index))
				VECTOR_PUSH(
					&schedule->items,
					(struct run_item){compilation, j, (uint32_t)index, round});
		}
	}
	schedule->selected = selected;
}

/* splitmix64 (Vigna) */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void shuffle(struct run_item *items, size_t count, uint64_t seed)
{
	for (size_t left = count; left > 1; left--) {
		size_t chosen = draw(&seed) % left;
		struct run_item item = items[left - 1];
		items[left - 1] = items[chosen];
		items[chosen] = item;
	}
}

void schedule_make(struct schedule *schedule, const struct ktstr_programs *programs,
		   const struct ktstr_options *options)
{
	*schedule = (struct schedule){0};
	for (int64_t turn = 0; turn < options->repeat; turn++) {
		size_t first = schedule->items.length;
		uint32_t round = options->repeat > 1 ? (uint32_t)turn + 1 : 0;
		add_turn(schedule, programs, options, round);
		if (options->shuffle)
			shuffle(schedule->items.data + first, schedule->items.length - first,
				options->run.seed + (uint64_t)turn);
	}
}

void schedule_free(struct schedule *schedule)
{
	VECTOR_FREE(&schedule->items);
}
