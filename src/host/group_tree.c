#include "host/group_tree.h"

#include "base/arena.h"
#include "host/host.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct group_tree *tree, int parent, const char *name)
{
	/* FNV-1a, seeded with the parent. */
	uint32_t hash = 2166136261u ^ ((uint32_t)parent * 2654435761u);
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash & (tree->slot_count - 1);
}

static void chain(struct group_tree *tree, struct group *group)
{
	size_t slot = slot_of(tree, group->parent, group->name);
	group->next_of_slot = tree->slots[slot];
	tree->slots[slot] = group->number;
}

static void resize_table(struct group_tree *tree, size_t slot_count)
{
	tree->slots = memory_resize(tree->slots, slot_count * sizeof(*tree->slots));
	tree->slot_count = slot_count;
	for (size_t slot = 0; slot < slot_count; slot++)
		tree->slots[slot] = -1;
	for (size_t i = 0; i < tree->groups.length; i++) {
		if (tree->groups.data[i])
			chain(tree, tree->groups.data[i]);
	}
}

static bool name_taken(const struct group_tree *tree, int parent, const char *name)
{
	int number = tree->slots[slot_of(tree, parent, name)];
	while (number >= 0) {
		const struct group *group = tree->groups.data[number];
		if (group->parent == parent && strcmp(group->name, name) == 0)
			return true;
		number = group->next_of_slot;
	}
	return false;
}

static struct group *add(struct group_tree *tree, struct group *parent, const char *name)
{
	size_t above = parent ? strlen(parent->path) : 0;
	size_t length = above + 1 + strlen(name) + 1;
	struct group *group = memory_zeroed(1, sizeof(*group) + length);
	group->number = (int)tree->groups.length;
	group->parent = parent ? parent->number : -1;
	group->first_child = group->older = group->newer = -1;
	if (above) {
		memcpy(group->bytes, parent->path, above);
		group->bytes[above++] = '/';
	}
	memcpy(group->bytes + above, name, strlen(name));
	group->path = group->bytes;
	group->name = group->bytes + above;
	VECTOR_PUSH(&tree->groups, group);
	tree->living++;
	if (tree->living * 2 > tree->slot_count)
		resize_table(tree, tree->slot_count * 2);
	else
		chain(tree, group);
	if (!parent)
		return group;
	group->effective = parent->effective;
	group->older = parent->first_child;
	if (parent->first_child >= 0)
		tree->groups.data[parent->first_child]->newer = group->number;
	parent->first_child = group->number;
	parent->child_count++;
	return group;
}

void group_tree_init(struct group_tree *tree, const struct cpuset *outside,
		     const struct cpuset *root)
{
	*tree = (struct group_tree){0};
	resize_table(tree, 64);
	add(tree, NULL, "")->effective = *outside;
	add(tree, NULL, "")->effective = *root;
	assert(tree->groups.length == HOST_GROUP_ROOT + 1);
}

static void free_group(struct group *group)
{
	if (group)
		VECTOR_FREE(&group->workers);
	free(group);
}

void group_tree_free(struct group_tree *tree)
{
	for (size_t i = 0; i < tree->groups.length; i++)
		free_group(tree->groups.data[i]);
	VECTOR_FREE(&tree->groups);
	VECTOR_FREE(&tree->worker_groups);
	free(tree->slots);
	*tree = (struct group_tree){0};
}

struct group *group_tree_get(const struct group_tree *tree, int group)
{
	if (group < 0 || (size_t)group >= tree->groups.length)
		return NULL;
	return tree->groups.data[group];
}

struct group *group_tree_need(const struct group_tree *tree, int group, const char *verb,
			      struct error *error)
{
	struct group *found = group_tree_get(tree, group);
	if (!found)
		error_set_errno(error, ENOENT, "%s: cgroup number %d is gone", verb, group);
	return found;
}

struct group *group_tree_need_own(const struct group_tree *tree, int group, const char *verb,
				  struct error *error)
{
	if (group != HOST_GROUP_OUTSIDE)
		return group_tree_need(tree, group, verb, error);
	error_set_errno(error, EPERM, "%s: the cgroup that the run was started in is not the run's",
			verb);
	return NULL;
}

bool group_tree_add(struct group_tree *tree, int parent, const char *name, struct group **group,
		    struct error *error)
{
	struct group *above = group_tree_need_own(tree, parent, "create", error);
	if (!above)
		return false;
	assert(*name && !strchr(name, '/'));
	if (strlen(name) > NAME_MAX || strlen(above->path) + strlen(name) > PATH_MAX / 2)
		return error_set_errno(error, ENAMETOOLONG, "cannot create cgroup '%.64s…'", name);
	if (name_taken(tree, parent, name))
		return error_set_errno(error, EEXIST, "cannot create cgroup '%s%s%.255s'",
				       above->path, *above->path ? "/" : "", name);
	*group = add(tree, above, name);
	return true;
}

bool group_tree_may_drop(const struct group_tree *tree, int group, struct error *error)
{
	const struct group *gone = group_tree_need_own(tree, group, "remove", error);
	if (!gone)
		return false;
	if (group == HOST_GROUP_ROOT)
		return error_set_errno(error, EPERM, "the run's root cgroup goes with the run");
	if (gone->child_count)
		return error_set_errno(error, EBUSY, "cgroup '%s' still has %d below it",
				       gone->path, gone->child_count);
	if (gone->workers.length)
		return error_set_errno(error, EBUSY, "cgroup '%s' still holds %zu workers",
				       gone->path, gone->workers.length);
	return true;
}

