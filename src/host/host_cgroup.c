#include "host/host_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t REMOVE_NS = 2000000000;

struct cgroup_host *cgroup_host_of(struct host *host)
{
	return (struct cgroup_host *)host;
}

struct cgroup_root *cgroup_host_root(struct cgroup_host *cgroup, enum controller controller)
{
	for (int i = 0; i < cgroup->root_count; i++) {
		if (cgroup->roots[i].controllers & 1u << controller)
			return &cgroup->roots[i];
	}
	return NULL;
}

static bool make_directory(const struct cgroup_root *root, const struct group *group,
			   struct error *error)
{
	if (mkdirat(root->fd, group->path, 0755) == 0)
		return true;
	int reason = errno;
	return error_set_errno(error, reason, "making cgroup '%s' was refused%s", group->path,
			       cgroupfs_help(reason, root->version));
}

static void remove_directories(struct cgroup_host *cgroup, const struct group *group, int count)
{
	while (count-- > 0)
		unlinkat(cgroup->roots[count].fd, group->path, AT_REMOVEDIR);
}

bool cgroup_host_add_root(struct cgroup_host *cgroup, const struct hierarchy *hierarchy,
			  unsigned wanted, unsigned needed, struct error *error)
{
	struct cgroup_root *root = &cgroup->roots[cgroup->root_count];
	const struct group_tree *tree = &cgroup->real.tree;
	if (!cgroup_root_make(root, hierarchy, wanted, needed, &cgroup->record,
			      &cgroup->real.host.topology.all, error))
		return false;
	cgroup->root_count++;
	for (size_t i = HOST_GROUP_ROOT + 1; i < tree->groups.length; i++) {
		if (!tree->groups.data[i] || make_directory(root, tree->groups.data[i], error))
			continue;
		while (--i > HOST_GROUP_ROOT) {
			if (tree->groups.data[i])
				unlinkat(root->fd, tree->groups.data[i]->path, AT_REMOVEDIR);
		}
		cgroup->root_count--;
		struct patience patience = patience_of(REMOVE_NS);
		cgroup_root_remove(root, &patience);
		return false;
	}
	return true;
}

static bool make_directories(struct cgroup_host *cgroup, const struct group *group,
			     struct error *error)
{
	struct group *parent = group_tree_get(&cgroup->real.tree, group->parent);
	if (parent->number != HOST_GROUP_ROOT && !parent->leaf &&
	    !cgroup_task_to_leaf(cgroup, parent, error))
		return false;
	for (int i = 0; i < cgroup->root_count; i++) {
		if (!make_directory(&cgroup->roots[i], group, error)) {
			remove_directories(cgroup, group, i);
			return false;
		}
	}
	return true;
}

static bool cgroup_group_create(struct host *host, int parent, const char *name, int *number,
				struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	struct group *group;
	/* In the tree first: whatever is in the tree, closing removes. */
	if (!host_real_add_group(&cgroup->real, parent, name, &group, error))
		return false;
	if (!make_directories(cgroup, group, error)) {
		host_real_drop_group(&cgroup->real, group->number);
		return false;
	}
	*number = group->number;
	return true;
}

/* False if a directory would not go; errno says why. */
static bool remove_group(struct cgroup_host *cgroup, const struct group *group,
			 struct patience *patience)
{
	bool removed = true;
	int reason = 0;
	for (int i = cgroup->root_count; i-- > 0;) {
		const struct cgroup_root *root = &cgroup->roots[i];
		if (cgroupfs_remove(root->fd, group->path, root->version, patience))
			continue;
		removed = false;
		reason = errno;
	}
	errno = reason;
	return removed;
}

static bool cgroup_group_remove(struct host *host, int number, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	if (!group_tree_may_drop(&cgroup->real.tree, number, error))
		return false;
	const struct group *group = group_tree_get(&cgroup->real.tree, number);
	/* A frozen task of v1 does not even die. */
	if (group->frozen && !cgroup_group_freeze(host, number, false, error))
		return false;
	struct patience patience = patience_of(REMOVE_NS);
	if (!remove_group(cgroup, group, &patience))
		return error_set_errno(error, errno, "removing cgroup '%s' was refused",
				       group->path);
	host_real_drop_group(&cgroup->real, number);
	return true;
}

