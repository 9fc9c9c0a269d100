#include "host/cgroup_root.h"


#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each is lost only to a run that ends between two system calls. */
enum { CONTROL_TRIES = 50 };

static char *join(const char *directory, const char *name)
{
	size_t size = strlen(directory) + 1 + strlen(name) + 1;
	char *path = memory_resize(NULL, size);
	snprintf(path, size, "%s/%s", directory, name);
	return path;
}

static char *copy(const char *string)
{
	size_t size = strlen(string) + 1;
	return memcpy(memory_resize(NULL, size), string, size);
}

static void add_help(struct error *error, const char *help)
{
	size_t used = error ? strlen(error->message) : 0;
	if (error)
		snprintf(error->message + used, sizeof(error->message) - used, "%s", help);
}

static bool refused(struct error *error, int version, const char *what, const char *path)
{
	int reason = errno;
	error_set_errno(error, reason, "%s %.200s was refused", what, path);
	add_help(error, cgroupfs_help(reason, version));
	return false;
}

/* Write "+cpuset", or "-cpuset", to a subtree_control. */
static bool control(const char *group, char sign, enum controller controller)
{
	char word[32];
	snprintf(word, sizeof(word), "%c%s", sign, controller_name(controller));
	return cgroupfs_write(AT_FDCWD, group, "cgroup.subtree_control", word);
}

/* The controllers that a file of v2 lists. */
static unsigned listed(const char *group, const char *file)
{
	struct text words = {0};
	unsigned set = 0;
	cgroupfs_read(AT_FDCWD, group, file, &words);
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++) {
		if (cgroupfs_has_word(text_string(&words), controller_name(controller)))
			set |= 1u << controller;
	}
	text_free(&words);
	return set;
}

/* Enable in `group` what is not yet, and note what that was; errno tells of the last refusal. */
static unsigned enable(const char *group, unsigned wanted)
{
	unsigned missing = wanted & ~listed(group, "cgroup.subtree_control"), done = 0;
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++) {
		if ((missing & 1u << controller) && control(group, '+', controller))
			done |= 1u << controller;
	}
	return done;
}

static void disable(const char *group, unsigned set)
{
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++) {
		if (set & 1u << controller)
			control(group, '-', controller);
	}
}

void cgroup_root_forget(struct cgroup_root *root)
{
	if (root->fd >= 0 && root->path)
		close(root->fd);
	free(root->path);
	free(root->parent);
	free(root->outside);
	*root = (struct cgroup_root){.fd = -1};
}

bool cgroup_root_remove(struct cgroup_root *root, struct patience *patience)
{
	if (!root->path)
		return true;
	/* A cgroup may hold tasks again once its children have no controllers of it any more. */
	if (root->version == 2 && root->enabled) {
		disable(root->path, root->controllers);
		disable(root->parent, root->enabled);
	}
	/* Killing whatever is left there must not mean ourselves. */
	bool removed =
		!root->moved_self || cgroupfs_write(AT_FDCWD, root->parent, "cgroup.procs", "0");
	if (removed && root->version == 2)
		unlinkat(root->fd, CGROUP_LEAF, AT_REMOVEDIR);
	removed = removed && cgroupfs_remove(AT_FDCWD, root->path, root->version, patience);
	cgroup_root_forget(root);
	return removed;
}

static bool write_down(const struct cgroup_root *root, const char *path, struct error *error)
{
	struct text line = {0};
	text_printf(&line, "cgroup %d %s", root->version, path);
	bool fine = record_add(root->record, text_string(&line), error);
	text_free(&line);
	return fine;
}

