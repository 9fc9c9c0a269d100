#include "host/rank.h"

#include "host/board.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

/* Only the kernel's own threads are ahead. */
enum { PRIORITY = 98, SHARE = 20 };

static const int64_t BURST_NS = 20000000;

static bool set_policy(int policy, int priority)
{
	const struct sched_param parameters = {.sched_priority = priority};
	return sched_setscheduler(0, policy, &parameters) == 0;
}

/* For itself only. */
static bool take(int policy, int priority)
{
	return set_policy(policy | SCHED_RESET_ON_FORK, priority);
}

static bool raise_rank(struct rank *rank)
{
	return rank->raised = take(SCHED_FIFO, PRIORITY);
}

/* Only who has the right to it, which we had when it was raised, may take the flag off again; where
 * the right was given up since, children merely begin as they would. */
static void lower_rank(struct rank *rank)
{
	rank->raised = false;
	if (!set_policy(SCHED_OTHER, 0))
		take(SCHED_OTHER, 0);
}

static int64_t cpu_time_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void rank_open(struct rank *rank)
{
	*rank = (struct rank){
		.credit_ns = BURST_NS, .seen_ns = board_now_ns(), .cpu_ns = cpu_time_ns()};
	errno = 0;
	rank->allowed = sched_getscheduler(0) == SCHED_OTHER && getpriority(PRIO_PROCESS, 0) == 0 &&
			errno == 0 && raise_rank(rank);
}

void rank_rest(struct rank *rank, int64_t rest_ns)
{
	if (!rank->allowed)
		return;
	int64_t now = board_now_ns(), cpu = cpu_time_ns();
	int64_t credit = rank->credit_ns + (now - rank->seen_ns) / SHARE - (cpu - rank->cpu_ns);
	rank->credit_ns = credit < BURST_NS ? credit : BURST_NS;
	rank->seen_ns = now;
	rank->cpu_ns = cpu;
	if (rank->raised && rank->credit_ns < 0)
		lower_rank(rank);
	/* What it is going to rest counts: it has to be ahead when it wakes. */
	if (!rank->raised && rank->credit_ns + rest_ns / SHARE > BURST_NS / 2)
		raise_rank(rank);
}

bool rank_share(struct rank *rank)
{
	return rank->allowed && set_policy(SCHED_FIFO, PRIORITY);
}

void rank_keep(struct rank *rank)
{
	if (!rank->raised || !raise_rank(rank))
		lower_rank(rank);
}

void rank_leave(void)
{
	set_policy(SCHED_OTHER, 0);
}

void rank_close(struct rank *rank)
{
	if (rank->raised)
		lower_rank(rank);
	rank->allowed = false;
}

void rank_outrank_all(void)
{
	take(SCHED_FIFO, PRIORITY);
}
