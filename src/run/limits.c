#include "run/vm.h"

#include <stdio.h>
#include <string.h>

/* Can this machine tell the metric at all? */
static bool can_tell(const struct vm *vm, enum metric metric, struct error *error)
{
	static const struct {
		enum metric metric;
		enum host_figure figure;
	} needs[] = {
		{METRIC_run_delay_mean, HOST_FIGURE_DELAY},
		{METRIC_run_delay_max, HOST_FIGURE_DELAY},
		{METRIC_page_locality, HOST_FIGURE_NODES},
		{METRIC_cross_node_ratio, HOST_FIGURE_NODES},
		{METRIC_slow_tier_ratio, HOST_FIGURE_NODES},
		{METRIC_pressure, HOST_FIGURE_PRESSURE},
		{METRIC_nr_throttled, HOST_FIGURE_THROTTLING},
	};
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (needs[i].metric == metric)
			return vm->host->verbs->can_tell(vm->host, needs[i].figure, error);
	}
	return true;
}

static void name_layer(struct vm *vm, struct limit_entry *entry)
{
	static const char *const kinds[SCOPE_KIND_COUNT] = {
		[SCOPE_SCENARIO] = "scenario", [SCOPE_STEP] = "step", [SCOPE_SCOPE] = "scope"};
	const struct scope *scope = &vm->scopes.data[vm->scopes.length - 1];
	if (!entry->layer)
		entry->layer = entry->path >= 0 ? "cgroup" : kinds[scope->kind];
	entry->owner = entry->path >= 0            ? paths_text(&vm->paths, entry->path)
		       : scope->kind == SCOPE_STEP ? scope->label
						   : "";
}

void limits_add(struct vm *vm, struct limit_entry entry)
{
	struct error error;
	const struct metric_info *info = &metric_table[entry.metric];
	if (!vm->scopes.length)
		vm_end(vm, STATUS_BROKEN, "run", "a limit stands outside of all blocks");
	if (entry.on && !can_tell(vm, entry.metric, &error))
		vm_end(vm, STATUS_SKIP, info->name, "%s cannot be judged here: %s", info->name,
		       error.message);
	if (entry.on && (info->source == METRIC_SAMPLES || info->source == METRIC_CGROUP))
		vm->sampled |= 1u << entry.metric;
	name_layer(vm, &entry);
	entry.number = vm->limits.length;
	VECTOR_PUSH(&vm->limits, entry);
}

void limits_sustain(struct vm *vm, enum metric metric, int64_t sustained_ns)
{
	struct limit_entry *newest =
		vm->limits.length ? &vm->limits.data[vm->limits.length - 1] : NULL;
	if (!newest || newest->metric != metric)
		vm_end(vm, STATUS_BROKEN, "run", "there is no limit that could be sustained");
	if (sustained_ns < 0)
		vm_end(vm, STATUS_BROKEN, "run", "a limit cannot be sustained for a negative time");
	newest->sustained_ns = sustained_ns;
}

static bool is_for(const struct vm *vm, const struct limit_entry *entry, int path)
{
	return entry->path == path || entry->path == vm->paths.all.data[path].family;
}

bool limits_find(const struct vm *vm, enum metric metric, int path, int scope,
		 struct limit_entry *limit)
{
	const struct metric_info *info = &metric_table[metric];
	*limit = (struct limit_entry){.metric = metric,
				      .on = info->initially_on,
				      .has_value = info->unit != TYPE_BOOL,
				      .value = info->initial_limit,
				      .path = -1,
				      .layer = "default",
				      .owner = "",
				      .span = SPAN_NONE};
	/* Inner blocks win over outer ones, and what is said of the group over both. */
	size_t end = (size_t)scope + 1 < vm->scopes.length ? vm->scopes.data[scope + 1].limits
							   : vm->limits.length;
	for (int special = 0; special < 2; special++) {
		for (size_t i = 0; i < end; i++) {
			const struct limit_entry *entry = &vm->limits.data[i];
			if (entry->metric == metric && (entry->path >= 0) == (special == 1) &&
			    (!special || is_for(vm, entry, path)))
				*limit = *entry;
		}
	}
	return limit->on;
}

bool limits_hold(const struct limit_entry *limit, double observed)
{
	double value = limit->has_value ? limit->value : 0;
	if (metric_table[limit->metric].direction == METRIC_LEAST)
		return limit->strict ? observed > value : observed >= value;
	return limit->strict ? observed < value : observed <= value;
}

void limits_judged(struct vm *vm, const struct limit_entry *limit)
{
	if (span_is_none(limit->span) || limit->number >= vm->limits.length)
		return;
	struct limit_entry *entry = &vm->limits.data[limit->number];
	if (entry->metric == limit->metric && entry->span.start == limit->span.start)
		entry->judged = true;
}

static void tell_unjudged(struct vm *vm, const struct limit_entry *limit)
{
	char note[256];
	snprintf(note, sizeof(note),
		 "the limit of %s that the %s%s%.100s%s sets judged nothing: %s",
		 metric_table[limit->metric].name, limit->layer, *limit->owner ? " '" : "",
		 limit->owner, *limit->owner ? "'" : "",
		 "no group had such a figure, or others set nearer limits");
	const char *kept = result_text(vm->result, note);
	VECTOR_PUSH(&vm->result->notes, kept);
}

void limits_close(struct vm *vm, size_t mark)
{
	bool tell = vm->options->judge && !vm->ending;
	for (size_t i = mark; i < vm->limits.length && tell; i++) {
		const struct limit_entry *limit = &vm->limits.data[i];
		if (limit->on && limit->has_value && !limit->judged)
			tell_unjudged(vm, limit);
	}
	vm->limits.length = mark;
}
