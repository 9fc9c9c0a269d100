#include "host/host_cgroup.h"

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
