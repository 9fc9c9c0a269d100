#include "host/worker_child.h"

#include "host/rank.h"
#include "host/work_body.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sched_setattr(2); glibc 2.36 declares neither the call nor the struct. */
struct deadline_attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns;
	uint64_t deadline_ns;
	uint64_t period_ns;
};

static void interrupt(int signal)
{
	(void)signal; /* only there to make blocking calls return */
}

void worker_default_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &action, NULL);
	action.sa_handler = interrupt;
	sigaction(SIGUSR1, &action, NULL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become_worker(const struct host_spawn *spawn, pid_t host)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != host) /* it died before the prctl() */
		_exit(1);
	setpgid(0, 0);
	worker_default_signals();
	char name[16];
	snprintf(name, sizeof(name), "kts-%s", work_table[spawn->work.kind].name);
	prctl(PR_SET_NAME, name);
}

bool worker_enter(const struct worker_place *place)
{
	for (int i = 0; i < place->door_count; i++) {
		if (write(place->doors[i], "0", 1) != 1)
			return false;
	}
	return true;
}

bool worker_set_affinity(pid_t pid, const struct cpuset *mask)
{
	/* The kernel's mask is the same bits in the same order, in longs: sched_setaffinity(2). */
	_Static_assert(sizeof(long) == sizeof(uint64_t), "cpuset words are longs");
	return syscall(SYS_sched_setaffinity, pid, sizeof(mask->words), mask->words) == 0;
}

static bool set_affinity(const struct host_spawn *spawn, int64_t index,
			 const struct worker_place *place)
{
	if (!spawn->affinity)
		return !place->mask || worker_set_affinity(0, place->mask);
	struct cpuset mask = spawn->affinity[index];
	if (place->mask)
		cpuset_and(&mask, &mask, place->mask);
	return worker_set_affinity(0, &mask);
}

static bool set_policy(const struct policy *policy, enum work_kind kind)
{
	enum { RESET_ON_FORK = 1 };
	static const int kernel_policies[] = {
		[POLICY_NORMAL] = SCHED_OTHER, [POLICY_BATCH] = SCHED_BATCH,
		[POLICY_IDLE] = SCHED_IDLE,    [POLICY_FIFO] = SCHED_FIFO,
		[POLICY_RR] = SCHED_RR,        [POLICY_DEADLINE] = 6,
	};
	if (policy->kind == POLICY_NORMAL)
		return true;
	if (policy->kind != POLICY_DEADLINE) {
		bool realtime = policy->kind == POLICY_FIFO || policy->kind == POLICY_RR;
		struct sched_param parameter = {.sched_priority = realtime ? policy->priority : 0};
		return sched_setscheduler(0, kernel_policies[policy->kind], &parameter) == 0;
	}
	struct deadline_attributes attributes = {
		.size = sizeof(attributes),
		.policy = (uint32_t)kernel_policies[POLICY_DEADLINE],
		/* Without it a deadline task cannot fork: sched(7). */
		.flags = kind == WORK_fork_exit ? RESET_ON_FORK : 0,
		.runtime_ns = (uint64_t)policy->runtime_ns,
		.deadline_ns = (uint64_t)policy->period_ns,
		.period_ns = (uint64_t)policy->period_ns,
	};
	return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

static bool set_mempolicy(const struct mempolicy *policy)
{
	static const int kernel_modes[] = {
		[MEMPOLICY_DEFAULT] = 0,
		[MEMPOLICY_PREFERRED] = 1,
		[MEMPOLICY_BIND] = 2,
		[MEMPOLICY_INTERLEAVE] = 3,
		[MEMPOLICY_LOCAL] = 4,
		[MEMPOLICY_PREFERRED_MANY] = 5,
		[MEMPOLICY_WEIGHTED_INTERLEAVE] = 6,
	};
	if (!policy || policy->kind == MEMPOLICY_DEFAULT)
		return true;
	bool names_nodes = policy->kind != MEMPOLICY_LOCAL;
	/* The kernel takes one bit less than it is told of: set_mempolicy(2). */
	return syscall(SYS_set_mempolicy, kernel_modes[policy->kind] | (int)policy->flags,
		       names_nodes ? policy->nodes.words : NULL,
		       names_nodes ? (long)MEMPOLICY_NODES + 1 : 0L) == 0;
}

/* All files but the ends of the team's pipes. */
static void close_others(const struct team *team)
{
	unsigned from = 3;
	for (;;) {
		unsigned kept = UINT_MAX;
		for (int i = 0; i < TEAM_PIPE_FDS; i++) {
			if (team->pipes[i] >= (int)from && (unsigned)team->pipes[i] < kept)
				kept = (unsigned)team->pipes[i];
		}
		if (kept > from)
			syscall(SYS_close_range, from, kept - 1, 0u);
		if (kept == UINT_MAX)
			return;
		from = kept + 1;
	}
}

/* The stage that was refused, with the reason in errno. */
static enum board_stage set_up(const struct host_spawn *spawn, int64_t index,
			       const struct worker_place *place, struct work_body *body)
{
	if (place->ahead)
		rank_leave();
	if (!worker_enter(place))
		return BOARD_STAGE_ENTER;
	if (!set_affinity(spawn, index, place))
		return BOARD_STAGE_AFFINITY;
	if (!set_policy(&spawn->policy, spawn->work.kind))
		return BOARD_STAGE_POLICY;
	if (spawn->has_nice && setpriority(PRIO_PROCESS, 0, spawn->nice) != 0)
		return BOARD_STAGE_NICE;
	if (!set_mempolicy(spawn->mempolicy))
		return BOARD_STAGE_MEMPOLICY;
	/* After the doors are used, and before the work opens files of its own. */
	close_others(&body->team);
	return work_body_prepare(body);
}

/* Policy and place are set: what the built-in bodies do from here on takes no right, but for those
 * that change their own policy or nice value. Registered C keeps what this process has. */
static void drop_privileges(enum work_kind kind)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
	bool changes = kind == WORK_nice_sweep || kind == WORK_policy_churn;
	if (kind == WORK_COUNT)
		return;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (changes && syscall(SYS_capget, &header, sets) != 0)
		return;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t nice = i == CAP_TO_INDEX(CAP_SYS_NICE) ? CAP_TO_MASK(CAP_SYS_NICE) : 0;
		sets[i].effective &= nice;
		sets[i].permitted &= nice;
		sets[i].inheritable = 0;
	}
	syscall(SYS_capset, &header, sets);
}

