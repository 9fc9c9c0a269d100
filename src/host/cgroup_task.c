#include "host/helper.h"
#include "host/host_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const int64_t FREEZE_NS = 2000000000;
enum { MOVE_ROUNDS = 16 };

int cgroup_task_open(const struct cgroup_root *root, const struct group *group, const char *file,
		     int flags)
{
	if (group->number == HOST_GROUP_OUTSIDE)
		return cgroupfs_open(AT_FDCWD, root->outside, file, flags);
	if (root->version == 1 || !group->leaf)
		return cgroupfs_open(root->fd, group->path, file, flags);
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/" CGROUP_LEAF, group->path);
	return cgroupfs_open(root->fd, path, file, flags);
}

void cgroup_task_close(struct task_doors *doors)
{
	while (doors->count > 0)
		close(doors->fds[--doors->count]);
}

bool cgroup_task_doors(struct cgroup_host *cgroup, const struct group *group,
		       struct task_doors *doors, struct error *error)
{
	doors->count = 0;
	for (int i = 0; i < cgroup->root_count; i++) {
		const struct cgroup_root *root = &cgroup->roots[i];
		int fd = cgroup_task_open(root, group, "cgroup.procs", O_WRONLY);
		if (fd < 0) {
			int reason = errno;
			cgroup_task_close(doors);
			return error_set_errno(error, reason, "no task can enter cgroup '%s'%s",
					       group->path, cgroupfs_help(reason, root->version));
		}
		doors->fds[doors->count++] = fd;
	}
	return true;
}

bool cgroup_root_shuns_realtime(const struct cgroup_root *root)
{
	return root->version == 1 && root->controllers & 1u << CONTROLLER_CPU &&
	       faccessat(root->fd, "cpu.rt_runtime_us", F_OK, 0) == 0;
}

bool cgroup_task_send(const struct cgroup_host *cgroup, const struct task_doors *doors, pid_t pid,
		      bool realtime)
{
	char number[16];
	int length = snprintf(number, sizeof(number), "%d", (int)pid);
	for (int i = 0; i < doors->count; i++) {
		const struct cgroup_root *root = &cgroup->roots[i];
		if (realtime && cgroup_root_shuns_realtime(root))
			continue;
		if (write(doors->fds[i], number, (size_t)length) == length)
			continue;
		/* A stranger's real-time task gets EINVAL from cpu of v1, as above. */
		if (errno == EINVAL && cgroup_root_shuns_realtime(root))
			continue;
		return false;
	}
	return true;
}

static bool read_pids(struct cgroup_host *cgroup, const struct group *group, struct pid_list *pids,
		      struct error *error)
{
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_CPUSET);
	char leaf[PATH_MAX];
	snprintf(leaf, sizeof(leaf), "%s/" CGROUP_LEAF, group->path);
	bool in_leaf = root->version == 2 && group->leaf;
	if (cgroupfs_read_pids(root->fd, in_leaf ? leaf : group->path, pids))
		return true;
	return error_set_errno(error, errno, "the tasks of cgroup '%s' cannot be read",
			       group->path);
}

bool cgroup_group_tasks(struct host *host, int number, int64_t *count, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group *group = group_tree_need(&cgroup->real.tree, number, "tasks", error);
	if (!group)
		return false;
	struct pid_list pids = {0};
	bool ok = true;
	if (number == HOST_GROUP_OUTSIDE) {
		*count = (int64_t)group->workers.length;
	} else {
		ok = read_pids(cgroup, group, &pids, error);
		*count = (int64_t)pids.list.length;
	}
	VECTOR_FREE(&pids.list);
	return ok;
}

bool cgroup_process_in(struct host *host, int process, int number)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group *group = group_tree_get(&cgroup->real.tree, number);
	pid_t pid = process_table_get(&cgroup->real.processes, process)->pid;
	struct pid_list pids = {0};
	bool found = false;
	if (!group || number == HOST_GROUP_OUTSIDE || !read_pids(cgroup, group, &pids, NULL))
		return false;
	for (size_t i = 0; i < pids.list.length; i++)
		found |= pids.list.data[i] == pid;
	VECTOR_FREE(&pids.list);
	return found;
}

