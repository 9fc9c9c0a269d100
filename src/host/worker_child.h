/*
 * worker_child: the life of a worker, from its fork to its _exit. Runs in the child process only;
 * talks to the host through its slot on the board and through nothing else.
 *
 * Order: die with the host, own process group, default signals, own name → its cgroups → affinity,
 * policy, nice, memory policy → what its work needs → no right that it does not need → ready →
 * blocked until released → works until asked to stop.
 */
#ifndef KTSTR_HOST_WORKER_CHILD_H
#define KTSTR_HOST_WORKER_CHILD_H

#include "host/board.h"
#include "host/host.h"
#include "host/work_team.h"

enum { WORKER_DOORS_MAX = 8 };

/* Where a batch of workers goes. */
struct worker_place {
	uint32_t record; /* of the group */
	/* Files to write "0" to, to be in the group: `tasks` of v1, cgroup.procs where forking into
	 * the group is not to be had. */
	int doors[WORKER_DOORS_MAX];
	int door_count;
	/* The child is forked ahead of all usual tasks (rank.h), and is one of them again before it
	 * enters: with CONFIG_RT_GROUP_SCHED a group without real-time bandwidth takes no other. */
	bool ahead;
	int cgroup_fd; /* -1, or a directory of cgroup v2 to fork into: CLONE_INTO_CGROUP */
	const struct cpuset *mask; /* NULL, or CPUs that stand for the group's cpuset */
};

_Noreturn void worker_child(struct board_shared *board, struct board_worker *slot, pid_t host,
			    const struct host_spawn *spawn, int64_t index,
			    const struct worker_place *place, const struct team *team);

/* Enter a group through its doors; false leaves the reason in errno. */
bool worker_enter(const struct worker_place *place);
/* Every signal as a new process has it, but SIGUSR1, which only interrupts. */
void worker_default_signals(void);

/* Give the CPUs of `mask` to a task, 0 for the caller; false leaves the reason in errno. */
bool worker_set_affinity(pid_t pid, const struct cpuset *mask);

#endif
