/*
 * The affinity back end: groups on paper, real workers, and sched_setaffinity() in place of
 * cpusets. It needs no rights at all. Other tasks than our workers are in no group of it, and a
 * child that a worker makes is not followed.
 */
#include "host/host_real.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct real_host *real_of(struct host *host)
{
	return (struct real_host *)host;
}

static bool affinity_group_create(struct host *host, int parent, const char *name, int *group,
				  struct error *error)
{
	struct group *made;
	if (!host_real_add_group(real_of(host), parent, name, &made, error))
		return false;
	*group = made->number;
	return true;
}

static bool affinity_group_remove(struct host *host, int group, struct error *error)
{
	struct real_host *real = real_of(host);
	if (!group_tree_may_drop(&real->tree, group, error))
		return false;
	host_real_drop_group(real, group);
	return true;
}

/* Give a worker the CPUs of a group, within its own affinity as far as that leaves any. A worker
 * that ends meanwhile is no error. */
static bool confine(struct real_host *real, int number, const struct cpuset *cpus,
		    struct error *error)
{
	const struct worker *worker = worker_pool_get(&real->pool, number);
	struct cpuset mask = *cpus;
	if (worker->affinity && cpuset_intersects(worker->affinity, cpus))
		cpuset_and(&mask, worker->affinity, cpus);
	if (!worker_alive(worker) || worker_set_affinity(worker->pid, &mask) || errno == ESRCH)
		return true;
	struct text list = {0};
	cpuset_print(&list, &mask);
	error_set_errno(error, errno, "CPUs %.100s were refused to a worker", text_string(&list));
	text_free(&list);
	return false;
}

static bool confine_group(struct real_host *real, const struct group *group,
			  const struct cpuset *cpus, struct error *error)
{
	for (size_t i = 0; i < group->workers.length; i++) {
		if (!confine(real, group->workers.data[i], cpus, error))
			return false;
	}
	return true;
}

static bool confine_to_own(struct real_host *real, int worker, struct error *error)
{
	const struct group *group = group_tree_get(&real->tree, group_tree_of(&real->tree, worker));
	const struct cpuset *own = worker_pool_get(&real->pool, worker)->affinity;
	if (!group)
		return true;
	if (own && !cpuset_intersects(own, &group->effective))
		return error_set_errno(error, EINVAL,
				       "an affinity without a CPU of cgroup '%s' was refused",
				       group->path);
	return confine(real, worker, &group->effective, error);
}

static bool affinity_affinity_set(struct host *host, const int *workers, size_t count,
				  const struct cpuset *sets, struct error *error)
{
	return host_real_affinity_set(real_of(host), workers, count, sets, confine_to_own, error);
}

static bool set_cpus(struct real_host *real, struct group *group, const struct cpuset *own,
		     struct error *error)
{
	struct group_changes changes = {0};
	group_tree_plan_cpus(&real->tree, group, own, &changes);
	host_real_unsettle(real, &changes);
	bool ok = true;
	size_t done = 0;
	for (; done < changes.list.length && ok; done++)
		ok = confine_group(real, changes.list.data[done].group,
				   &changes.list.data[done].effective, error);
	if (ok)
		group_tree_apply_cpus(group, own, &changes);
	for (size_t i = 0; i < done && !ok; i++) {
		const struct group *back = changes.list.data[i].group;
		confine_group(real, back, &back->effective, NULL);
	}
	host_real_settle(real, &changes);
	group_changes_free(&changes);
	return ok;
}

static bool affinity_knob_set(struct host *host, int number, enum knob knob,
			      const struct knob_value *value, struct error *error)
{
	struct real_host *real = real_of(host);
	struct group *group = group_tree_need_own(&real->tree, number, "set", error);
	if (!group)
		return false;
	if (knob != KNOB_cpus)
		return error_set(error, ERROR_UNAVAILABLE,
				 "the affinity back end cannot emulate %s: that takes the %s "
				 "controller of cgroups",
				 knob_table[knob].name, knob_table[knob].controller);
	return group->parent < 0 || set_cpus(real, group, value ? &value->set : NULL, error);
}