/* One task on its way. */
struct traveller {
	pid_t pid;
	int worker; /* -1: not ours */
	int home;   /* the group that it comes from */
	bool realtime;
};

struct travellers {
	VECTOR(struct traveller) list;
};

static int by_pid(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
	return (x > y) - (x < y);
}

static void add_worker(struct cgroup_host *cgroup, int number, struct travellers *travellers)
{
	const struct worker *worker = worker_pool_get(&cgroup->real.pool, number);
	if (worker_alive(worker))
		VECTOR_PUSH(&travellers->list,
			    (struct traveller){worker->pid, number,
					       group_tree_of(&cgroup->real.tree, number),
					       worker->realtime});
}

/* All tasks of a group: our workers by number, then others by pid. */
static bool gather(struct cgroup_host *cgroup, const struct group *group,
		   struct travellers *travellers, struct error *error)
{
	for (size_t i = 0; i < group->workers.length; i++)
		add_worker(cgroup, group->workers.data[i], travellers);
	if (group->number == HOST_GROUP_OUTSIDE)
		return true; /* others there, ourselves among them, are none of ours to move */
	struct pid_list pids = {0};
	if (!read_pids(cgroup, group, &pids, error)) {
		VECTOR_FREE(&pids.list);
		return false;
	}
	size_t ours = travellers->list.length;
	pid_t *known = memory_resize(NULL, ours * sizeof(*known));
	for (size_t i = 0; i < ours; i++)
		known[i] = travellers->list.data[i].pid;
	qsort(known, ours, sizeof(*known), by_pid);
	if (pids.list.length)
		qsort(pids.list.data, pids.list.length, sizeof(*pids.list.data), by_pid);
	for (size_t i = 0; i < pids.list.length; i++) {
		if (!bsearch(&pids.list.data[i], known, ours, sizeof(*known), by_pid))
			VECTOR_PUSH(&travellers->list, (struct traveller){pids.list.data[i], -1,
									  group->number, false});
	}
	free(known);
	VECTOR_FREE(&pids.list);
	return true;
}

/* Where freezing is done by signals, a worker that changes groups has to be told. */
static void carry_over_freeze(struct cgroup_host *cgroup, const struct traveller *traveller,
			      bool was_frozen, bool is_frozen)
{
	if (traveller->worker >= 0 && was_frozen && !is_frozen)
		host_real_resumed(&cgroup->real, traveller->worker);
	if (cgroup->freeze_by_signal && was_frozen != is_frozen)
		kill(traveller->pid, is_frozen ? SIGSTOP : SIGCONT);
}

/* False with errno; the worker is judged by where it is in either case. */
static bool send_one(struct cgroup_host *cgroup, const struct task_doors *doors,
		     const struct traveller *traveller, const struct group *from, struct group *to)
{
	struct real_host *real = &cgroup->real;
	bool thaws = group_tree_frozen(&real->tree, from) && !group_tree_frozen(&real->tree, to);
	if (traveller->worker >= 0)
		worker_pool_unsettle(&real->pool, traveller->worker);
	/* It may run before the last door is behind it. */
	if (traveller->worker >= 0 && thaws)
		host_real_resumed(real, traveller->worker);
	bool sent = cgroup_task_send(cgroup, doors, traveller->pid, traveller->realtime);
	int reason = errno;
	if (sent)
		carry_over_freeze(cgroup, traveller, group_tree_frozen(&real->tree, from),
				  group_tree_frozen(&real->tree, to));
	if (traveller->worker >= 0) {
		worker_pool_settle(&real->pool, traveller->worker,
				   sent ? to->record : from->record);
		if (sent)
			group_tree_move(&real->tree, traveller->worker, to);
	}
	errno = reason;
	return sent;
}

