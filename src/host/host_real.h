/*
 * host_real: what the two real back ends share: the tree of groups with a record on the board for
 * each, the pool of workers, the clock (it starts at 0 when the host opens) and the wait.
 *
 * A back end embeds the struct as its first member, and puts the verbs below in its table as they
 * are or calls them from its own.
 */
#ifndef KTSTR_HOST_HOST_REAL_H
#define KTSTR_HOST_HOST_REAL_H

#include "host/group_tree.h"
#include "host/host.h"
#include "host/process.h"
#include "host/wait.h"
#include "host/worker.h"

struct real_host {
	struct host host;
	struct group_tree tree;
	struct worker_pool pool;
	struct process_table processes;
	struct waiter waiter;
	int64_t opened_ns;
	int64_t memory_kills; /* on the machine, that need no telling any more */
	/* How often the kernel has killed a task of a group for want of memory; -1: not told.
	 * NULL where groups have no memory of their own. */
	int64_t (*group_memory_kills)(struct real_host *, const struct group *);
};

/* Takes over `topology`. After a refusal host_real_close() is still due. */
bool host_real_open(struct real_host *real, struct topology *topology,
		    const struct host_verbs *verbs, const char *backend, struct error *error);
/* The last of opening: RT_GROUP_SCHED lets no controller be set up on v2 above a real-time task. */
void host_real_outrank(struct real_host *real, const struct host_options *options);
/* Kills all workers and gives back everything but the struct itself. */
void host_real_close(struct real_host *real);

/* A group with its record. */
bool host_real_add_group(struct real_host *real, int parent, const char *name, struct group **group,
			 struct error *error);
void host_real_drop_group(struct real_host *real, int group);

/* Around a change of the CPUs of some groups. */
void host_real_unsettle(struct real_host *real, const struct group_changes *changes);
/* Write the effective sets of those groups, as they are in the tree, to their records. */
void host_real_settle(struct real_host *real, const struct group_changes *changes);

/* Enter workers that were just made. */
void host_real_enter(struct real_host *real, struct group *group, int first, int64_t count);
/* Those workers were thawed. */
void host_real_resumed(struct real_host *real, int worker);

/* affinity_set() of struct host_verbs; `confine` makes what is noted of a worker so. */
bool host_real_affinity_set(struct real_host *real, const int *workers, size_t count,
			    const struct cpuset *sets,
			    bool (*confine)(struct real_host *, int worker, struct error *),
			    struct error *error);

/* As in struct host_verbs. */
bool host_real_release(struct host *host, struct error *error);
bool host_real_stop(struct host *host, const int *workers, size_t count, struct error *error);
const struct worker_report *host_real_report(struct host *host, int worker);
void host_real_progress(struct host *host, int worker, struct worker_progress *progress);
int host_real_worker_group(struct host *host, int worker);
void host_real_wait(struct host *host, int64_t until_ns, struct host_wake *wake);
int64_t host_real_now(struct host *host);
bool host_real_adopt(struct host *host, pid_t pid, struct error *error);
bool host_real_process_stop(struct host *host, int process, int polite, int64_t patience_ns,
			    struct error *error);
const struct process_report *host_real_process_report(struct host *host, int process);
bool host_real_map_value(struct host *host, const char *path, int64_t key, int64_t *value,
			 struct error *error);
void host_real_scheduler_state(struct host *host, struct sched_ext_state *state);
void host_real_load(struct host *host, struct cpu_load *loads, int count);
void host_real_cpu_states(struct host *host, struct cpu_state *states, int count);
bool host_real_can_tell(struct host *host, enum host_figure figure, struct error *error);
/* Of the whole machine; and that nothing is counted. */
bool host_real_group_pressure(struct host *host, int group, int64_t *waited_ns,
			      struct error *error);
bool host_real_group_throttled(struct host *host, int group, int64_t *periods, struct error *error);
bool host_real_look(struct host *host, int worker, bool state, struct worker_look *look);
bool host_real_process_lives(struct host *host, pid_t pid, uint64_t *born);

/* The first total of a PSI file, as cgroupfs_read() finds it. */
bool host_real_read_pressure(int directory, const char *group, const char *file,
			     int64_t *waited_ns);

#endif
