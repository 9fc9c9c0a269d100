#include "report/lanes.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* Numbers of the cgroups, and the set each has open. */
struct builder {
	struct lanes *lanes;
	struct arena arena;
	struct map names;
	VECTOR(size_t) open; /* entry of lanes->sets + 1, by number of the cgroup; 0: none */
};

static name_id number_of(struct builder *builder, const char *cgroup)
{
	name_id id = map_intern(&builder->names, cgroup, strlen(cgroup));
	if (id > builder->lanes->cgroups.length)
		VECTOR_PUSH(&builder->lanes->cgroups, cgroup);
	while (builder->open.length <= id)
		VECTOR_PUSH(&builder->open, 0);
	return id;
}

static const char *close_set(struct builder *builder, name_id id, int64_t at_ns)
{
	size_t open = builder->open.data[id];
	builder->open.data[id] = 0;
	if (!open)
		return "";
	builder->lanes->sets.data[open - 1].end_ns = at_ns;
	return builder->lanes->sets.data[open - 1].cpus;
}

static void open_set(struct builder *builder, const char *cgroup, const char *cpus, int64_t at_ns)
{
	name_id id = number_of(builder, cgroup);
	size_t open = builder->open.data[id];
	if (!*cpus || (open && strcmp(builder->lanes->sets.data[open - 1].cpus, cpus) == 0))
		return;
	close_set(builder, id, at_ns);
	VECTOR_PUSH(&builder->lanes->sets, (struct lane_set){cgroup, cpus, at_ns, at_ns});
	builder->open.data[id] = builder->lanes->sets.length;
}

static void take_event(struct builder *builder, const struct event *event)
{
	if (!*event->cgroup)
		return;
	name_id id = number_of(builder, event->cgroup);
	if (strcmp(event->op, "remove") == 0) {
		close_set(builder, id, event->t_ns);
		return;
	}
	if (strcmp(event->op, "swap") == 0 && strcmp(event->knob, "cpus") == 0 && *event->to) {
		size_t open = builder->open.data[id];
		if (open)
			open_set(builder, event->to, builder->lanes->sets.data[open - 1].cpus,
				 event->t_ns);
	}
	open_set(builder, event->cgroup, event->cpus, event->t_ns);
}

static int compare_sets(const void *left, const void *right)
{
	const struct lane_set *a = left, *b = right;
	int order = strcmp(a->cgroup, b->cgroup);
	return order ? order : a->start_ns < b->start_ns ? -1 : a->start_ns > b->start_ns;
}

static void make_sets(struct lanes *lanes, const struct result *result)
{
	struct builder builder = {.lanes = lanes};
	map_init(&builder.names, &builder.arena);
	for (size_t i = 0; i < result->events.length; i++)
		take_event(&builder, &result->events.data[i]);
	for (size_t i = 0; i < result->groups.length; i++)
		number_of(&builder, result->groups.data[i].cgroup);
	for (size_t id = 1; id < builder.open.length; id++)
		close_set(&builder, (name_id)id, result->duration_ns);
	map_free(&builder.names);
	arena_free(&builder.arena);
	VECTOR_FREE(&builder.open);
	if (lanes->sets.length)
		qsort(lanes->sets.data, lanes->sets.length, sizeof(*lanes->sets.data),
		      compare_sets);
}

static void add_stay(struct lanes *lanes, int cpu, int64_t from_ns, int64_t to_ns)
{
	if (cpu < 0 || to_ns <= from_ns)
		return;
	VECTOR_PUSH(&lanes->changes, (struct lane_change){from_ns, cpu, 1});
	VECTOR_PUSH(&lanes->changes, (struct lane_change){to_ns, cpu, -1});
}

static void add_worker(struct lanes *lanes, const struct worker_result *worker)
{
	int64_t base = worker->released_ns, since = base, end = base + worker->wall_ns;
	char *rest;
	/* One that never moved was on one CPU only, and its list says on which. */
	int cpu = *worker->cpus ? (int)strtol(worker->cpus, &rest, 10) : -1;
	bool alone = *worker->cpus && !*rest;
	for (size_t i = 0; i < worker->move_count; i++) {
		const struct worker_move *move = &worker->moves[i];
		bool known = i > 0 || worker->migrations == worker->move_count;
		if (known)
			add_stay(lanes, move->from_cpu, since, base + move->at_ns);
		VECTOR_PUSH(&lanes->moves,
			    (struct lane_move){base + move->at_ns, move->from_cpu, move->to_cpu});
		since = base + move->at_ns;
		cpu = move->to_cpu;
	}
	lanes->forgot |= worker->migrations > worker->move_count;
	if (worker->move_count || alone)
		add_stay(lanes, cpu, since, end);
}

static int compare_changes(const void *left, const void *right)
{
	const struct lane_change *a = left, *b = right;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->delta - b->delta;
}

void lanes_make(struct lanes *lanes, const struct result *result)
{
	*lanes = (struct lanes){0};
	make_sets(lanes, result);
	for (size_t i = 0; i < result->groups.length; i++) {
		const struct group_result *group = &result->groups.data[i];
		for (size_t j = 0; j < group->worker_count; j++)
			add_worker(lanes, &group->workers[j]);
	}
	if (lanes->changes.length)
		qsort(lanes->changes.data, lanes->changes.length, sizeof(*lanes->changes.data),
		      compare_changes);
	for (size_t i = 0; i < lanes->changes.length; i++) {
		if (!i || lanes->changes.data[i].cpu != lanes->changes.data[i - 1].cpu)
			VECTOR_PUSH(&lanes->cpus, lanes->changes.data[i].cpu);
	}
}

void lanes_free(struct lanes *lanes)
{
	VECTOR_FREE(&lanes->cgroups);
	VECTOR_FREE(&lanes->sets);
	VECTOR_FREE(&lanes->cpus);
	VECTOR_FREE(&lanes->changes);
	VECTOR_FREE(&lanes->moves);
}