/* Make the directory below `parent`, which is entered first. */
static bool begin(struct cgroup_root *root, const struct hierarchy *hierarchy, const char *parent,
		  struct error *error)
{
	root->version = hierarchy->version;
	root->parent = copy(parent);
	root->outside = copy(hierarchy->own);
	char *path = join(parent, root->record->name);
	bool made = write_down(root, path, error);
	if (made && mkdir(path, 0755) != 0)
		made = refused(error, hierarchy->version, "making cgroup", path);
	if (!made) {
		free(path);
		cgroup_root_forget(root);
		return false;
	}
	root->path = path;
	root->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root->fd >= 0 || refused(error, hierarchy->version, "opening cgroup", path);
}

/* cpuset(7): a new cpuset of v1 has neither CPUs nor memory nodes, and nothing can run in it.
 * Memory goes first; with clone_children the groups below copy both from here when they are made.
 */
static bool fill_cpuset_v1(struct cgroup_root *root, const struct cpuset *cpus, struct error *error)
{
	struct text value = {0};
	bool ok = cgroupfs_write(root->fd, "", "cgroup.clone_children", "1") &&
		  cgroupfs_read(AT_FDCWD, root->parent, "cpuset.mems", &value) &&
		  cgroupfs_write(root->fd, "", "cpuset.mems", text_string(&value));
	text_clear(&value);
	cpuset_print(&value, cpus);
	ok = ok && cgroupfs_write(root->fd, "", "cpuset.cpus", text_string(&value));
	if (!ok)
		refused(error, 1, "giving CPUs to cgroup", root->path);
	text_free(&value);
	return ok;
}

static bool make_v1(struct cgroup_root *root, const struct hierarchy *hierarchy, unsigned wanted,
		    const char *parent, const struct cpuset *cpus, struct error *error)
{
	if (!begin(root, hierarchy, parent, error))
		return false;
	root->controllers = wanted & hierarchy->controllers;
	return !(root->controllers & 1u << CONTROLLER_CPUSET) || fill_cpuset_v1(root, cpus, error);
}

/* The root of all cgroups may hold tasks as it likes; only it has no cgroup.type. */
static bool holds_anything(const char *group)
{
	char *type = join(group, "cgroup.type");
	bool missing = access(type, F_OK) != 0;
	free(type);
	return missing;
}

static bool holds_others(const char *group)
{
	struct pid_list pids = {0};
	bool others = false;
	cgroupfs_read_pids(AT_FDCWD, group, &pids);
	for (size_t i = 0; i < pids.list.length; i++)
		others |= pids.list.data[i] != getpid();
	VECTOR_FREE(&pids.list);
	return others;
}

static bool step_into_leaf(struct cgroup_root *root, struct error *error)
{
	char *leaf = join(root->path, CGROUP_LEAF);
	root->moved_self =
		mkdir(leaf, 0755) == 0 && cgroupfs_write(AT_FDCWD, leaf, "cgroup.procs", "0");
	if (!root->moved_self)
		refused(error, 2, "moving to cgroup", leaf);
	free(root->outside);
	root->outside = leaf;
	return root->moved_self;
}

int cgroup_root_open_leaf(const struct cgroup_root *root)
{
	if (mkdirat(root->fd, CGROUP_LEAF, 0755) != 0 && errno != EEXIST)
		return -1;
	return cgroupfs_open(root->fd, CGROUP_LEAF, "cgroup.procs", O_WRONLY);
}

static bool lacking(const char *parent, unsigned lacks, struct error *error)
{
	int reason = errno;
	enum controller first = 0;
	while (!(lacks & 1u << first))
		first++;
	const char *name = controller_name(first);
	if (!(listed(parent, "cgroup.controllers") & 1u << first))
		return error_set(
			error, ERROR_REFUSED,
			"cgroup %.200s has no %s controller; `sudo systemctl edit "
			"user@.service` with \"[Service] Delegate=cpuset cpu memory pids\" "
			"delegates it",
			parent, name);
	char what[64];
	snprintf(what, sizeof(what), "enabling %s in cgroup", name);
	errno = reason;
	refused(error, 2, what, parent);
	if (reason == EBUSY)
		add_help(error, ", as other processes are in it; this takes a scope of its own: "
				"`systemd-run --user --scope -p Delegate=yes ktstr exec …`");
	return false;
}