static void send_back(struct cgroup_host *cgroup, const struct travellers *travellers, size_t count,
		      const struct group *from)
{
	for (size_t i = 0; i < count; i++) {
		const struct traveller *traveller = &travellers->list.data[i];
		struct group *home = group_tree_get(&cgroup->real.tree, traveller->home);
		struct task_doors doors;
		if (!cgroup_task_doors(cgroup, home, &doors, NULL))
			continue;
		send_one(cgroup, &doors, traveller, from, home);
		cgroup_task_close(&doors);
	}
}

/* Send the first `count` tasks, all back to where they came from if one is refused. */
static bool send_all(struct cgroup_host *cgroup, const struct travellers *travellers, size_t count,
		     struct group *to, int64_t *moved, struct error *error)
{
	struct task_doors doors;
	if (!cgroup_task_doors(cgroup, to, &doors, error))
		return false;
	*moved = 0;
	bool ok = true;
	for (size_t i = 0; i < count && ok; i++) {
		const struct traveller *traveller = &travellers->list.data[i];
		const struct group *from = group_tree_get(&cgroup->real.tree, traveller->home);
		if (send_one(cgroup, &doors, traveller, from, to)) {
			(*moved)++;
		} else if (errno != ESRCH) {
			ok = error_set_errno(error, errno,
					     "moving task %d to cgroup '%s' was refused",
					     (int)traveller->pid, to->path);
			send_back(cgroup, travellers, i + 1, to);
		}
	}
	cgroup_task_close(&doors);
	return ok;
}

static bool was_sent(const struct travellers *sent, pid_t pid)
{
	for (size_t i = 0; i < sent->list.length; i++) {
		if (sent->list.data[i].pid == pid)
			return true;
	}
	return false;
}

/* A task that is not ours may have forked between the look and its move: look again, until nobody
 * new is there or it is plain that they fork faster than they can be moved. */
static bool send_stragglers(struct cgroup_host *cgroup, const struct group *from, struct group *to,
			    struct travellers *sent, int64_t *moved, struct error *error)
{
	bool ok = true, any = true;
	for (int round = 0; ok && any && round < MOVE_ROUNDS; round++) {
		struct travellers found = {0}, fresh = {0};
		int64_t more = 0;
		ok = gather(cgroup, from, &found, error);
		for (size_t i = 0; ok && i < found.list.length; i++) {
			/* One that has ended is listed until its parent knows. */
			if (was_sent(sent, found.list.data[i].pid))
				continue;
			VECTOR_PUSH(&fresh.list, found.list.data[i]);
			VECTOR_PUSH(&sent->list, found.list.data[i]);
		}
		any = fresh.list.length > 0;
		ok = ok && (!any || send_all(cgroup, &fresh, fresh.list.length, to, &more, error));
		*moved += more;
		VECTOR_FREE(&found.list);
		VECTOR_FREE(&fresh.list);
	}
	return ok;
}

bool cgroup_move(struct host *host, int from, int to, int64_t count, int64_t *moved,
		 struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group *source = group_tree_need(&cgroup->real.tree, from, "move", error);
	struct group *target =
		source ? group_tree_need(&cgroup->real.tree, to, "move", error) : NULL;
	struct travellers travellers = {0};
	if (!target || !gather(cgroup, source, &travellers, error)) {
		VECTOR_FREE(&travellers.list);
		return false;
	}
	size_t all = travellers.list.length;
	size_t wanted = count < 0 || (size_t)count > all ? all : (size_t)count;
	bool ok = send_all(cgroup, &travellers, wanted, target, moved, error);
	if (ok && count < 0 && source != target)
		ok = send_stragglers(cgroup, source, target, &travellers, moved, error);
	VECTOR_FREE(&travellers.list);
	return ok;
}

bool cgroup_move_workers(struct host *host, const int *workers, size_t count, int to,
			 struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	struct group *target = group_tree_need(&cgroup->real.tree, to, "move", error);
	if (!target)
		return false;
	struct travellers travellers = {0};
	for (size_t i = 0; i < count; i++) {
		if (group_tree_of(&cgroup->real.tree, workers[i]) >= 0)
			add_worker(cgroup, workers[i], &travellers);
	}
	int64_t moved;
	bool ok = send_all(cgroup, &travellers, travellers.list.length, target, &moved, error);
	VECTOR_FREE(&travellers.list);
	return ok;
}

