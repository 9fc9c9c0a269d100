#include "run/vm.h"

void limits_add(struct vm *vm, struct limit_entry entry)
{
	VECTOR_PUSH(&vm->limits, entry);
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
