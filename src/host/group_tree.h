/*
 * group_tree: the groups of a run as data: names, parents, children, the CPUs that each was given
 * and those that follow from it, and which workers are where. All three back ends keep one; it
 * touches nothing outside itself.
 *
 * CPUs follow the rule of cgroup v2: a group's effective set is its own within its parent's
 * effective one, or the parent's where it has none or nothing would be left.
 *
 * Numbers of groups are those of host.h. A group that is gone keeps its number and nothing else.
 * The tree owns the groups; a `struct group *` is good until the group is dropped.
 */
#ifndef KTSTR_HOST_GROUP_TREE_H
#define KTSTR_HOST_GROUP_TREE_H

#include "base/cpuset.h"
#include "base/error.h"
#include "base/vector.h"

#include <sys/types.h>

struct group {
	int number;
	int parent;       /* -1: none */
	const char *path; /* below the run's root: "left/inner"; "" is the root itself */
	const char *name; /* the last part of it */
	bool has_own;
	struct cpuset own;
	struct cpuset effective;
	bool frozen;          /* by itself; see group_tree_frozen() */
	unsigned record;      /* for the back end: its record in shared memory */
	bool leaf;            /* v2: its tasks are in a leaf, as its children have controllers */
	VECTOR(int) workers;  /* ascending */
	int64_t memory_kills; /* for the back end: how many of them it has told of */
	int child_count;
	int first_child; /* -1: none; children newest first */
	int older;       /* siblings, -1: none */
	int newer;
	int next_of_slot; /* in the table of names */
	char bytes[];     /* of the path */
};

/* What the effective set of a group is going to be. */
struct group_change {
	struct group *group;
	struct cpuset effective;
};

struct group_changes {
	VECTOR(struct group_change) list; /* parents before children */
};

struct group_tree {
	VECTOR(struct group *) groups; /* by number; NULL: gone */
	VECTOR(int) worker_groups;     /* by worker; -1: in none */
	int *slots;                    /* table of names: heads of chains, -1: empty */
	size_t slot_count;
	size_t living;
};

/* Makes HOST_GROUP_OUTSIDE and HOST_GROUP_ROOT, with the CPUs that they have. */
void group_tree_init(struct group_tree *tree, const struct cpuset *outside,
		     const struct cpuset *root);
void group_tree_free(struct group_tree *tree);

/* NULL if there is none (any more). */
struct group *group_tree_get(const struct group_tree *tree, int group);
/* As above, with an error (ENOENT) that says which verb asked. */
struct group *group_tree_need(const struct group_tree *tree, int group, const char *verb,
			      struct error *error);
/* As above, for verbs that may only touch groups of the run itself. */
struct group *group_tree_need_own(const struct group_tree *tree, int group, const char *verb,
				  struct error *error);

/* Refused for a name that is taken, or too long, and for a parent that is gone or not ours. */
bool group_tree_add(struct group_tree *tree, int parent, const char *name, struct group **group,
		    struct error *error);
/* Refused while there are children or workers, and for the two groups that are always there. */
bool group_tree_may_drop(const struct group_tree *tree, int group, struct error *error);
void group_tree_drop(struct group_tree *tree, int group);

/* What changes when a group's own set becomes `own` (NULL: none); nothing is changed yet. */
void group_tree_plan_cpus(const struct group_tree *tree, struct group *group,
			  const struct cpuset *own, struct group_changes *changes);
/* Make it so. */
void group_tree_apply_cpus(struct group *group, const struct cpuset *own,
			   const struct group_changes *changes);
void group_changes_free(struct group_changes *changes);

/* Is the group or one above it frozen? */
bool group_tree_frozen(const struct group_tree *tree, const struct group *group);

/* The next group in the subtree of `top`, parents before children: start with `top` itself, NULL
 * is the end. */
struct group *group_tree_next(const struct group_tree *tree, const struct group *top,
			      const struct group *group);

/* Workers. A new one has a higher number than all before it. */
void group_tree_enter(struct group_tree *tree, struct group *group, int worker);
void group_tree_leave(struct group_tree *tree, int worker);
void group_tree_move(struct group_tree *tree, int worker, struct group *to);
/* The `count` workers of `from` with the lowest numbers. */
void group_tree_move_first(struct group_tree *tree, struct group *from, struct group *to,
			   size_t count);
/* The group of a worker, -1 if it is in none (any more). */
int group_tree_of(const struct group_tree *tree, int worker);

#endif