static bool cgroup_group_cpus(struct host *host, int number, struct cpuset *cpus,
			      struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_CPUSET);
	const struct group *group = group_tree_need(&cgroup->real.tree, number, "cpus", error);
	if (!group)
		return false;
	*cpus = group->effective;
	if (number == HOST_GROUP_OUTSIDE)
		return true;
	struct text list = {0};
	bool ok = cgroupfs_read(
		root->fd, group->path,
		root->version == 1 ? "cpuset.effective_cpus" : "cpuset.cpus.effective", &list);
	if (!ok)
		error_set_errno(error, errno, "the CPUs of cgroup '%s' cannot be read",
				group->path);
	else if (!cpuset_parse(cpus, text_string(&list)))
		ok = error_set(error, ERROR_REFUSED, "the CPUs of cgroup '%s' read '%.200s'",
			       group->path, text_string(&list));
	text_free(&list);
	return ok;
}

/* The doors through which workers enter their group themselves. A write of "0" to `tasks` of v1
 * moves a single thread, for which the kernel takes no lock against forks and exits; taking it
 * costs the first one in a while an RCU grace period, 10 ms (cgroup_procs_write_start(), Linux 5.18
 * and later). On v2 forking into the group spares the same. */
static bool open_place(struct cgroup_host *cgroup, const struct group *group, bool realtime,
		       bool fork_into, struct worker_place *place, struct error *error)
{
	*place = (struct worker_place){.record = group->record, .cgroup_fd = -1};
	if (group->number == HOST_GROUP_OUTSIDE)
		return true;
	for (int i = 0; i < cgroup->root_count; i++) {
		const struct cgroup_root *root = &cgroup->roots[i];
		if (realtime && cgroup_root_shuns_realtime(root))
			continue;
		bool straight = root->version == 2 && fork_into;
		int fd = cgroup_task_open(root, group,
					  straight             ? "."
					  : root->version == 1 ? "tasks"
							       : "cgroup.procs",
					  straight ? O_RDONLY | O_DIRECTORY : O_WRONLY);
		if (fd < 0)
			return error_set_errno(error, errno, "no task can enter cgroup '%s'%s",
					       group->path, cgroupfs_help(errno, root->version));
		if (straight)
			place->cgroup_fd = fd;
		else
			place->doors[place->door_count++] = fd;
	}
	return true;
}

static void close_place(struct worker_place *place)
{
	while (place->door_count > 0)
		close(place->doors[--place->door_count]);
	if (place->cgroup_fd >= 0)
		close(place->cgroup_fd);
}

static bool spawn_through(struct cgroup_host *cgroup, const struct host_spawn *spawn,
			  const struct group *group, bool fork_into, int *first,
			  struct error *error)
{
	struct worker_place place;
	bool realtime = spawn->policy.kind == POLICY_FIFO || spawn->policy.kind == POLICY_RR;
	bool ok = open_place(cgroup, group, realtime, fork_into, &place, error) &&
		  worker_pool_spawn(&cgroup->real.pool, spawn, &place, first, error);
	close_place(&place);
	return ok;
}

/* A worker that entered a frozen group would never get ready: these are made outside and sent in
 * when they are. */
static bool spawn_frozen(struct cgroup_host *cgroup, const struct host_spawn *spawn,
			 struct group *group, int *first, struct error *error)
{
	struct real_host *real = &cgroup->real;
	struct group *outside = group_tree_get(&real->tree, HOST_GROUP_OUTSIDE);
	if (!spawn_through(cgroup, spawn, outside, false, first, error))
		return false;
	host_real_enter(real, outside, *first, spawn->count);
	size_t count = (size_t)spawn->count;
	int *workers = memory_resize(NULL, count * sizeof(*workers));
	for (size_t i = 0; i < count; i++)
		workers[i] = *first + (int)i;
	bool ok = cgroup_move_workers(&real->host, workers, count, group->number, error);
	if (!ok)
		host_real_stop(&real->host, workers, count, NULL);
	free(workers);
	return ok;
}

/* Programs that are in no group of the scenario stay in the scheduling of the cgroup that the run
 * was started in, but whatever they leave behind has to be found: v1 has a hierarchy that only
 * counts tasks. */
