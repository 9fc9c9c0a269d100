#include "host/worker_refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static bool add_help(struct error *error, const char *help)
{
	size_t used = error ? strlen(error->message) : 0;
	if (error)
		snprintf(error->message + used, sizeof(error->message) - used, "%s", help);
	return false;
}

static bool enter_refused(int reason, struct error *error)
{
	error_set_errno(error, reason, "a worker could not enter its cgroup");
	/* cpuset_can_attach() and cpu_cgroup_can_attach() of the kernel. */
	return add_help(error, reason == ENOSPC ? "; its cpuset has no CPUs or no memory nodes"
			       : reason == EINVAL
				       ? "; the cpu controller gives it no real-time bandwidth "
					 "(cpu.rt_runtime_us)"
			       : reason == EAGAIN ? "; pids.max is reached"
						  : "");
}

static bool affinity_refused(const struct cpuset *affinity, int reason, struct error *error)
{
	struct text set = {0};
	if (affinity)
		cpuset_print(&set, affinity);
	error_set_errno(error, reason, "affinity %.100s was refused%s", text_string(&set),
			reason == EINVAL ? " (none of these CPUs is one of its cgroup)" : "");
	text_free(&set);
	return false;
}

static const char *policy_help(enum policy_kind kind, int reason)
{
	bool deadline = kind == POLICY_DEADLINE;
	if (deadline && reason == EBUSY)
		return "; the deadline tasks there are leave too little bandwidth "
		       "(sched_rt_runtime_us of sched_rt_period_us, on each CPU)";
	if (deadline && reason == EPERM)
		return "; needs CAP_SYS_NICE, and a cpuset and affinity of all CPUs of its root "
		       "domain";
	if (deadline && reason == EINVAL)
		return "; the kernel takes a runtime of at least 1024 ns and no more than the "
		       "period, and periods from sched_deadline_period_min_us to "
		       "sched_deadline_period_max_us";
	if (reason == EPERM)
		return "; needs CAP_SYS_NICE or RLIMIT_RTPRIO, and cpu.rt_runtime_us above 0 in "
		       "its cgroup where the kernel has RT_GROUP_SCHED";
	return "";
}

static bool policy_refused(const struct policy *policy, int reason, struct error *error)
{
	static const char *const names[] = {
		[POLICY_NORMAL] = "SCHED_OTHER", [POLICY_BATCH] = "SCHED_BATCH",
		[POLICY_IDLE] = "SCHED_IDLE",    [POLICY_FIFO] = "SCHED_FIFO",
		[POLICY_RR] = "SCHED_RR",        [POLICY_DEADLINE] = "SCHED_DEADLINE",
	};
	bool realtime = policy->kind == POLICY_FIFO || policy->kind == POLICY_RR;
	char call[64];
	if (realtime)
		snprintf(call, sizeof(call), "sched_setscheduler(%s, %d)", names[policy->kind],
			 policy->priority);
	else
		snprintf(call, sizeof(call), "%s(%s)",
			 policy->kind == POLICY_DEADLINE ? "sched_setattr" : "sched_setscheduler",
			 names[policy->kind]);
	error_set_errno(error, reason, "%s was refused", call);
	if (error && reason == ENOSYS)
		error->kind = ERROR_UNAVAILABLE;
	return add_help(error, policy_help(policy->kind, reason));
}

/* Linux 6.9 is 6009. */
static int kernel_version(void)
{
	struct utsname name;
	int major = 0, minor = 0;
	if (uname(&name) != 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return 0;
	return major * 1000 + minor;
}

/* The Linux that brought this policy, where that is younger than set_mempolicy(2); else 0. */
static int mempolicy_age(const struct mempolicy *policy)
{
	bool balances = policy->flags & MEMPOLICY_NUMA_BALANCING;
	if (policy->kind == MEMPOLICY_WEIGHTED_INTERLEAVE)
		return 6009;
	if (policy->kind == MEMPOLICY_PREFERRED_MANY)
		return balances ? 6009 : 5015;
	return balances ? 5012 : 0;
}

static bool mempolicy_refused(const struct mempolicy *policy, int reason, struct error *error)
{
	static const char *const names[] = {
		[MEMPOLICY_DEFAULT] = "MPOL_DEFAULT",
		[MEMPOLICY_BIND] = "MPOL_BIND",
		[MEMPOLICY_PREFERRED] = "MPOL_PREFERRED",
		[MEMPOLICY_INTERLEAVE] = "MPOL_INTERLEAVE",
		[MEMPOLICY_LOCAL] = "MPOL_LOCAL",
		[MEMPOLICY_PREFERRED_MANY] = "MPOL_PREFERRED_MANY",
		[MEMPOLICY_WEIGHTED_INTERLEAVE] = "MPOL_WEIGHTED_INTERLEAVE",
	};
	int since = mempolicy_age(policy);
	struct text nodes = {0};
	cpuset_print(&nodes, &policy->nodes);
	error_set_errno(error, reason, "set_mempolicy(%s, nodes %.100s) was refused",
			names[policy->kind], nodes.length ? text_string(&nodes) : "of the CPU");
	text_free(&nodes);
	bool too_old = reason == EINVAL && kernel_version() < since;
	if (error && (reason == ENOSYS || too_old))
		error->kind = ERROR_UNAVAILABLE;
	if (reason == ENOSYS)
		return add_help(error, "; this kernel was built without CONFIG_NUMA");
	if (reason == EPERM)
		return add_help(error, "; a container forbids it: it takes CAP_SYS_NICE");
	if (reason != EINVAL)
		return false;
	char help[32];
	snprintf(help, sizeof(help), "; it takes Linux %d.%d", since / 1000, since % 1000);
	if (too_old)
		return add_help(error, help);
	return add_help(error, "; its cpuset has no memory on these nodes (cpuset.mems)");
}

static bool scratch_refused(const struct host_spawn *spawn, int reason, struct error *error)
{
	return error_set_errno(error, reason, "%s cannot open a scratch file in $TMPDIR or /tmp",
			       work_table[spawn->work.kind].name);
}

bool worker_refused(const struct host_spawn *spawn, int64_t index, enum board_stage stage,
		    int reason, struct error *error)
{
	const char *work = work_table[spawn->work.kind].name;
	switch (stage) {
	case BOARD_STAGE_ENTER:
		return enter_refused(reason, error);
	case BOARD_STAGE_AFFINITY:
		return affinity_refused(spawn->affinity ? &spawn->affinity[index] : NULL, reason,
					error);
	case BOARD_STAGE_POLICY:
		return policy_refused(&spawn->policy, reason, error);
	case BOARD_STAGE_NICE:
		return error_set_errno(error, reason,
				       "nice %d was refused (needs CAP_SYS_NICE or RLIMIT_NICE)",
				       spawn->nice);
	case BOARD_STAGE_MEMPOLICY:
		return mempolicy_refused(spawn->mempolicy, reason, error);
	case BOARD_STAGE_SCRATCH:
		return scratch_refused(spawn, reason, error);
	case BOARD_STAGE_MEMORY:
		return error_set_errno(error, reason, "no memory for a worker of %s", work);
	case BOARD_STAGE_SWEEP:
		return error_set_errno(error, reason,
				       "%s cannot lower its nice value again (needs CAP_SYS_NICE "
				       "or RLIMIT_NICE)",
				       work);
	case BOARD_STAGE_NONE:
		break;
	}
	return error_set(error, ERROR_REFUSED, "a worker died before it was ready");
}
