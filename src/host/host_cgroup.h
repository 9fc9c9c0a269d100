/*
 * host_cgroup: the inside of the cgroup back end, split over host_cgroup.c (groups, spawning,
 * opening and closing), cgroup_knob.c (knobs), cgroup_cpu.c (the cpu controller on and off),
 * cgroup_task.c (moving, freezing) and cgroup_stat.c (what groups count). Not for other files.
 *
 * A group is a directory of the same path below each of the run's roots (cgroup_root.h). On v1 a
 * group's cpuset.cpus holds what the tree says is its effective set; v2 is given the group's own
 * set and works that out by itself.
 */
#ifndef KTSTR_HOST_HOST_CGROUP_H
#define KTSTR_HOST_HOST_CGROUP_H

#include "host/cgroup_root.h"
#include "host/host_real.h"

struct cgroup_host {
	struct real_host real;
	struct cgroupfs cgroups;
	struct cgroup_root roots[HIERARCHIES_MAX];
	int root_count;
	struct record record;
	bool keep;
	bool no_fork_into;     /* clone3(2) with CLONE_INTO_CGROUP is not to be had */
	bool freeze_by_signal; /* for want of a freezer */
	bool cpu_left;         /* groups do without the cpu controller that there is */
	/* Why a controller that is there could not be had; "" where it was. */
	char lost[CONTROLLER_COUNT][sizeof(((struct error *)NULL)->message)];
};

struct cgroup_host *cgroup_host_of(struct host *host);
/* The root whose groups have this controller, NULL if there is none. */
struct cgroup_root *cgroup_host_root(struct cgroup_host *cgroup, enum controller controller);
/* Add a root in the hierarchy of some controllers, and the run's groups below it. */
bool cgroup_host_add_root(struct cgroup_host *cgroup, const struct hierarchy *hierarchy,
			  unsigned wanted, unsigned needed, struct error *error);

/* Open a file of the cgroup that a group's own tasks are in: of v2 perhaps a leaf of the group, of
 * the group outside the one that the run was started in. -1 with errno. */
int cgroup_task_open(const struct cgroup_root *root, const struct group *group, const char *file,
		     int flags);
/* Files to write a pid to, to move it to a group: one per root, in their order. */
struct task_doors {
	int fds[HIERARCHIES_MAX];
	int count;
};
bool cgroup_task_doors(struct cgroup_host *cgroup, const struct group *group,
		       struct task_doors *doors, struct error *error);
void cgroup_task_close(struct task_doors *doors);
/* Send a task through all doors; false with errno, ESRCH if there is no such task. */
bool cgroup_task_send(const struct cgroup_host *cgroup, const struct task_doors *doors, pid_t pid,
		      bool realtime);

/* Do groups of this root refuse real-time tasks? With RT_GROUP_SCHED a group of v1 has no real-time
 * bandwidth until somebody writes cpu.rt_runtime_us. As weight and quota say nothing about such
 * tasks, they stay outside there. */
bool cgroup_root_shuns_realtime(const struct cgroup_root *root);

bool cgroup_knob_set(struct host *host, int group, enum knob knob, const struct knob_value *value,
		     struct error *error);

bool cgroup_cpu_control(struct host *host, bool on, struct error *error);

bool cgroup_group_pressure(struct host *host, int group, int64_t *waited_ns, struct error *error);
bool cgroup_group_throttled(struct host *host, int group, int64_t *periods, struct error *error);
/* Of struct real_host. */
int64_t cgroup_group_memory_kills(struct real_host *real, const struct group *group);

/* Take frozen workers out of where they are, so that they can run to their end. */
void cgroup_task_thaw_for_stop(struct cgroup_host *cgroup, const int *workers, size_t count);
/* v2: make a group's leaf and move its tasks there, so that its children can have controllers. */
bool cgroup_task_to_leaf(struct cgroup_host *cgroup, struct group *group, struct error *error);

bool cgroup_group_tasks(struct host *host, int group, int64_t *count, struct error *error);
bool cgroup_group_freeze(struct host *host, int group, bool frozen, struct error *error);
bool cgroup_process_in(struct host *host, int process, int group);
bool cgroup_move(struct host *host, int from, int to, int64_t count, int64_t *moved,
		 struct error *error);
bool cgroup_move_workers(struct host *host, const int *workers, size_t count, int to,
			 struct error *error);
bool cgroup_move_task(struct host *host, pid_t task, int to, struct error *error);

#endif
