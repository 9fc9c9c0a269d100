#include "host/host_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { PERIOD_US = 100000 };

/* Knob → controller: by the name in the table. */
static struct cgroup_root *root_of_knob(struct cgroup_host *cgroup, enum knob knob,
					struct error *error)
{
	const struct knob_info *info = &knob_table[knob];
	enum controller controller = controller_find(info->controller);
	struct cgroup_root *root = cgroup_host_root(cgroup, controller);
	if (root && (root->version == 1 ? *info->v1_file : *info->v2_file))
		return root;
	if (root)
		error_set(error, ERROR_UNAVAILABLE,
			  "%s is not available: this machine has its %s controller in cgroup v%d, "
			  "which has nothing like it",
			  info->name, info->controller, root->version);
	else if (*cgroup->lost[controller])
		error_set(error, ERROR_UNAVAILABLE, "%s is not available: %s", info->name,
			  cgroup->lost[controller]);
	else if (cgroupfs_find(&cgroup->cgroups, controller))
		error_set(error, ERROR_UNAVAILABLE,
			  "%s is not available: the run was not opened for the %s controller",
			  info->name, info->controller);
	else
		error_set(error, ERROR_UNAVAILABLE,
			  "%s is not available: this machine's cgroups have no %s controller",
			  info->name, info->controller);
	return NULL;
}

static bool refused(const struct cgroup_root *root, const struct group *group, const char *file,
		    const char *value, struct error *error)
{
	int reason = errno;
	if (reason == ENODEV ||
	    (reason == ENOENT && faccessat(root->fd, group->path, F_OK, 0) != 0))
		return error_set(error, ERROR_REFUSED,
				 "%s of cgroup '%.200s' cannot be written: somebody else has "
				 "removed the cgroup",
				 file, group->path);
	if (reason == ENOENT)
		return error_set(
			error, ERROR_UNAVAILABLE,
			"cgroup '%.200s' has no %s: the kernel was built without it, or is "
			"too old",
			group->path, file);
	return error_set_errno(error, reason, "%s = %.150s of cgroup '%.150s' was refused%s", file,
			       *value == '\n' ? "(empty)" : value, group->path,
			       cgroupfs_help(reason, root->version));
}

static bool write_knob(const struct cgroup_root *root, const struct group *group, const char *file,
		       const char *value, struct error *error)
{
	return cgroupfs_write(root->fd, group->path, file, value) ||
	       refused(root, group, file, value, error);
}

static bool write_cpus_v1(const struct cgroup_root *root, const struct group *group,
			  const struct cpuset *cpus, struct error *error)
{
	struct text list = {0};
	cpuset_print(&list, cpus);
	bool ok = write_knob(root, group, "cpuset.cpus", text_string(&list), error);
	text_free(&list);
	return ok;
}

/* On v1 a child's CPUs must lie within its parent's at every moment (cpuset(7)). So parents grow
 * first, to what they have and what they will have, then all shrink, children first. A group
 * without children, the common case, is written once. */
static bool write_changes_v1(const struct cgroup_root *root, const struct group_changes *changes,
			     bool back, struct error *error)
{
	size_t count = changes->list.length;
	bool ok = true;
	for (size_t i = 0; i < count && (ok || back); i++) {
		const struct group_change *change = &changes->list.data[i];
		struct cpuset both;
		cpuset_or(&both, &change->effective, &change->group->effective);
		if (change->group->child_count &&
		    (back || !cpuset_equal(&both, &change->group->effective)))
			ok &= write_cpus_v1(root, change->group, &both, error);
	}
	for (size_t i = count; i-- > 0 && (ok || back);) {
		const struct group_change *change = &changes->list.data[i];
		struct cpuset both;
		cpuset_or(&both, &change->effective, &change->group->effective);
		const struct cpuset *last = back ? &change->group->effective : &change->effective;
		if (back || !change->group->child_count || !cpuset_equal(&both, last))
			ok &= write_cpus_v1(root, change->group, last, error);
	}
	return ok;
}

static bool write_own_v2(const struct cgroup_root *root, const struct group *group,
			 const struct cpuset *own, struct error *error)
{
	/* Nothing at all would be no write(2), and the kernel would keep what it has. */
	struct text list = {0};
	if (own)
		cpuset_print(&list, own);
	else
		text_putc(&list, '\n');
	bool ok = write_knob(root, group, "cpuset.cpus", text_string(&list), error);
	text_free(&list);
	return ok;
}

