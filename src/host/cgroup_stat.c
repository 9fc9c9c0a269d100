#include "host/host_cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

bool cgroup_group_pressure(struct host *host, int number, int64_t *waited_ns, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct group *group = group_tree_need(&cgroup->real.tree, number, "pressure", error);
	if (!group)
		return false;
	/* Groups of v2 tell it whatever their controllers are. */
	for (int i = 0; i < cgroup->root_count && number != HOST_GROUP_OUTSIDE; i++) {
		const struct cgroup_root *root = &cgroup->roots[i];
		if (root->version == 2 &&
		    host_real_read_pressure(root->fd, group->path, "cpu.pressure", waited_ns))
			return true;
	}
	return host_real_group_pressure(host, number, waited_ns, error);
}

int64_t cgroup_group_memory_kills(struct real_host *real, const struct group *group)
{
	struct cgroup_host *cgroup = cgroup_host_of(&real->host);
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_MEMORY);
	int64_t kills;
	if (!root || group->number <= HOST_GROUP_ROOT)
		return -1;
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s%s", group->path, group->leaf ? "/" CGROUP_LEAF : "");
	/* Each counts the victims that were in the cgroup itself, whosever limit it was that they
	 * ran into: Documentation/admin-guide/cgroup-v2.rst; for v1 memory_oom_group_show(). */
	bool told = root->version == 1
			    ? cgroupfs_read_number(root->fd, group->path, "memory.oom_control",
						   "oom_kill", &kills)
			    : cgroupfs_read_number(root->fd, path, "memory.events.local",
						   "oom_kill", &kills);
	return told ? kills : -1;
}

bool cgroup_group_throttled(struct host *host, int number, int64_t *periods, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_CPU);
	const struct group *group = group_tree_need(&cgroup->real.tree, number, "quota", error);
	if (!group)
		return false;
	if (!root)
		return error_set(error, ERROR_UNAVAILABLE,
				 "the run's cgroups have no cpu controller");
	*periods = 0;
	for (; group && group->number > HOST_GROUP_ROOT;
	     group = group_tree_get(&cgroup->real.tree, group->parent)) {
		int64_t own;
		if (!cgroupfs_read_number(root->fd, group->path, "cpu.stat", "nr_throttled", &own))
			return error_set(
				error, ERROR_UNAVAILABLE,
				"cgroup '%s' does not count throttling (CONFIG_CFS_BANDWIDTH)",
				group->path);
		*periods += own;
	}
	return true;
}