static bool affinity_group_cpus(struct host *host, int number, struct cpuset *cpus,
				struct error *error)
{
	const struct group *group = group_tree_need(&real_of(host)->tree, number, "cpus", error);
	if (group)
		*cpus = group->effective;
	return group != NULL;
}

static bool affinity_group_tasks(struct host *host, int number, int64_t *count, struct error *error)
{
	const struct group *group = group_tree_need(&real_of(host)->tree, number, "tasks", error);
	if (group)
		*count = (int64_t)group->workers.length;
	return group != NULL;
}

static void freeze_worker(struct real_host *real, int number, bool frozen)
{
	const struct worker *worker = worker_pool_get(&real->pool, number);
	if (!worker_alive(worker))
		return;
	if (!frozen)
		host_real_resumed(real, number);
	kill(worker->pid, frozen ? SIGSTOP : SIGCONT);
}

static bool affinity_group_freeze(struct host *host, int number, bool frozen, struct error *error)
{
	struct real_host *real = real_of(host);
	struct group *top =
		group_tree_need_own(&real->tree, number, frozen ? "freeze" : "thaw", error);
	if (!top)
		return false;
	top->frozen = frozen;
	for (struct group *group = top; group; group = group_tree_next(&real->tree, top, group)) {
		if (!frozen && group_tree_frozen(&real->tree, group))
			continue;
		for (size_t i = 0; i < group->workers.length; i++)
			freeze_worker(real, group->workers.data[i], frozen);
	}
	return true;
}

static bool affinity_spawn(struct host *host, const struct host_spawn *spawn, int *first,
			   struct error *error)
{
	struct real_host *real = real_of(host);
	struct group *group = group_tree_need(&real->tree, spawn->group, "spawn", error);
	if (!group)
		return false;
	struct worker_place place = {
		.record = group->record, .cgroup_fd = -1, .mask = &group->effective};
	if (!worker_pool_spawn(&real->pool, spawn, &place, first, error))
		return false;
	host_real_enter(real, group, *first, spawn->count);
	for (int i = 0; i < spawn->count && group_tree_frozen(&real->tree, group); i++)
		freeze_worker(real, *first + i, true);
	return true;
}

/* Stopped processes see neither the request to stop nor SIGUSR1. */
static bool affinity_stop(struct host *host, const int *workers, size_t count, struct error *error)
{
	struct real_host *real = real_of(host);
	for (size_t i = 0; i < count; i++) {
		const struct group *group =
			group_tree_get(&real->tree, group_tree_of(&real->tree, workers[i]));
		if (group && group_tree_frozen(&real->tree, group))
			freeze_worker(real, workers[i], false);
	}
	return host_real_stop(host, workers, count, error);
}

static bool move_worker(struct real_host *real, int worker, struct group *to, struct error *error)
{
	struct group *from = group_tree_get(&real->tree, group_tree_of(&real->tree, worker));
	if (!from || from == to)
		return true;
	worker_pool_unsettle(&real->pool, worker);
	bool ok = confine(real, worker, &to->effective, error);
	worker_pool_settle(&real->pool, worker, ok ? to->record : from->record);
	if (!ok)
		return false;
	bool was_frozen = group_tree_frozen(&real->tree, from);
	bool is_frozen = group_tree_frozen(&real->tree, to);
	group_tree_move(&real->tree, worker, to);
	if (was_frozen != is_frozen)
		freeze_worker(real, worker, is_frozen);
	return true;
}

static bool affinity_move_workers(struct host *host, const int *workers, size_t count, int to,
				  struct error *error)
{
	struct real_host *real = real_of(host);
	struct group *target = group_tree_need(&real->tree, to, "move", error);
	if (!target)
		return false;
	int *before = memory_resize(NULL, count * sizeof(*before));
	size_t done = 0;
	bool ok = true;
	for (; done < count && ok; done++) {
		before[done] = group_tree_of(&real->tree, workers[done]);
		ok = move_worker(real, workers[done], target, error);
	}
	for (size_t i = 0; i < done && !ok; i++) {
		if (before[i] >= 0)
			move_worker(real, workers[i], group_tree_get(&real->tree, before[i]), NULL);
	}
	free(before);
	return ok;
}