static bool set_cpus(struct cgroup_host *cgroup, struct group *group, const struct cpuset *own,
		     struct error *error)
{
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_CPUSET);
	struct group_changes changes = {0};
	group_tree_plan_cpus(&cgroup->real.tree, group, own, &changes);
	host_real_unsettle(&cgroup->real, &changes);
	bool ok = root->version == 1 ? write_changes_v1(root, &changes, false, error)
				     : write_own_v2(root, group, own, error);
	if (ok)
		group_tree_apply_cpus(group, own, &changes);
	else if (root->version == 1)
		write_changes_v1(root, &changes, true, NULL);
	host_real_settle(&cgroup->real, &changes);
	group_changes_free(&changes);
	return ok;
}

/* A group of v1 has memory nodes always, those of its parent for a start. */
static bool set_mems(const struct cgroup_host *cgroup, const struct cgroup_root *root,
		     const struct group *group, const struct cpuset *nodes, struct error *error)
{
	struct text list = {0};
	const struct group *parent = group_tree_get(&cgroup->real.tree, group->parent);
	if (nodes)
		cpuset_print(&list, nodes);
	else if (root->version == 2 || !parent)
		text_putc(&list, '\n');
	else
		cgroupfs_read(root->fd, parent->path, "cpuset.mems", &list);
	bool ok = write_knob(root, group, "cpuset.mems", text_string(&list), error);
	text_free(&list);
	return ok;
}

static bool set_weight(const struct cgroup_root *root, const struct group *group,
		       const struct knob_value *value, struct error *error)
{
	char number[32];
	int64_t weight = value ? value->integer : 100;
	int64_t shares = weight * 1024 / 100;
	shares = shares < 2 ? 2 : shares > 262144 ? 262144 : shares;
	snprintf(number, sizeof(number), "%lld", (long long)(root->version == 1 ? shares : weight));
	return write_knob(root, group, root->version == 1 ? "cpu.shares" : "cpu.weight", number,
			  error);
}

static bool set_quota(const struct cgroup_root *root, const struct group *group,
		      const struct knob_value *value, struct error *error)
{
	char number[64];
	long long quota_us = value ? llround(value->fraction * PERIOD_US) : -1;
	if (root->version == 2 && quota_us < 0)
		snprintf(number, sizeof(number), "max %d", PERIOD_US);
	else if (root->version == 2)
		snprintf(number, sizeof(number), "%lld %d", quota_us, PERIOD_US);
	else
		snprintf(number, sizeof(number), "%lld", quota_us);
	/* The period of v1 is 100 ms from the start, and nobody else writes it here. */
	return write_knob(root, group, root->version == 1 ? "cpu.cfs_quota_us" : "cpu.max", number,
			  error);
}

static bool set_number(const struct cgroup_root *root, const struct group *group, const char *file,
		       const struct knob_value *value, const char *initial, struct error *error)
{
	char number[32];
	if (value)
		snprintf(number, sizeof(number), "%lld", (long long)value->integer);
	else
		snprintf(number, sizeof(number), "%s", initial);
	return write_knob(root, group, file, number, error);
}

bool cgroup_knob_set(struct host *host, int number, enum knob knob, const struct knob_value *value,
		     struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	struct group *group = group_tree_need_own(&cgroup->real.tree, number, "set", error);
	struct cgroup_root *root = group ? root_of_knob(cgroup, knob, error) : NULL;
	if (!root)
		return false;
	const struct knob_info *info = &knob_table[knob];
	const char *file = root->version == 1 ? info->v1_file : info->v2_file;
	switch (knob) {
	case KNOB_cpus:
		return group->parent < 0 ||
		       set_cpus(cgroup, group, value ? &value->set : NULL, error);
	case KNOB_mems:
		return set_mems(cgroup, root, group, value ? &value->set : NULL, error);
	case KNOB_weight:
		return set_weight(root, group, value, error);
	case KNOB_quota:
		return set_quota(root, group, value, error);
	case KNOB_idle:
		return set_number(root, group, file, value, "0", error);
	case KNOB_memory_max:
		return set_number(root, group, file, value, root->version == 1 ? "-1" : "max",
				  error);
	case KNOB_memory_high:
	case KNOB_pids_max:
		return set_number(root, group, file, value, "max", error);
	case KNOB_COUNT:
		break;
	}
	return error_set(error, ERROR_UNAVAILABLE, "there is no knob number %d", (int)knob);
}
