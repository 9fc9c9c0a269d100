/*
 * cgroupfs: the cgroup file systems of this machine: which hierarchies are mounted where, in which
 * version, with which controllers, and where in them we are; and the few calls that are made in
 * them. Knows paths and files, nothing of runs.
 *
 * Discovery of controllers and mount points is libcgroup's. Where we are is read from
 * /proc/self/cgroup, the part of a hierarchy that a mount shows from mountinfo, the version from
 * statfs(2), for libcgroup 2.0.2 has no public call for these. Groups are made, filled and removed
 * with raw calls: on cgroup v1, create plus cpuset takes libcgroup four times as long, its
 * recursive delete moves living tasks to the parent, and it knows nothing of cgroup.kill and
 * cgroup.freeze.
 */
#ifndef KTSTR_HOST_CGROUPFS_H
#define KTSTR_HOST_CGROUPFS_H

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "host/patience.h"

#include <sys/types.h>

enum controller {
	CONTROLLER_CPUSET,
	CONTROLLER_CPU,
	CONTROLLER_MEMORY,
	CONTROLLER_PIDS,
	CONTROLLER_FREEZER, /* of v1; in v2 every cgroup can be frozen */
	CONTROLLER_COUNT,
};

struct hierarchy {
	int version;          /* 1 or 2 */
	unsigned controllers; /* bit per enum controller */
	bool read_only;
	char *mount; /* where it is mounted */
	char *own;   /* the cgroup that we are in: a path, `mount` itself or below it */
};

enum { HIERARCHIES_MAX = CONTROLLER_COUNT };

struct cgroupfs {
	struct hierarchy list[HIERARCHIES_MAX];
	int count;
};

struct pid_list {
	VECTOR(pid_t) list;
};

const char *controller_name(enum controller controller);
/* CONTROLLER_COUNT if it is none that we use. */
enum controller controller_find(const char *name);

/* ERROR_UNAVAILABLE if there is no cgroup file system at all. */
bool cgroupfs_discover(struct cgroupfs *cgroups, struct error *error);
void cgroupfs_free(struct cgroupfs *cgroups);
/* NULL if this controller is in no mounted hierarchy. */
const struct hierarchy *cgroupfs_find(const struct cgroupfs *cgroups, enum controller controller);

/* Calls on `file` of `group`, a path below the directory `directory` ("": that one itself). False
 * or -1 leave the reason in errno. */
bool cgroupfs_write(int directory, const char *group, const char *file, const char *value);
/* One line, without its end. */
bool cgroupfs_read(int directory, const char *group, const char *file, struct text *value);
/* The number behind `key` on a line of its own. */
bool cgroupfs_read_number(int directory, const char *group, const char *file, const char *key,
			  int64_t *number);
int cgroupfs_open(int directory, const char *group, const char *file, int flags);
/* Add the pids in the file, in its order. */
bool cgroupfs_read_pids(int directory, const char *group, struct pid_list *pids);
bool cgroupfs_has_word(const char *words, const char *word);

/* Open the group at an absolute path: no part of it may be a link, and it has to be a cgroup of
 * this version. -1 with errno. */
int cgroupfs_open_group(const char *path, int version);
/* Call `visit` for each group right below one. */
void cgroupfs_visit_below(int directory, const char *group,
			  void (*visit)(int directory, const char *group, void *context),
			  void *context);
/* Add the pids in a group and all below it, and how many groups these are. */
void cgroupfs_survey(int directory, const char *group, struct pid_list *pids, int64_t *groups);
/* Kill all that is in a group and below it; what forks faster than it is killed cannot fork any
 * more, where there is a pids controller. Frozen ones die, too. */
void cgroupfs_kill(int directory, const char *group, int version);

/* Remove a group with all below it, killing whatever is in them, as long as that moves or patience
 * lasts; if there is no such group that is fine. False with errno. */
bool cgroupfs_remove(int directory, const char *group, int version, struct patience *patience);

/* "; " and the command that would give the right, for a refusal that is a matter of rights; else
 * "". */
const char *cgroupfs_help(int reason, int version);

#endif
