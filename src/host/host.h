/*
 * host: the machine a program runs on, behind about a dozen verbs. It knows Linux (or pretends
 * to) and nothing of the language.
 *
 * Three back ends: cgroups and real workers (host_cgroup.c), real workers with affinity masks in
 * place of cpusets (host_affinity.c), and the planned host on a virtual clock (host_plan.c).
 *
 * Groups and workers are small integers that the host hands out, counted up and never reused.
 * Group 0 is the cgroup that the run was started in: of the tasks there only the workers count and
 * can be moved, and it can be neither changed, frozen nor removed. Group 1 is the run's own root,
 * the parent of every group that a program creates at top level. Times are ns on the host's own
 * clock.
 *
 * Every verb that can be refused returns false and fills the error: ERROR_REFUSED when the set-up
 * failed, ERROR_UNAVAILABLE when this machine has no such thing. A refused verb leaves nothing
 * half made. host_close() undoes whatever is still there, newest first, and may be called at any
 * time; it never fails, but says what it could not remove.
 */
#ifndef KTSTR_HOST_HOST_H
#define KTSTR_HOST_HOST_H

#include "base/cpuset.h"
#include "base/error.h"
#include "base/histogram.h"
#include "host/knobs.h"
#include "host/sched_ext.h"
#include "host/topology.h"
#include "host/work.h"

#include <sys/types.h>

enum { HOST_GROUP_OUTSIDE = 0, HOST_GROUP_ROOT = 1 };

/* Workers to make: all alike, `count` of them. */
struct host_spawn {
	int group;
	int64_t count;
	struct work work;
	struct policy policy;
	bool has_nice;
	int nice;
	const struct mempolicy *mempolicy; /* NULL: none */
	const struct cpuset *affinity; /* NULL: inherit; else one set per worker, `count` of them */
	uint64_t seed;                 /* of random choices in the work's body */
};

/* A program to start: a payload or a scheduler. */
struct host_process {
	int group;
	const char *const *argv; /* NULL ends it; the first is a path, or a name found in PATH */
	bool scheduler;          /* it is going to attach to the kernel */
};

/* What is known of a process that was started. */
struct process_report {
	pid_t pid;
	bool ended;   /* false: it still runs, and `code` is -1 */
	bool stopped; /* process_stop() ended it */
	bool killed;  /* by signal `code`; else `code` is its exit status */
	int code;
	int64_t wall_ns;
	const struct text *output; /* what it printed so far */
	const struct text *errors;
	bool cut; /* it printed more than is kept */
};

enum host_wake_reason {
	HOST_WAKE_TIME,          /* the deadline came */
	HOST_WAKE_SIGNAL,        /* SIGINT, SIGTERM or SIGHUP arrived: `signal` */
	HOST_WAKE_WORKER_DIED,   /* a worker ended by itself: `worker`; told once per worker */
	HOST_WAKE_PROCESS_ENDED, /* likewise a process: `process` */
	HOST_WAKE_INPUT,         /* there is something to read from `input` */
};

struct host_wake {
	enum host_wake_reason reason;
	/* The wait ended so long after its time, and not because of other tasks: the machine stood
	 * still. 0: it did not, or who knows. */
	int64_t late_ns;
	int signal;
	int worker;
	int process;
};

enum worker_end {
	WORKER_STOPPED, /* ended when it was asked to */
	WORKER_EXITED,  /* ended by itself, `end_code` is its exit status */
	WORKER_KILLED,  /* by signal `end_code`, that was not ours */
	WORKER_STUCK,   /* did not end in time after the request, and was killed */
};

/* Did the kernel kill a worker for want of memory? */
enum worker_want {
	WORKER_WANT_NOTHING,
	WORKER_WANT_GROUP,   /* it counted that in the worker's group */
	WORKER_WANT_MACHINE, /* it counted that for the machine only: probably */
};

struct worker_move {
	int64_t at_ns; /* since its release */
	int from_cpu;
	int to_cpu;
};