bool cgroup_move_task(struct host *host, pid_t task, int to, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group *target = group_tree_need(&cgroup->real.tree, to, "move", error);
	struct task_doors doors;
	if (!target)
		return false;
	if (!helper_is_ours(task))
		return error_set(error, ERROR_REFUSED,
				 "task %d does not descend from this run: what is in a cgroup when "
				 "that is removed is killed",
				 (int)task);
	if (!cgroup_task_doors(cgroup, target, &doors, error))
		return false;
	bool sent = cgroup_task_send(cgroup, &doors, task, false) || errno == ESRCH;
	int reason = errno;
	cgroup_task_close(&doors);
	return sent || error_set_errno(error, reason, "moving task %d to cgroup '%s' was refused",
				       (int)task, target->path);
}

bool cgroup_task_to_leaf(struct cgroup_host *cgroup, struct group *group, struct error *error)
{
	for (int i = 0; i < cgroup->root_count; i++) {
		struct cgroup_root *root = &cgroup->roots[i];
		char leaf[PATH_MAX];
		snprintf(leaf, sizeof(leaf), "%s/" CGROUP_LEAF, group->path);
		if (root->version == 1)
			continue;
		if (mkdirat(root->fd, leaf, 0755) != 0 && errno != EEXIST)
			return error_set_errno(error, errno, "no leaf for the tasks of cgroup '%s'",
					       group->path);
		struct pid_list pids = {0};
		cgroupfs_read_pids(root->fd, group->path, &pids);
		bool ok = true;
		for (size_t p = 0; p < pids.list.length && ok; p++) {
			char number[16];
			snprintf(number, sizeof(number), "%d", (int)pids.list.data[p]);
			ok = cgroupfs_write(root->fd, leaf, "cgroup.procs", number) ||
			     errno == ESRCH;
		}
		VECTOR_FREE(&pids.list);
		if (!ok)
			return error_set_errno(error, errno,
					       "the tasks of cgroup '%s' cannot step into a leaf",
					       group->path);
		if (!cgroup_root_open_group(root, group->path, error))
			return false;
	}
	group->leaf = true;
	return true;
}

/* v1: make the run's groups in the freezer hierarchy, too, and put their tasks there. */
static bool adopt_freezer(struct cgroup_host *cgroup)
{
	const struct hierarchy *freezer = cgroupfs_find(&cgroup->cgroups, CONTROLLER_FREEZER);
	unsigned wanted = 1u << CONTROLLER_FREEZER;
	if (!freezer || !cgroup_host_add_root(cgroup, freezer, wanted, wanted, NULL))
		return false;
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_FREEZER);
	const struct group_tree *tree = &cgroup->real.tree;
	for (size_t i = HOST_GROUP_ROOT + 1; i < tree->groups.length; i++) {
		const struct group *group = tree->groups.data[i];
		struct pid_list pids = {0};
		if (group)
			read_pids(cgroup, group, &pids, NULL);
		for (size_t p = 0; p < pids.list.length; p++) {
			char number[16];
			snprintf(number, sizeof(number), "%d", (int)pids.list.data[p]);
			cgroupfs_write(root->fd, group->path, "cgroup.procs", number);
		}
		VECTOR_FREE(&pids.list);
	}
	return true;
}

/* The root to freeze groups in; NULL: there is none, signals have to do. */
static const struct cgroup_root *freezing_root(struct cgroup_host *cgroup)
{
	const struct cgroup_root *cpuset = cgroup_host_root(cgroup, CONTROLLER_CPUSET);
	if (cpuset->version == 2)
		return cpuset;
	if (!cgroup->freeze_by_signal && !cgroup_host_root(cgroup, CONTROLLER_FREEZER))
		cgroup->freeze_by_signal = !adopt_freezer(cgroup);
	return cgroup_host_root(cgroup, CONTROLLER_FREEZER);
}