bool cgroup_root_open_group(const struct cgroup_root *root, const char *group, struct error *error)
{
	char *path = *group ? join(root->path, group) : copy(root->path);
	enable(path, root->controllers);
	int reason = errno;
	bool ok = (listed(path, "cgroup.subtree_control") & root->controllers) == root->controllers;
	errno = reason;
	if (!ok)
		refused(error, 2, "enabling controllers in cgroup", path);
	free(path);
	return ok;
}

static bool write_down_controllers(const struct cgroup_root *root, unsigned missing,
				   struct error *error)
{
	bool fine = true;
	for (enum controller controller = 0; controller < CONTROLLER_COUNT && fine; controller++) {
		struct text line = {0};
		text_printf(&line, "enabled %s %s", controller_name(controller), root->parent);
		if (missing & 1u << controller)
			fine = record_add(root->record, text_string(&line), error);
		text_free(&line);
	}
	return fine;
}

/* Enable what is wanted, in the parent and in the root. A run that ends at this moment takes back
 * what it had enabled in the parent, which the kernel allows until a child uses it: then again. */
static bool take_control(struct cgroup_root *root, unsigned wanted, unsigned needed,
			 const char *parent, struct error *error)
{
	unsigned offered = wanted & listed(parent, "cgroup.controllers"), lacks;
	int reason, tries = 0;
	bool open;
	do {
		unsigned missing = wanted & ~listed(parent, "cgroup.subtree_control");
		if (!write_down_controllers(root, missing, error))
			return false;
		root->enabled |= enable(parent, wanted);
		reason = errno;
		root->controllers = wanted & listed(root->path, "cgroup.controllers");
		lacks = needed & ~root->controllers;
		open = cgroup_root_open_group(root, "", error);
	} while ((!open || (offered & ~root->controllers)) && ++tries < CONTROL_TRIES);
	if (!lacks)
		return open;
	errno = reason;
	return lacking(parent, lacks, error);
}

bool cgroup_root_drop(struct cgroup_root *root, enum controller controller, struct error *error)
{
	unsigned bit = 1u << controller;
	disable(root->path, bit);
	int reason = errno;
	if (listed(root->path, "cgroup.subtree_control") & bit) {
		errno = reason;
		return refused(error, 2, "disabling a controller in cgroup", root->path);
	}
	disable(root->parent, root->enabled & bit);
	root->enabled &= ~bit;
	root->controllers &= ~bit;
	return true;
}

bool cgroup_root_take(struct cgroup_root *root, enum controller controller, struct error *error)
{
	unsigned bit = 1u << controller;
	bool taken = take_control(root, root->controllers | bit, bit, root->parent, error);
	if (!taken)
		root->controllers &= ~bit;
	return taken;
}

static bool make_v2(struct cgroup_root *root, const struct hierarchy *hierarchy, unsigned wanted,
		    unsigned needed, const char *parent, const struct cpuset *cpus,
		    struct error *error)
{
	if (!begin(root, hierarchy, parent, error))
		return false;
	bool we_are_there = strcmp(parent, hierarchy->own) == 0;
	if (we_are_there && !holds_anything(parent) && !step_into_leaf(root, error))
		return false;
	if (!take_control(root, wanted, needed, parent, error))
		return false;
	struct text value = {0};
	cpuset_print(&value, cpus);
	bool ok = !(root->controllers & 1u << CONTROLLER_CPUSET) ||
		  cgroupfs_write(root->fd, "", "cpuset.cpus", text_string(&value)) ||
		  refused(error, 2, "giving CPUs to cgroup", root->path);
	text_free(&value);
	return ok;
}

