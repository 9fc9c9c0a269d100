/*
 * cgroup_root: the run's own root cgroup, one in each hierarchy that the run uses. Knows below
 * which cgroup it may be made, what has to be enabled for that, and how to take all of it back.
 *
 * v1: below our own cgroup, else below the mount. v2: root makes it below the mount; whoever else
 * has a delegated cgroup makes it there, and steps into a leaf of it first, as no cgroup of v2 may
 * have both tasks and controllers for its children (cgroups(7), "no internal processes" rule).
 *
 * Everything is written down before it is done: in the struct, so that cgroup_root_remove() can
 * undo it from any state, and in the run's record, so that a later ktstr can. Lines of the record:
 *
 *     cgroup VERSION PATH         a root cgroup
 *     enabled CONTROLLER PATH     in the subtree_control of its parent, by us
 */
#ifndef KTSTR_HOST_CGROUP_ROOT_H
#define KTSTR_HOST_CGROUP_ROOT_H

#include "base/cpuset.h"
#include "host/cgroupfs.h"
#include "host/record.h"

/* A leaf's name, which no program can give to a group of its own: identifiers have no '-'. */
#define CGROUP_LEAF "own-tasks"

struct cgroup_root {
	int version;
	unsigned controllers; /* that its groups have */
	char *path;           /* absolute; NULL: never begun */
	char *parent;
	char *outside;    /* where tasks go that leave the run: the cgroup that we started in */
	int fd;           /* of `path`; -1 */
	unsigned enabled; /* in the parent, by us */
	const struct record *record;
	bool moved_self; /* we are in the leaf */
};

/* Of `wanted` at least `needed` must be had; the rest is taken where it is to be had. `cpus` are
 * those that the run may use. The record gives it its name, too. After a refusal nothing is left.
 */
bool cgroup_root_make(struct cgroup_root *root, const struct hierarchy *hierarchy, unsigned wanted,
		      unsigned needed, const struct record *record, const struct cpuset *cpus,
		      struct error *error);
/* Its groups are gone already; false if the directory could not be removed. */
bool cgroup_root_remove(struct cgroup_root *root, struct patience *patience);
/* Forget it and leave it where it is. */
void cgroup_root_forget(struct cgroup_root *root);

/* v2: let children of `group` (a path below the root) have the root's controllers. */
bool cgroup_root_open_group(const struct cgroup_root *root, const char *group, struct error *error);

/* A file to write a pid to, that puts a process into the leaf of the root itself: no group of the
 * program, but swept with it. -1 with errno. */
int cgroup_root_open_leaf(const struct cgroup_root *root);

/* v2, while there are no groups: let none have this controller; where the run enabled it in the
 * parent, the root has it no longer either. And back. */
bool cgroup_root_drop(struct cgroup_root *root, enum controller controller, struct error *error);
bool cgroup_root_take(struct cgroup_root *root, enum controller controller, struct error *error);

/* Could cgroup_root_make() succeed? Touches nothing. */
bool cgroup_root_possible(const struct hierarchy *hierarchy, unsigned needed, struct error *error);

#endif