static bool keeps_custody(const struct cgroup_host *cgroup, int index)
{
	unsigned pids = 1u << CONTROLLER_PIDS;
	const struct cgroup_root *root = &cgroup->roots[index];
	bool counted = false;
	for (int i = 0; i < cgroup->root_count; i++)
		counted |= cgroup->roots[i].version == 2 || cgroup->roots[i].controllers & pids;
	return counted ? root->version == 2 || root->controllers & pids : index == 0;
}

static bool open_custody(struct cgroup_host *cgroup, struct worker_place *place,
			 struct error *error)
{
	for (int i = 0; i < cgroup->root_count; i++) {
		if (!keeps_custody(cgroup, i))
			continue;
		int fd = cgroup_root_open_leaf(&cgroup->roots[i]);
		if (fd < 0)
			return error_set_errno(error, errno, "no process can enter %.200s",
					       cgroup->roots[i].path);
		place->doors[place->door_count++] = fd;
	}
	return true;
}

static bool cgroup_adopt(struct host *host, pid_t pid, struct error *error)
{
	struct worker_place place = {.cgroup_fd = -1};
	char number[16];
	int length = snprintf(number, sizeof(number), "%d", (int)pid), reason = 0;
	bool ok = open_custody(cgroup_host_of(host), &place, error);
	for (int i = 0; ok && !reason && i < place.door_count; i++) {
		if (write(place.doors[i], number, (size_t)length) != length && errno != ESRCH)
			reason = errno;
	}
	close_place(&place);
	return ok && (!reason || error_set_errno(error, reason,
						 "taking process %d into the run's cgroup was "
						 "refused",
						 (int)pid));
}

static bool cgroup_process_start(struct host *host, const struct host_process *start, int *process,
				 struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group_tree *tree = &cgroup->real.tree;
	const struct group *group = group_tree_need(tree, start->group, "run", error);
	struct worker_place place;
	if (!group)
		return false;
	bool ok = open_place(cgroup, group, false, false, &place, error) &&
		  (start->group != HOST_GROUP_OUTSIDE || open_custody(cgroup, &place, error)) &&
		  process_table_start(&cgroup->real.processes, start->argv, &place,
				      group_tree_frozen(tree, group), process, error);
	close_place(&place);
	return ok;
}

static bool forks_into(const struct cgroup_host *cgroup)
{
	bool any = false;
	for (int i = 0; i < cgroup->root_count; i++)
		any |= cgroup->roots[i].version == 2;
	return any && !cgroup->no_fork_into;
}

static bool cgroup_spawn(struct host *host, const struct host_spawn *spawn, int *first,
			 struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	struct group *group = group_tree_need(&cgroup->real.tree, spawn->group, "spawn", error);
	if (!group)
		return false;
	if (group_tree_frozen(&cgroup->real.tree, group))
		return spawn_frozen(cgroup, spawn, group, first, error);
	struct error reason = {0};
	bool straight = forks_into(cgroup);
	bool ok = spawn_through(cgroup, spawn, group, straight, first, &reason);
	/* clone3(2) is younger than cgroup v2, and some containers forbid it. */
	if (!ok && straight &&
	    (reason.number == ENOSYS || reason.number == EPERM || reason.number == E2BIG)) {
		cgroup->no_fork_into = true;
		ok = spawn_through(cgroup, spawn, group, false, first, &reason);
	}
	if (ok)
		host_real_enter(&cgroup->real, group, *first, spawn->count);
	else if (cgroup_group_memory_kills(&cgroup->real, group) > group->memory_kills)
		error_set(&reason, ERROR_REFUSED,
			  "the kernel killed a worker in cgroup '%s' for want of memory before it "
			  "was "
			  "ready (memory_max, or the machine's)",
			  group->path);
	if (!ok && error)
		*error = reason;
	return ok;
}

static bool cgroup_stop(struct host *host, const int *workers, size_t count, struct error *error)
{
	cgroup_task_thaw_for_stop(cgroup_host_of(host), workers, count);
	return host_real_stop(host, workers, count, error);
}

static void complain(const char *root, const char *group)
{
	fprintf(stderr, "ktstr: could not remove cgroup %s%s%s: %s\n", root, *group ? "/" : "",
		group, strerror(errno));
}