/* What a worker did, from its release to its end. */
struct worker_report {
	int worker;
	int group; /* the one it was in at its end */
	pid_t pid;
	enum worker_end end;
	int end_code;
	enum worker_want want;
	bool released;       /* false: it never started, all figures are 0 */
	uint64_t units;      /* of work */
	uint64_t iterations; /* of the loop body */
	int64_t wall_ns;
	int64_t cpu_ns;
	int64_t gap_ns;      /* the longest time it wanted to run and did not get to a sample */
	int64_t gap_at_ns;   /* when that gap ended, since its release */
	int gap_cpu;         /* where it ran again */
	int64_t released_ns; /* on the host's clock */
	int64_t start_ns;    /* its first tick, since its release; -1: it never got there */
	uint64_t migrations; /* changes of CPU seen between samples */
	/* The newest of them, in order: times since its release. Owned by the report. */
	const struct worker_move *moves;
	size_t move_count;
	struct cpuset cpus;  /* on which it was seen */
	uint64_t strays;     /* samples outside the effective cpuset of its group at that moment */
	int64_t stray_at_ns; /* of the first one, since its release */
	int stray_cpu;       /* of the first one */
	/* Waiting for a CPU, as the kernel counts it; -1: it does not. */
	int64_t delay_ns;
	int64_t slices;           /* times that it got a CPU */
	int64_t delay_most_ns;    /* the longest single wait, or little more: telemetry.h */
	int64_t delay_most_at_ns; /* when that was over, since its release */
	/* Wake latencies: how many, the largest, and the buckets that are not empty. */
	uint64_t waits;
	int64_t wake_most_ns;
	int64_t wake_most_at_ns;
	const struct histogram_count *wakes;
	size_t wake_count;
	/* Pages of its own memory at its end; -1 where the machine has one node. */
	int64_t pages;
	int64_t pages_home;  /* on the nodes of its cgroup's CPUs */
	int64_t pages_moved; /* between nodes by the kernel, meanwhile; -1: not told */
};

/* A worker that may still run. */
struct worker_progress {
	pid_t pid;
	uint64_t units;  /* of work, so far */
	int64_t wall_ns; /* since its release, 0: it waits for that */
	int64_t cpu_ns;  /* of that, about: what it took to be made counts in */
};

/* Time that one CPU has spent, since boot. */
struct cpu_load {
	int64_t busy_ns;   /* for anybody's tasks, interrupts included */
	int64_t stolen_ns; /* by the hypervisor */
};

/* What one CPU is able to do. */
struct cpu_state {
	bool online;
	int64_t limit_khz; /* the highest frequency that it may have now; 0: not told */
	int64_t throttled; /* times that heat has slowed it or its package down, since boot */
	unsigned untold;   /* the host's own: what a look before has not found is not looked for */
};

/* Figures that not every machine can give. */
enum host_figure {
	HOST_FIGURE_DELAY,      /* how long workers wait for a CPU */
	HOST_FIGURE_NODES,      /* on which of several memory nodes pages lie */
	HOST_FIGURE_PRESSURE,   /* group_pressure() */
	HOST_FIGURE_THROTTLING, /* group_throttled() */
};

/* What a worker is doing right now. */
struct worker_look {
	uint64_t units;
	bool runnable;
	bool halted; /* by a signal, and not because its group is frozen */
	int cpu;     /* the one it runs on, waits for or ran on */
};

/* How the host does its work, for the report. */
struct host_info {
	const char *backend;  /* "cgroup", "affinity" or "plan" */
	char detail[256];     /* "cpuset v1, cpu v1" or "no cgroups: affinity masks …" */
	char root[256];       /* path of the run's own group, "" where there is none */
	char unrecorded[512]; /* why nobody could sweep what it leaves when it is killed; "" */
};

struct host;

