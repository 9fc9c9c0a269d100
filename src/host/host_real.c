#include "host/host_real.h"

#include "host/bpf_map.h"
#include "host/cgroupfs.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

static struct real_host *real_of(struct host *host)
{
	return (struct real_host *)host;
}

/* How often the kernel has killed a process for want of memory; 0 where it does not count that. */
static int64_t machine_memory_kills(void)
{
	int64_t kills;
	return cgroupfs_read_number(AT_FDCWD, "/proc", "vmstat", "oom_kill", &kills) ? kills : 0;
}

bool host_real_open(struct real_host *real, struct topology *topology,
		    const struct host_verbs *verbs, const char *backend, struct error *error)
{
	struct topology taken = *topology;
	*topology = (struct topology){0};
	*real = (struct real_host){
		.host = {.verbs = verbs, .topology = taken, .info = {.backend = backend}},
		.opened_ns = board_now_ns(),
		.waiter = {.fd = -1},
	};
	group_tree_init(&real->tree, &taken.all, &taken.all);
	if (!worker_pool_open(&real->pool, error) || !waiter_open(&real->waiter, error))
		return false;
	real->pool.zero_ns = real->opened_ns;
	real->pool.rank = &real->waiter.rank;
	real->memory_kills = machine_memory_kills();
	for (int number = HOST_GROUP_OUTSIDE; number <= HOST_GROUP_ROOT; number++) {
		struct group *group = group_tree_get(&real->tree, number);
		if (!board_take_group(&real->pool.board, &group->effective, &group->record, error))
			return false;
	}
	return true;
}

void host_real_outrank(struct real_host *real, const struct host_options *options)
{
	if (!options->plain_rank)
		rank_open(&real->waiter.rank);
}

void host_real_close(struct real_host *real)
{
	process_table_close(&real->processes);
	worker_pool_close(&real->pool);
	group_tree_free(&real->tree);
	waiter_close(&real->waiter);
	topology_free(&real->host.topology);
}

bool host_real_add_group(struct real_host *real, int parent, const char *name, struct group **group,
			 struct error *error)
{
	if (!group_tree_add(&real->tree, parent, name, group, error))
		return false;
	if (board_take_group(&real->pool.board, &(*group)->effective, &(*group)->record, error))
		return true;
	group_tree_drop(&real->tree, (*group)->number);
	return false;
}

void host_real_drop_group(struct real_host *real, int group)
{
	board_give_group(&real->pool.board, group_tree_get(&real->tree, group)->record);
	group_tree_drop(&real->tree, group);
}

void host_real_unsettle(struct real_host *real, const struct group_changes *changes)
{
	for (size_t i = 0; i < changes->list.length; i++)
		board_group_unsettle(&real->pool.board, changes->list.data[i].group->record);
}

void host_real_settle(struct real_host *real, const struct group_changes *changes)
{
	for (size_t i = 0; i < changes->list.length; i++) {
		const struct group *group = changes->list.data[i].group;
		board_group_settle(&real->pool.board, group->record, &group->effective);
	}
}

void host_real_enter(struct real_host *real, struct group *group, int first, int64_t count)
{
	for (int worker = first; worker < first + count; worker++)
		group_tree_enter(&real->tree, group, worker);
}

void host_real_resumed(struct real_host *real, int worker)
{
	atomic_store(&worker_pool_slot(&real->pool, worker)->resumed_ns, board_now_ns());
}

/* Note a worker's own CPUs, NULL for none; *before gets what it had, to be freed or noted again. */
static void note_affinity(struct worker *worker, const struct cpuset *set, struct cpuset **before)
{
	*before = worker->affinity;
	worker->affinity = NULL;
	if (!set)
		return;
	worker->affinity = memory_resize(NULL, sizeof(*set));
	*worker->affinity = *set;
}

bool host_real_affinity_set(struct real_host *real, const int *workers, size_t count,
			    const struct cpuset *sets,
			    bool (*confine)(struct real_host *, int worker, struct error *),
			    struct error *error)
{
	struct cpuset **before = memory_zeroed(count + 1, sizeof(struct cpuset *));
	size_t done = 0;
	bool ok = true;
	for (; done < count && ok; done++) {
		note_affinity(worker_pool_get(&real->pool, workers[done]),
			      sets ? &sets[done] : NULL, &before[done]);
		ok = confine(real, workers[done], error);
	}
	for (size_t i = 0; i < done; i++) {
		struct worker *worker = worker_pool_get(&real->pool, workers[i]);
		struct cpuset *dropped = before[i];
		if (!ok) {
			dropped = worker->affinity;
			worker->affinity = before[i];
			confine(real, workers[i], NULL);
		}
		free(dropped);
	}
	free(before);
	return ok;
}

bool host_real_release(struct host *host, struct error *error)
{
	(void)error;
	worker_pool_release(&real_of(host)->pool);
	return true;
}

/* Bit per memory node (of the lowest 64) that the group's CPUs are on. */
static uint64_t home_nodes(const struct real_host *real, int group)
{
	struct cpuset nodes = {0};
	if (real->host.topology.node_count > 1)
		topology_nodes_of(&real->host.topology,
				  &group_tree_get(&real->tree, group)->effective, &nodes);
	return nodes.words[0];
}