static bool remove_everything(struct cgroup_host *cgroup)
{
	bool all = true;
	const struct group_tree *tree = &cgroup->real.tree;
	struct patience patience = patience_of(REMOVE_NS);
	/* Children are younger than their parents. */
	for (size_t i = tree->groups.length; i-- > HOST_GROUP_ROOT + 1;) {
		const struct group *group = tree->groups.data[i];
		if (group && !remove_group(cgroup, group, &patience))
			complain(cgroup->roots[0].path, group->path);
	}
	for (int i = cgroup->root_count; i-- > 0;) {
		char path[256];
		snprintf(path, sizeof(path), "%s", cgroup->roots[i].path);
		if (cgroup_root_remove(&cgroup->roots[i], &patience))
			continue;
		complain(path, "");
		all = false;
	}
	return all;
}

static void cgroup_close(struct host *host)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group_tree *tree = &cgroup->real.tree;
	for (size_t i = HOST_GROUP_ROOT + 1; i < tree->groups.length; i++) {
		if (tree->groups.data[i] && tree->groups.data[i]->frozen)
			cgroup_group_freeze(host, (int)i, false, NULL);
	}
	worker_pool_kill(&cgroup->real.pool);
	bool nothing_left = !cgroup->keep && remove_everything(cgroup);
	if (cgroup->keep)
		record_add(&cgroup->record, "keep", NULL);
	record_close(&cgroup->record, nothing_left);
	for (int i = 0; i < cgroup->root_count; i++)
		cgroup_root_forget(&cgroup->roots[i]);
	host_real_close(&cgroup->real);
	cgroupfs_free(&cgroup->cgroups);
	free(cgroup);
}

/* All CPUs are no affinity: the kernel cuts them down to the cpuset (__sched_setaffinity()). */
static bool confine(struct real_host *real, int number, struct error *error)
{
	const struct worker *worker = worker_pool_get(&real->pool, number);
	const struct cpuset *mask = worker->affinity ? worker->affinity : &real->host.topology.all;
	if (!worker_alive(worker) || worker_set_affinity(worker->pid, mask) || errno == ESRCH)
		return true;
	struct text list = {0};
	cpuset_print(&list, mask);
	error_set_errno(error, errno, "affinity %.100s was refused to a worker",
			text_string(&list));
	text_free(&list);
	return false;
}

static bool cgroup_affinity_set(struct host *host, const int *workers, size_t count,
				const struct cpuset *sets, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	return host_real_affinity_set(&cgroup->real, workers, count, sets, confine, error);
}

static const struct host_verbs cgroup_verbs = {
	.cpu_control = cgroup_cpu_control,
	.group_create = cgroup_group_create,
	.group_remove = cgroup_group_remove,
	.knob_set = cgroup_knob_set,
	.group_cpus = cgroup_group_cpus,
	.group_tasks = cgroup_group_tasks,
	.group_freeze = cgroup_group_freeze,
	.spawn = cgroup_spawn,
	.release = host_real_release,
	.stop = cgroup_stop,
	.report = host_real_report,
	.move = cgroup_move,
	.move_workers = cgroup_move_workers,
	.affinity_set = cgroup_affinity_set,
	.move_task = cgroup_move_task,
	.progress = host_real_progress,
	.worker_group = host_real_worker_group,
	.process_start = cgroup_process_start,
	.adopt = cgroup_adopt,
	.process_stop = host_real_process_stop,
	.process_report = host_real_process_report,
	.map_value = host_real_map_value,
	.scheduler_state = host_real_scheduler_state,
	.process_in = cgroup_process_in,
	.wait = host_real_wait,
	.now = host_real_now,
	.load = host_real_load,
	.cpu_states = host_real_cpu_states,
	.can_tell = host_real_can_tell,
	.group_pressure = cgroup_group_pressure,
	.group_throttled = cgroup_group_throttled,
	.look = host_real_look,
	.process_lives = host_real_process_lives,
	.close = cgroup_close,
};

static unsigned wanted_controllers(const struct host_options *options)
{
	/* pids bounds what forks without end. */
	unsigned wanted = 1u << CONTROLLER_CPUSET | 1u << CONTROLLER_CPU | 1u << CONTROLLER_PIDS;
	for (enum knob knob = 0; knob < KNOB_COUNT; knob++) {
		enum controller controller = controller_find(knob_table[knob].controller);
		if (options->controllers & 1u << knob && controller != CONTROLLER_COUNT)
			wanted |= 1u << controller;
	}
	return wanted;
}

