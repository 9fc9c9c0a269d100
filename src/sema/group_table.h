/*
 * group_table: the cgroups that a scenario's lines name, by parent and name, while their life
 * cycles are followed. The groups live in the arena, the table's own memory is freed with it.
 */
#ifndef KTSTR_SEMA_GROUP_TABLE_H
#define KTSTR_SEMA_GROUP_TABLE_H

#include "sema/sema.h"

/* One cgroup name; all members of a family `cell[i]` are one. */
struct group {
	struct group *parent;
	struct group *child; /* the newest one */
	struct group *sibling;
	name_id name;
	bool family;
	bool loose; /* a family, or below one: which members exist is not known */
	struct life life;
	int owner;         /* depth of the block that removes it */
	int workers_owner; /* least depth of the blocks whose workers may be in it */
};

struct group_table {
	struct arena *arena;
	struct group **slots; /* open addressing */
	size_t slot_count;
	size_t count;
};

void group_table_init(struct group_table *table, struct arena *arena);
void group_table_free(struct group_table *table);

/* The group that the first part of a path means below `parent`, made when it is named first. */
struct group *group_table_find(struct group_table *table, struct group *parent,
			       const struct ref *ref);

#endif
