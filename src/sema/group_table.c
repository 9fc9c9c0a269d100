#include "sema/group_table.h"

#include <limits.h>
#include <stdlib.h>

static size_t hash_group(const struct group *parent, name_id name, bool family)
{
	uint64_t hash = (uintptr_t)parent * 0x9e3779b97f4a7c15u;
	hash = (hash ^ (name * 2u + family)) * 0xff51afd7ed558ccdu;
	return (size_t)(hash >> 20);
}

static struct group **find_slot(struct group_table *table, const struct group *parent, name_id name,
				bool family)
{
	size_t mask = table->slot_count - 1;
	for (size_t i = hash_group(parent, name, family) & mask;; i = (i + 1) & mask) {
		struct group *group = table->slots[i];
		if (!group ||
		    (group->parent == parent && group->name == name && group->family == family))
			return &table->slots[i];
	}
}

static void grow_slots(struct group_table *table)
{
	struct group **old = table->slots;
	size_t count = table->slot_count;
	table->slot_count = count ? count * 2 : 64;
	table->slots = memory_zeroed(table->slot_count, sizeof(*table->slots));
	for (size_t i = 0; i < count; i++) {
		if (old[i])
			*find_slot(table, old[i]->parent, old[i]->name, old[i]->family) = old[i];
	}
	free(old);
}

struct group *group_table_find(struct group_table *table, struct group *parent,
			       const struct ref *ref)
{
	struct group **slot = find_slot(table, parent, ref->name, ref->index != NULL);
	if (*slot)
		return *slot;
	struct group *group = ARENA_NEW(table->arena, struct group);
	*group = (struct group){.parent = parent,
				.sibling = parent->child,
				.name = ref->name,
				.family = ref->index != NULL,
				.loose = ref->index != NULL || parent->loose,
				.workers_owner = INT_MAX};
	parent->child = group;
	*slot = group;
	if (++table->count * 2 > table->slot_count)
		grow_slots(table);
	return group;
}

void group_table_init(struct group_table *table, struct arena *arena)
{
	*table = (struct group_table){.arena = arena};
	grow_slots(table);
}

void group_table_free(struct group_table *table)
{
	free(table->slots);
}
