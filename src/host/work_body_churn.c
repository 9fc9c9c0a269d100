/* Work that keeps changing what the scheduler knows of it: children, nice, affinity, policy. */
#include "host/work_body.h"

#include "host/worker_child.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NICE_UNITS = 512, NICE_MOST = 19, FORK_REFUSED_NS = 1000000 };

/* In the order in which a worker may have more of them: the first two are free to all. */
static const int policy_list[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR};
enum { POLICIES_PLAIN = 2, POLICIES_FAIR = 3, POLICIES_ALL = 5 };

void work_run_fork_exit(struct work_body *body)
{
	struct telemetry *telemetry = body->telemetry;
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	if (child < 0) { /* no unit of work; try again in a moment */
		telemetry_sleep(telemetry, FORK_REFUSED_NS);
		return;
	}
	telemetry_tick(telemetry);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
		/* The host sweeps up what is left of it. */
		if (telemetry_stopped(telemetry))
			return;
	}
	telemetry->units++;
	telemetry_restart(telemetry);
}

void work_run_nice_sweep(struct work_body *body)
{
	int least = body->least_nice;
	unsigned values = (unsigned)(NICE_MOST + 1 - least);
	work_spin(body, NICE_UNITS);
	/* A right that was there at the start is not taken away later. */
	setpriority(PRIO_PROCESS, 0, least + (int)(body->telemetry->iterations % values));
	sched_yield();
	telemetry_tick(body->telemetry);
	if (telemetry_stopped(body->telemetry))
		setpriority(PRIO_PROCESS, 0, body->nice); /* so that it gets to its end */
}

/* The CPUs of its group now, within its own affinity as far as that leaves any. */
static void allowed_cpus(const struct work_body *body, struct cpuset *cpus)
{
	const struct telemetry *telemetry = body->telemetry;
	const struct board_group *group =
		&telemetry->board->groups[atomic_load(&telemetry->slot->group)];
	for (int i = 0; i < CPUSET_WORDS; i++)
		cpus->words[i] = atomic_load(&group->cpus[i]);
	if (body->affinity && cpuset_intersects(cpus, body->affinity))
		cpuset_and(cpus, cpus, body->affinity);
}

void work_run_affinity_churn(struct work_body *body)
{
	struct cpuset allowed, one;
	work_spin(body, body->work.params[0]);
	allowed_cpus(body, &allowed);
	int count = cpuset_count(&allowed);
	if (count > 0) {
		int at = (int)(work_random(body) % (unsigned)count);
		cpuset_slice(&one, &allowed, at, at + 1);
		/* Refused only while the cpuset changes: then the next turn succeeds. */
		worker_set_affinity(0, &one);
	}
	sched_yield();
	telemetry_tick(body->telemetry);
}

static bool change_policy(int policy)
{
	bool realtime = policy == SCHED_FIFO || policy == SCHED_RR;
	struct sched_param parameter = {.sched_priority = realtime ? 1 : 0};
	return sched_setscheduler(0, policy, &parameter) == 0;
}

void work_run_policy_churn(struct work_body *body)
{
	struct telemetry *telemetry = body->telemetry;
	work_spin(body, body->work.params[0]);
	/* In a group of v1 that it was moved to, real-time tasks may be unwanted. */
	if (!change_policy(policy_list[telemetry->iterations % body->policies]) &&
	    body->policies > POLICIES_FAIR)
		body->policies = POLICIES_FAIR;
	sched_yield();
	telemetry_tick(telemetry);
	if (telemetry_stopped(telemetry))
		change_policy(SCHED_OTHER);
}

/* The lowest nice value that it may go back to from a higher one; NICE_MOST + 1: from none. */
static int lowest_nice(int nice)
{
	struct rlimit limit;
	int least = NICE_MOST + 1;
	if (setpriority(PRIO_PROCESS, 0, PRIO_MIN) == 0) {
		setpriority(PRIO_PROCESS, 0, nice);
		return PRIO_MIN;
	}
	/* RLIMIT_NICE counts from 1 for nice 19 to 40 for nice -20: getrlimit(2). */
	if (getrlimit(RLIMIT_NICE, &limit) == 0 && limit.rlim_cur > 0)
		least = limit.rlim_cur >= 40 ? PRIO_MIN : 20 - (int)limit.rlim_cur;
	return least;
}

static unsigned count_policies(int least_nice, int nice)
{
	struct sched_param parameter;
	int policy = sched_getscheduler(0);
	if (policy != SCHED_OTHER && policy != SCHED_BATCH && policy != SCHED_IDLE)
		return POLICIES_ALL;
	/* To leave SCHED_IDLE takes the right to one's own nice value: sched(7). */
	if (least_nice > nice)
		return POLICIES_PLAIN;
	if (sched_getparam(0, &parameter) != 0 || !change_policy(SCHED_FIFO))
		return POLICIES_FAIR;
	sched_setscheduler(0, policy, &parameter);
	return POLICIES_ALL;
}

enum board_stage work_churn_prepare(struct work_body *body)
{
	enum work_kind kind = body->work.kind;
	if (kind != WORK_nice_sweep && kind != WORK_policy_churn)
		return BOARD_STAGE_NONE;
	body->nice = getpriority(PRIO_PROCESS, 0);
	body->least_nice = lowest_nice(body->nice);
	if (kind == WORK_policy_churn) {
		body->policies = count_policies(body->least_nice, body->nice);
	} else if (body->least_nice >= NICE_MOST) {
		errno = EACCES;
		return BOARD_STAGE_SWEEP;
	}
	return BOARD_STAGE_NONE;
}