static int64_t number_in(const char *folder, const char *file)
{
	struct text value = {0};
	cgroupfs_read(AT_FDCWD, folder, file, &value);
	int64_t number = strtoll(text_string(&value), NULL, 10);
	text_free(&value);
	return number;
}

/* Whatever forks without end in a run stops before the machine cannot fork any more. */
static void limit_tasks(const struct cgroup_root *root)
{
	int64_t pids = number_in("/proc/sys/kernel", "pid_max");
	int64_t threads = number_in("/proc/sys/kernel", "threads-max");
	int64_t most = pids < threads ? pids : threads;
	char limit[32];
	snprintf(limit, sizeof(limit), "%lld", (long long)(most - most / 4));
	if (root->controllers & 1u << CONTROLLER_PIDS && most > 0)
		cgroupfs_write(root->fd, "", "pids.max", limit);
}

static bool make_below(struct cgroup_root *root, const struct hierarchy *hierarchy, unsigned wanted,
		       unsigned needed, const char *parent, const struct cpuset *cpus,
		       struct error *error)
{
	bool ok = hierarchy->version == 1
			  ? make_v1(root, hierarchy, wanted, parent, cpus, error)
			  : make_v2(root, hierarchy, wanted, needed, parent, cpus, error);
	struct patience none = patience_of(0);
	if (ok)
		limit_tasks(root);
	else
		cgroup_root_remove(root, &none);
	return ok;
}

/* Where to try, best first. */
static void candidates(const struct hierarchy *hierarchy, const char *parents[2])
{
	bool mount_first = hierarchy->version == 2 && geteuid() == 0;
	parents[0] = mount_first ? hierarchy->mount : hierarchy->own;
	parents[1] = mount_first ? hierarchy->own : hierarchy->mount;
}

bool cgroup_root_make(struct cgroup_root *root, const struct hierarchy *hierarchy, unsigned wanted,
		      unsigned needed, const struct record *record, const struct cpuset *cpus,
		      struct error *error)
{
	const char *parents[2];
	*root = (struct cgroup_root){.fd = -1, .record = record};
	candidates(hierarchy, parents);
	if (make_below(root, hierarchy, wanted, needed, parents[0], cpus, error))
		return true;
	root->record = record;
	/* The first refusal is the telling one. */
	return strcmp(parents[0], parents[1]) != 0 &&
	       make_below(root, hierarchy, wanted, needed, parents[1], cpus, NULL);
}

static bool may_write(const char *group, const char *name)
{
	char *file = join(group, name);
	bool may = faccessat(AT_FDCWD, file, W_OK, AT_EACCESS) == 0;
	free(file);
	return may;
}

static bool possible_below(const struct hierarchy *hierarchy, unsigned needed, const char *parent,
			   struct error *error)
{
	if (hierarchy->read_only)
		errno = EROFS;
	if (hierarchy->read_only || faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) != 0)
		return refused(error, hierarchy->version, "making a cgroup below", parent);
	if (hierarchy->version == 1)
		return true;
	unsigned lacks = needed & ~listed(parent, "cgroup.controllers");
	if (lacks)
		return lacking(parent, lacks, error);
	unsigned missing = needed & ~listed(parent, "cgroup.subtree_control");
	if (missing && !holds_anything(parent) && holds_others(parent)) {
		errno = EBUSY;
		return lacking(parent, missing, error);
	}
	/* Who moves a task needs the right to the first cgroup above both ends. */
	return (!missing || may_write(parent, "cgroup.subtree_control") ||
		refused(error, 2, "enabling controllers in cgroup", parent)) &&
	       (may_write(parent, "cgroup.procs") ||
		refused(error, 2, "moving tasks below cgroup", parent));
}

bool cgroup_root_possible(const struct hierarchy *hierarchy, unsigned needed, struct error *error)
{
	const char *parents[2];
	candidates(hierarchy, parents);
	return possible_below(hierarchy, needed, parents[0], error) ||
	       possible_below(hierarchy, needed, parents[1], NULL);
}