static void unchain(struct group_tree *tree, const struct group *group)
{
	int *link = &tree->slots[slot_of(tree, group->parent, group->name)];
	while (*link != group->number)
		link = &tree->groups.data[*link]->next_of_slot;
	*link = group->next_of_slot;
}

void group_tree_drop(struct group_tree *tree, int group)
{
	struct group *gone = tree->groups.data[group];
	struct group *parent = tree->groups.data[gone->parent];
	assert(!gone->child_count && !gone->workers.length);
	unchain(tree, gone);
	if (gone->newer >= 0)
		tree->groups.data[gone->newer]->older = gone->older;
	else
		parent->first_child = gone->older;
	if (gone->older >= 0)
		tree->groups.data[gone->older]->newer = gone->newer;
	parent->child_count--;
	tree->living--;
	tree->groups.data[group] = NULL;
	free_group(gone);
}

static void effective_of(const struct cpuset *own, const struct cpuset *above, struct cpuset *out)
{
	if (own)
		cpuset_and(out, own, above);
	if (!own || cpuset_empty(out))
		*out = *above;
}

void group_tree_plan_cpus(const struct group_tree *tree, struct group *group,
			  const struct cpuset *own, struct group_changes *changes)
{
	assert(group->parent >= 0);
	struct group_change change = {.group = group};
	effective_of(own, &tree->groups.data[group->parent]->effective, &change.effective);
	if (cpuset_equal(&change.effective, &group->effective))
		return;
	VECTOR_PUSH(&changes->list, change);
	/* The list is its own queue: whatever is in it hands its set down to its children. */
	for (size_t i = changes->list.length - 1; i < changes->list.length; i++) {
		int child = changes->list.data[i].group->first_child;
		for (; child >= 0; child = tree->groups.data[child]->older) {
			struct group *below = tree->groups.data[child];
			struct group_change next = {.group = below};
			effective_of(below->has_own ? &below->own : NULL,
				     &changes->list.data[i].effective, &next.effective);
			if (!cpuset_equal(&next.effective, &below->effective))
				VECTOR_PUSH(&changes->list, next);
		}
	}
}

void group_tree_apply_cpus(struct group *group, const struct cpuset *own,
			   const struct group_changes *changes)
{
	group->has_own = own != NULL;
	if (own)
		group->own = *own;
	for (size_t i = 0; i < changes->list.length; i++)
		changes->list.data[i].group->effective = changes->list.data[i].effective;
}

void group_changes_free(struct group_changes *changes)
{
	VECTOR_FREE(&changes->list);
}

bool group_tree_frozen(const struct group_tree *tree, const struct group *group)
{
	for (; group; group = group_tree_get(tree, group->parent)) {
		if (group->frozen)
			return true;
	}
	return false;
}

struct group *group_tree_next(const struct group_tree *tree, const struct group *top,
			      const struct group *group)
{
	if (group->first_child >= 0)
		return tree->groups.data[group->first_child];
	for (; group != top; group = tree->groups.data[group->parent]) {
		if (group->older >= 0)
			return tree->groups.data[group->older];
	}
	return NULL;
}

/* Where a worker is, or belongs, in a group's list. */
static size_t position_of(const struct group *group, int worker)
{
	size_t low = 0, high = group->workers.length;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (group->workers.data[middle] < worker)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert_worker(struct group *group, int worker)
{
	size_t at = position_of(group, worker);
	VECTOR_RESERVE(&group->workers, 1);
	int *place = group->workers.data + at;
	memmove(place + 1, place, (group->workers.length - at) * sizeof(*place));
	*place = worker;
	group->workers.length++;
}

static void take_out_worker(struct group *group, int worker)
{
	size_t at = position_of(group, worker);
	assert(at < group->workers.length && group->workers.data[at] == worker);
	int *place = group->workers.data + at;
	group->workers.length--;
	memmove(place, place + 1, (group->workers.length - at) * sizeof(*place));
}

void group_tree_enter(struct group_tree *tree, struct group *group, int worker)
{
	while (tree->worker_groups.length <= (size_t)worker)
		VECTOR_PUSH(&tree->worker_groups, -1);
	assert(tree->worker_groups.data[worker] < 0);
	tree->worker_groups.data[worker] = group->number;
	insert_worker(group, worker);
}

void group_tree_leave(struct group_tree *tree, int worker)
{
	int group = group_tree_of(tree, worker);
	if (group < 0)
		return;
	take_out_worker(tree->groups.data[group], worker);
	tree->worker_groups.data[worker] = -1;
}

void group_tree_move(struct group_tree *tree, int worker, struct group *to)
{
	group_tree_leave(tree, worker);
	group_tree_enter(tree, to, worker);
}

void group_tree_move_first(struct group_tree *tree, struct group *from, struct group *to,
			   size_t count)
{
	assert(count <= from->workers.length);
	if (from == to || count == 0)
		return;
	VECTOR_RESERVE(&to->workers, count);
	/* Merge from the back, in place. */
	size_t mine = to->workers.length, theirs = count, at = mine + theirs;
	while (theirs) {
		int worker = from->workers.data[theirs - 1];
		if (mine && to->workers.data[mine - 1] > worker) {
			to->workers.data[--at] = to->workers.data[--mine];
			continue;
		}
		to->workers.data[--at] = worker;
		tree->worker_groups.data[worker] = to->number;
		theirs--;
	}
	to->workers.length += count;
	from->workers.length -= count;
	memmove(from->workers.data, from->workers.data + count,
		from->workers.length * sizeof(*from->workers.data));
}

int group_tree_of(const struct group_tree *tree, int worker)
{
	if (worker < 0 || (size_t)worker >= tree->worker_groups.length)
		return -1;
	return tree->worker_groups.data[worker];
}
