#include "tool/schedule.h"

static bool is_in_shard(const struct report_shard *shard, size_t index)
{
	return !shard->count || index % shard->count == shard->index - 1;
}

/* A scenario in each of its profiles. */
static void add_scenario(struct schedule *schedule, const struct ktstr_options *options,
			 struct run_item item, size_t *selected)
{
	const struct program *program = &item.compilation->program;
	struct profile_names names = {0};
	ktstr_profiles(options, program, &program->scenarios.data[item.scenario], &schedule->arena,
		       &names);
	for (size_t i = 0; i < names.all.length; i++) {
		item.profile = names.all.data[i];
		item.index = (uint32_t)(*selected)++;
		if (is_in_shard(&options->shard, item.index))
			VECTOR_PUSH(&schedule->items, item);
	}
	VECTOR_FREE(&names.all);
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
			struct run_item item = {
				.compilation = compilation, .scenario = j, .round = round};
			if (ktstr_is_selected(options, &program->scenarios.data[j]))
				add_scenario(schedule, options, item, &selected);
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
	arena_free(&schedule->arena);
}