static bool await_frozen(const struct cgroup_root *root, const struct group *group)
{
	const char *file = root->version == 2 ? "cgroup.events" : "freezer.state";
	struct patience patience = patience_of(FREEZE_NS);
	struct timespec pause = {.tv_nsec = 100000};
	for (;;) {
		char content[256] = "";
		int fd = cgroupfs_open(root->fd, group->path, file, O_RDONLY);
		ssize_t got = fd < 0 ? 0 : read(fd, content, sizeof(content) - 1);
		if (fd >= 0)
			close(fd);
		content[got > 0 ? got : 0] = '\0';
		if (strstr(content, root->version == 2 ? "frozen 1" : "FROZEN"))
			return true;
		if (!patience_lasts(&patience, 1))
			return false;
		nanosleep(&pause, NULL);
	}
}

static bool write_freeze(const struct cgroup_root *root, const struct group *group, bool frozen)
{
	if (root->version == 2)
		return cgroupfs_write(root->fd, group->path, "cgroup.freeze", frozen ? "1" : "0");
	return cgroupfs_write(root->fd, group->path, "freezer.state", frozen ? "FROZEN" : "THAWED");
}

static bool freeze_in(const struct cgroup_root *root, const struct group *group, bool frozen)
{
	if (!write_freeze(root, group, frozen))
		return false;
	if (!frozen || await_frozen(root, group))
		return true;
	errno = ETIMEDOUT;
	return false;
}

static void signal_group(struct cgroup_host *cgroup, const struct group *group, int signal)
{
	struct pid_list pids = {0};
	read_pids(cgroup, group, &pids, NULL);
	for (size_t i = 0; i < pids.list.length; i++)
		kill(pids.list.data[i], signal);
	VECTOR_FREE(&pids.list);
}

/* What freezing or thawing `top` means to the groups below it. */
static void spread_freeze(struct cgroup_host *cgroup, const struct group *top, bool frozen)
{
	struct real_host *real = &cgroup->real;
	const struct group *group = top;
	for (; group; group = group_tree_next(&real->tree, top, group)) {
		if (!frozen && group_tree_frozen(&real->tree, group))
			continue;
		for (size_t i = 0; i < group->workers.length && !frozen; i++)
			host_real_resumed(real, group->workers.data[i]);
		if (cgroup->freeze_by_signal)
			signal_group(cgroup, group, frozen ? SIGSTOP : SIGCONT);
	}
}

bool cgroup_group_freeze(struct host *host, int number, bool frozen, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const char *verb = frozen ? "freeze" : "thaw";
	struct group *group = group_tree_need_own(&cgroup->real.tree, number, verb, error);
	if (!group)
		return false;
	const struct cgroup_root *root = freezing_root(cgroup);
	bool before = group->frozen;
	group->frozen = frozen;
	spread_freeze(cgroup, group, frozen);
	if (!root || freeze_in(root, group, frozen))
		return true;
	int reason = errno;
	group->frozen = before;
	write_freeze(root, group, before);
	return error_set_errno(error, reason, "cgroup '%s' could not be %s", group->path,
			       frozen ? "frozen" : "thawed");
}

void cgroup_task_thaw_for_stop(struct cgroup_host *cgroup, const int *workers, size_t count)
{
	struct real_host *real = &cgroup->real;
	const struct cgroup_root *root = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct worker *worker = worker_pool_get(&real->pool, workers[i]);
		const struct group *group =
			group_tree_get(&real->tree, group_tree_of(&real->tree, workers[i]));
		if (!group || !worker_alive(worker) || !group_tree_frozen(&real->tree, group))
			continue;
		root = freezing_root(cgroup);
		worker_pool_unsettle(&real->pool, workers[i]);
		host_real_resumed(real, workers[i]);
		char number[16];
		snprintf(number, sizeof(number), "%d", (int)worker->pid);
		if (!root)
			kill(worker->pid, SIGCONT);
		else if (root->version == 1)
			cgroupfs_write(root->fd, "", "cgroup.procs", number);
		else
			cgroupfs_write(AT_FDCWD, root->outside, "cgroup.procs", number);
	}
}