struct host_verbs {
	/* Do groups have the cpu controller? They do where it is to be had, unless this says no.
	 * Called while there are no groups. */
	bool (*cpu_control)(struct host *, bool on, struct error *);
	/* Create group `name` (no '/') in `parent`; its number goes to *group. */
	bool (*group_create)(struct host *, int parent, const char *name, int *group,
			     struct error *);
	/* Remove a group that has no children and no workers of ours; tasks that somebody else put
	 * there are killed first. */
	bool (*group_remove)(struct host *, int group, struct error *);
	/* Set a knob; value NULL restores what the group has without it (the parent's CPUs, no
	 * quota, …). */
	bool (*knob_set)(struct host *, int group, enum knob, const struct knob_value *,
			 struct error *);
	/* The CPUs that the group's tasks may use now. */
	bool (*group_cpus)(struct host *, int group, struct cpuset *, struct error *);
	/* How many tasks are in the group itself (not in its children). */
	bool (*group_tasks)(struct host *, int group, int64_t *count, struct error *);
	/* Stop or continue all tasks of a group and its children. */
	bool (*group_freeze)(struct host *, int group, bool frozen, struct error *);
	/* Make workers, blocked, placed and configured; they are numbered *first, *first + 1, … */
	bool (*spawn)(struct host *, const struct host_spawn *, int *first, struct error *);
	/* Start every worker that is still blocked, all at once. */
	bool (*release)(struct host *, struct error *);
	/* Stop these workers together, within one deadline, and make their reports; those that have
	 * ended already are no error. Children that they left behind are killed. */
	bool (*stop)(struct host *, const int *workers, size_t count, struct error *);
	/* The report of a worker that stop() has ended; good until the host is closed. */
	const struct worker_report *(*report)(struct host *, int worker);
	/* Move up to `count` tasks (-1: all) of a group to another; *moved says how many went. A
	 * task that ends meanwhile is no error. */
	bool (*move)(struct host *, int from, int to, int64_t count, int64_t *moved,
		     struct error *);
	bool (*move_workers)(struct host *, const int *workers, size_t count, int to,
			     struct error *);
	/* Give each worker CPUs of its own, one set per worker, from now on; NULL: none but its
	 * group's. Of each set at least one CPU is its group's. A worker that has ended is no
	 * error. */
	bool (*affinity_set)(struct host *, const int *workers, size_t count,
			     const struct cpuset *sets, struct error *);
	/* Move one task that is no worker of ours. It has to descend from this process: what is in
	 * a group when that is removed is killed. One that ends meanwhile is no error. */
	bool (*move_task)(struct host *, pid_t task, int to, struct error *);
	/* What a worker that has not been stopped has done so far. */
	void (*progress)(struct host *, int worker, struct worker_progress *);
	/* The group that a living worker is in. */
	int (*worker_group)(struct host *, int worker);
	/* Start a program in a group; they are numbered from 0. When this returns true it runs. */
	bool (*process_start)(struct host *, const struct host_process *, int *process,
			      struct error *);
	/* A process that this one has started by itself: what it leaves behind is removed with the
	 * run. */
	bool (*adopt)(struct host *, pid_t pid, struct error *);
	/* End a process and what is in its process group: by signal `polite` first (0: none), by
	 * SIGKILL after `patience_ns`. One that has ended already is no error. */
	bool (*process_stop)(struct host *, int process, int polite, int64_t patience_ns,
			     struct error *);
	/* Good until the next verb. */
	const struct process_report *(*process_report)(struct host *, int process);
	/* Is the process in this group right now? */
	bool (*process_in)(struct host *, int process, int group);
	/* The number at a key of a pinned BPF map; ERROR_UNAVAILABLE if there is none (yet). */
	bool (*map_value)(struct host *, const char *path, int64_t key, int64_t *value,
			  struct error *);
	/* The scheduler that the kernel has loaded; on paper there always is one. */
	void (*scheduler_state)(struct host *, struct sched_ext_state *);
	/* Sleep until `until_ns` or until something happens; also the place where signals are
	 * noticed (a time in the past just looks). */
	void (*wait)(struct host *, int64_t until_ns, struct host_wake *);
	int64_t (*now)(struct host *);
	/* The load of every CPU up to `count`, by number; those that are not there stay 0. */
	void (*load)(struct host *, struct cpu_load *loads, int count);
	/* The state of every CPU up to `count`, by number. All zeros at the first look: what such a
	 * look costs, a run pays. */
	void (*cpu_states)(struct host *, struct cpu_state *states, int count);
	/* False: this machine does not give it, for the reason in the error. */
	bool (*can_tell)(struct host *, enum host_figure, struct error *);
	/* How long some task of the group (or, where groups do not tell, of the machine) has waited
	 * for a CPU, all together. */
	bool (*group_pressure)(struct host *, int group, int64_t *waited_ns, struct error *);
	/* In how many periods a quota has stopped the group: its own, or of a group above. */
	bool (*group_throttled)(struct host *, int group, int64_t *periods, struct error *);
	/* False: it has ended. `units` costs nothing; the rest, asked for by `state`, a read of a
	 * file. */
	bool (*look)(struct host *, int worker, bool state, struct worker_look *);
	/* Is there such a process? *born tells it from a later one of the same number. */
	bool (*process_lives)(struct host *, pid_t pid, uint64_t *born);
	void (*close)(struct host *);
};

/* The first member of every back end's own struct. */
struct host {
	const struct host_verbs *verbs;
	struct topology topology; /* owned */
	struct host_info info;
	int input; /* a file that wait() is to watch, too; 0: none */
};

struct host_options {
	unsigned controllers; /* bit per enum knob that the program uses: their controllers are set
				 up */
	bool keep;            /* leave groups in place at the end, for a look */
	bool plain_rank;      /* this process keeps the policy it has; see host/rank.h */
};

/* Each takes over `topology` (it is freed by host_close(), also when opening fails). */
struct host *host_plan_open(struct topology *topology);
struct host *host_affinity_open(struct topology *topology, const struct host_options *,
				struct error *);
struct host *host_cgroup_open(struct topology *topology, const struct host_options *,
			      struct error *);
void host_close(struct host *host);

/* can_tell() of HOST_FIGURE_NODES, which all back ends share. */
bool host_can_tell_nodes(const struct topology *topology, struct error *error);

/* Can cgroups be written here? If not, *why gets one line of reason and one with the exact command
 * that would give the right to. Touches nothing. */
bool host_cgroup_usable(struct text *why);

#endif