static void note_lost(struct cgroup_host *cgroup, unsigned wanted, const char *reason)
{
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++) {
		if (wanted & 1u << controller && !cgroup_host_root(cgroup, controller))
			snprintf(cgroup->lost[controller], sizeof(cgroup->lost[controller]), "%s",
				 reason);
	}
}

static void describe(struct cgroup_host *cgroup, unsigned wanted)
{
	struct host_info *info = &cgroup->real.host.info;
	struct text detail = {0};
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++) {
		const struct cgroup_root *root = cgroup_host_root(cgroup, controller);
		const char *comma = detail.length ? ", " : "";
		if (root)
			text_printf(&detail, "%s%s v%d", comma, controller_name(controller),
				    root->version);
		else if (wanted & 1u << controller)
			text_printf(&detail, "%sno %s", comma, controller_name(controller));
	}
	snprintf(info->detail, sizeof(info->detail), "%s", text_string(&detail));
	snprintf(info->root, sizeof(info->root), "%s", cgroup->roots[0].path);
	text_free(&detail);
}

/* The root of the cpuset hierarchy comes first and has to be; of the others what is to be had. */
static bool make_roots(struct cgroup_host *cgroup, unsigned wanted, struct error *error)
{
	unsigned cpuset = 1u << CONTROLLER_CPUSET;
	const struct hierarchy *first = cgroupfs_find(&cgroup->cgroups, CONTROLLER_CPUSET);
	if (!first)
		return error_set(error, ERROR_UNAVAILABLE,
				 "this machine's cgroups have no cpuset controller");
	if (!cgroup_host_add_root(cgroup, first, wanted & first->controllers, cpuset, error))
		return false;
	for (int i = 0; i < cgroup->cgroups.count; i++) {
		const struct hierarchy *hierarchy = &cgroup->cgroups.list[i];
		unsigned here = wanted & hierarchy->controllers;
		struct error reason = {0};
		if (!here)
			continue;
		if (hierarchy != first &&
		    !cgroup_host_add_root(cgroup, hierarchy, here, 0, &reason))
			note_lost(cgroup, here, reason.message);
		else
			note_lost(cgroup, here, "its controller could not be enabled");
	}
	return true;
}

struct host *host_cgroup_open(struct topology *topology, const struct host_options *options,
			      struct error *error)
{
	struct cgroup_host *cgroup = memory_zeroed(1, sizeof(*cgroup));
	unsigned wanted = wanted_controllers(options);
	struct error unrecorded = {0};
	bool opened = host_real_open(&cgroup->real, topology, &cgroup_verbs, "cgroup", error);
	record_open(&cgroup->record, &unrecorded);
	struct host_info *info = &cgroup->real.host.info;
	snprintf(info->unrecorded, sizeof(info->unrecorded), "%s", unrecorded.message);
	if (!opened || !cgroupfs_discover(&cgroup->cgroups, error) ||
	    !make_roots(cgroup, wanted, error)) {
		cgroup_close(&cgroup->real.host);
		return NULL;
	}
	cgroup->keep = options->keep;
	cgroup->real.group_memory_kills = cgroup_group_memory_kills;
	describe(cgroup, wanted);
	host_real_outrank(&cgroup->real, options);
	return &cgroup->real.host;
}

bool host_cgroup_usable(struct text *why)
{
	struct cgroupfs cgroups;
	struct error error = {0};
	bool usable = false;
	if (cgroupfs_discover(&cgroups, &error)) {
		const struct hierarchy *cpuset = cgroupfs_find(&cgroups, CONTROLLER_CPUSET);
		if (cpuset)
			usable = cgroup_root_possible(cpuset, 1u << CONTROLLER_CPUSET, &error);
		else
			error_set(&error, ERROR_UNAVAILABLE,
				  "this machine's cgroups have no cpuset controller");
	}
	cgroupfs_free(&cgroups);
	if (usable)
		return true;
	const char *help = strstr(error.message, "; ");
	if (help)
		text_printf(why, "%.*s\n%s\n", (int)(help - error.message), error.message,
			    help + 2);
	else
		text_printf(why, "%s\nwithout cgroups there is `ktstr exec --backend affinity …`\n",
			    error.message);
	return false;
}