static void leave_group(struct real_host *real, int number)
{
	int group = group_tree_of(&real->tree, number);
	if (group < 0)
		return;
	struct worker *worker = worker_pool_get(&real->pool, number);
	worker->last_group = group;
	worker->home_nodes = home_nodes(real, group);
	group_tree_leave(&real->tree, number);
}

/* Of a worker that was just stopped: was it killed for want of memory? Each kill that the kernel
 * counted explains one worker. */
static void explain_kill(struct real_host *real, int number)
{
	struct worker_report *report = worker_pool_get(&real->pool, number)->report;
	struct group *group = group_tree_get(&real->tree, report->group);
	if (report->end != WORKER_KILLED || report->end_code != SIGKILL ||
	    report->want != WORKER_WANT_NOTHING)
		return;
	if (group && real->group_memory_kills &&
	    real->group_memory_kills(real, group) > group->memory_kills) {
		group->memory_kills++;
		report->want = WORKER_WANT_GROUP;
	} else if (machine_memory_kills() > real->memory_kills) {
		report->want = WORKER_WANT_MACHINE;
	} else {
		return;
	}
	real->memory_kills++;
}

bool host_real_stop(struct host *host, const int *workers, size_t count, struct error *error)
{
	(void)error;
	struct real_host *real = real_of(host);
	for (size_t i = 0; i < count; i++)
		leave_group(real, workers[i]);
	worker_pool_stop(&real->pool, workers, count);
	for (size_t i = 0; i < count; i++)
		explain_kill(real, workers[i]);
	return true;
}

const struct worker_report *host_real_report(struct host *host, int worker)
{
	const struct worker *done = worker_pool_get(&real_of(host)->pool, worker);
	assert(done->report);
	return done->report;
}

void host_real_progress(struct host *host, int worker, struct worker_progress *progress)
{
	struct worker_pool *pool = &real_of(host)->pool;
	const struct board_worker *slot = worker_pool_slot(pool, worker);
	int64_t released = atomic_load(&slot->released_ns);
	clockid_t clock;
	struct timespec time;
	*progress = (struct worker_progress){.pid = worker_pool_get(pool, worker)->pid,
					     .units = atomic_load(&slot->units)};
	if (!released)
		return;
	progress->wall_ns = board_now_ns() - released;
	progress->cpu_ns = atomic_load(&slot->cpu_ns); /* a while ago */
	if (!clock_getcpuclockid(progress->pid, &clock) && !clock_gettime(clock, &time))
		progress->cpu_ns = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int host_real_worker_group(struct host *host, int worker)
{
	return group_tree_of(&real_of(host)->tree, worker);
}

static void look_for_dead(struct real_host *real)
{
	size_t known = real->pool.dead.length;
	worker_pool_look(&real->pool);
	for (size_t i = known; i < real->pool.dead.length; i++)
		leave_group(real, real->pool.dead.data[i]);
}

void host_real_wait(struct host *host, int64_t until_ns, struct host_wake *wake)
{
	struct real_host *real = real_of(host);
	int64_t deadline;
	if (__builtin_add_overflow(until_ns, real->opened_ns, &deadline))
		deadline = INT64_MAX;
	*wake = (struct host_wake){.reason = HOST_WAKE_TIME, .worker = -1, .process = -1};
	for (;;) {
		wake->worker = worker_pool_next_dead(&real->pool);
		if (wake->worker >= 0) {
			wake->reason = HOST_WAKE_WORKER_DIED;
			return;
		}
		wake->process = process_table_next_ended(&real->processes);
		if (wake->process >= 0) {
			wake->reason = HOST_WAKE_PROCESS_ENDED;
			return;
		}
		process_table_streams(&real->processes, &real->waiter);
		size_t streams = real->waiter.inputs.length;
		if (host->input)
			VECTOR_PUSH(&real->waiter.inputs,
				    (struct pollfd){.fd = host->input, .events = POLLIN});
		switch (waiter_wait(&real->waiter, deadline, &wake->signal)) {
		case WAIT_TIME:
			wake->late_ns = real->waiter.late_ns;
			return;
		case WAIT_SIGNAL:
			wake->reason = HOST_WAKE_SIGNAL;
			return;
		case WAIT_CHILD:
			look_for_dead(real);
			process_table_look(&real->processes);
			break;
		case WAIT_INPUT:
			process_table_drain(&real->processes);
			if (!host->input || !real->waiter.inputs.data[streams].revents)
				break;
			wake->reason = HOST_WAKE_INPUT;
			return;
		}
	}
}

/* Without cgroups there is nowhere to keep it. */
bool host_real_adopt(struct host *host, pid_t pid, struct error *error)
{
	(void)host;
	(void)pid;
	(void)error;
	return true;
}

bool host_real_process_stop(struct host *host, int process, int polite, int64_t patience_ns,
			    struct error *error)
{
	(void)error;
	process_table_stop(&real_of(host)->processes, process, polite, patience_ns);
	return true;
}

const struct process_report *host_real_process_report(struct host *host, int process)
{
	struct process_table *table = &real_of(host)->processes;
	process_table_drain(table);
	return process_table_report(table, process);
}

bool host_real_map_value(struct host *host, const char *path, int64_t key, int64_t *value,
			 struct error *error)
{
	(void)host;
	return bpf_map_value(path, key, value, error);
}

void host_real_scheduler_state(struct host *host, struct sched_ext_state *state)
{
	(void)host;
	sched_ext_read(state);
}

int64_t host_real_now(struct host *host)
{
	return board_now_ns() - real_of(host)->opened_ns;
}