static bool affinity_move(struct host *host, int from, int to, int64_t count, int64_t *moved,
			  struct error *error)
{
	struct real_host *real = real_of(host);
	const struct group *source = group_tree_need(&real->tree, from, "move", error);
	if (!source)
		return false;
	size_t all = source->workers.length;
	size_t wanted = count < 0 || (size_t)count > all ? all : (size_t)count;
	int *workers = memory_resize(NULL, wanted * sizeof(*workers));
	for (size_t i = 0; i < wanted; i++)
		workers[i] = source->workers.data[i];
	*moved = (int64_t)wanted;
	bool ok = affinity_move_workers(host, workers, wanted, to, error);
	free(workers);
	return ok;
}

static bool affinity_move_task(struct host *host, pid_t task, int to, struct error *error)
{
	(void)host;
	(void)to;
	return error_set(error, ERROR_UNAVAILABLE,
			 "the affinity back end cannot put task %d, which is no worker, into a cgroup",
			 (int)task);
}

static bool affinity_process_start(struct host *host, const struct host_process *start,
				   int *process, struct error *error)
{
	struct worker_place place = {.cgroup_fd = -1};
	if (start->group != HOST_GROUP_OUTSIDE)
		return error_set(error, ERROR_UNAVAILABLE,
				 "the affinity back end cannot put a program into a cgroup");
	return process_table_start(&real_of(host)->processes, start->argv, &place, false, process,
				   error);
}

static bool affinity_process_in(struct host *host, int process, int group)
{
	(void)host;
	(void)process;
	return group == HOST_GROUP_OUTSIDE;
}

static void affinity_close(struct host *host)
{
	host_real_close(real_of(host));
	free(host);
}

/* There is none in either case. */
static bool affinity_cpu_control(struct host *host, bool on, struct error *error)
{
	(void)host, (void)on, (void)error;
	return true;
}

static const struct host_verbs affinity_verbs = {
	.cpu_control = affinity_cpu_control,
	.group_create = affinity_group_create,
	.group_remove = affinity_group_remove,
	.knob_set = affinity_knob_set,
	.group_cpus = affinity_group_cpus,
	.group_tasks = affinity_group_tasks,
	.group_freeze = affinity_group_freeze,
	.spawn = affinity_spawn,
	.release = host_real_release,
	.stop = affinity_stop,
	.report = host_real_report,
	.move = affinity_move,
	.move_workers = affinity_move_workers,
	.affinity_set = affinity_affinity_set,
	.move_task = affinity_move_task,
	.progress = host_real_progress,
	.worker_group = host_real_worker_group,
	.process_start = affinity_process_start,
	.adopt = host_real_adopt,
	.process_stop = host_real_process_stop,
	.process_report = host_real_process_report,
	.map_value = host_real_map_value,
	.scheduler_state = host_real_scheduler_state,
	.process_in = affinity_process_in,
	.wait = host_real_wait,
	.now = host_real_now,
	.load = host_real_load,
	.cpu_states = host_real_cpu_states,
	.can_tell = host_real_can_tell,
	.group_pressure = host_real_group_pressure,
	.group_throttled = host_real_group_throttled,
	.look = host_real_look,
	.process_lives = host_real_process_lives,
	.close = affinity_close,
};

struct host *host_affinity_open(struct topology *topology, const struct host_options *options,
				struct error *error)
{
	struct real_host *real = memory_zeroed(1, sizeof(*real));
	if (!host_real_open(real, topology, &affinity_verbs, "affinity", error)) {
		affinity_close(&real->host);
		return NULL;
	}
	snprintf(real->host.info.detail, sizeof(real->host.info.detail),
		 "no cgroups: affinity masks of the workers in place of cpusets");
	host_real_outrank(real, options);
	return &real->host;
}