static void report_ready(struct board_shared *board, struct board_worker *slot,
			 enum board_state state)
{
	atomic_store(&slot->state, state);
	if (atomic_fetch_sub(&board->waiting, 1) == 1) {
		atomic_store(&board->placed, 1);
		board_futex_wake_all(&board->placed);
	}
}

/* False: it was asked to stop instead. */
static bool await_release(struct board_shared *board, struct board_worker *slot)
{
	for (;;) {
		uint32_t news = atomic_load(&board->news);
		if (atomic_load(&slot->released_ns))
			return true;
		if (atomic_load(&slot->stop))
			return false;
		board_futex_wait(&board->news, news, INT64_MAX);
	}
}

_Noreturn void worker_child(struct board_shared *board, struct board_worker *slot, pid_t host,
			    const struct host_spawn *spawn, int64_t index,
			    const struct worker_place *place, const struct team *team)
{
	become_worker(spawn, host);
	struct telemetry telemetry;
	struct work_body body = {.work = spawn->work,
				 .telemetry = &telemetry,
				 .team = *team,
				 .affinity = spawn->affinity ? &spawn->affinity[index] : NULL,
				 .random = spawn->seed + (uint64_t)index,
				 .scratch_fd = -1};
	enum board_stage refused = set_up(spawn, index, place, &body);
	if (refused != BOARD_STAGE_NONE) {
		atomic_store(&slot->refusal, errno);
		atomic_store(&slot->stage, refused);
		report_ready(board, slot, BOARD_STATE_REFUSED);
		_exit(1);
	}
	drop_privileges(spawn->work.kind);
	report_ready(board, slot, BOARD_STATE_READY);
	if (await_release(board, slot)) {
		telemetry_start(&telemetry, board, slot);
		work_body_run(&body);
		telemetry_end(&telemetry);
	}
	_exit(0);
}
