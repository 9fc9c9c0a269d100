/* The cpu controller of the run's groups, taken away and given back while there are none. */
#include "host/host_cgroup.h"

#include <stdio.h>
#include <string.h>

static const int64_t REMOVE_NS = 2000000000;
static const unsigned CPU = 1u << CONTROLLER_CPU;

/* The run's root in that hierarchy goes, and with it all that would be made there. */
static bool leave_v1(struct cgroup_host *cgroup, struct cgroup_root *root, struct error *error)
{
	if (root->controllers != CPU)
		return error_set(error, ERROR_UNAVAILABLE,
				 "this machine has its cpu controller in one hierarchy with others "
				 "that the run uses (cgroup v1)");
	size_t behind = (size_t)(cgroup->roots + cgroup->root_count - (root + 1));
	char path[256];
	snprintf(path, sizeof(path), "%s", root->path);
	struct patience patience = patience_of(REMOVE_NS);
	bool removed = cgroup_root_remove(root, &patience);
	memmove(root, root + 1, behind * sizeof(*root));
	cgroup->root_count--;
	return removed || error_set(error, ERROR_REFUSED, "cgroup %s cannot be removed", path);
}

static bool leave(struct cgroup_host *cgroup, struct error *error)
{
	struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_CPU);
	if (!root)
		return true;
	bool left = root->version == 1 ? leave_v1(cgroup, root, error)
				       : cgroup_root_drop(root, CONTROLLER_CPU, error);
	if (left)
		snprintf(cgroup->lost[CONTROLLER_CPU], sizeof(cgroup->lost[CONTROLLER_CPU]),
			 "this runs without the cpu controller");
	cgroup->cpu_left = left;
	return left;
}

static bool take_back(struct cgroup_host *cgroup, struct error *error)
{
	const struct hierarchy *hierarchy = cgroupfs_find(&cgroup->cgroups, CONTROLLER_CPU);
	bool taken = false;
	if (hierarchy->version == 1)
		taken = cgroup_host_add_root(cgroup, hierarchy, CPU, CPU, error);
	for (int i = 0; i < cgroup->root_count && hierarchy->version == 2; i++) {
		if (cgroup->roots[i].version == 2)
			taken = cgroup_root_take(&cgroup->roots[i], CONTROLLER_CPU, error);
	}
	if (taken)
		cgroup->lost[CONTROLLER_CPU][0] = '\0';
	cgroup->cpu_left = !taken;
	return taken;
}

bool cgroup_cpu_control(struct host *host, bool on, struct error *error)
{
	struct cgroup_host *cgroup = cgroup_host_of(host);
	if (on)
		return !cgroup->cpu_left || take_back(cgroup, error);
	return cgroup->cpu_left || leave(cgroup, error);
}
