/*
 * What telemetry costs: a cpu_spin worker's units of work per second of CPU time, over those of the
 * same loop without telemetry. Both take turns of 50 ms on one CPU; the figure is the median of the
 * paired ratios, so that clocks that drift and neighbours that come and go cancel out.
 *
 *     telemetry [PAIRS]
 */
#include "host/work_body.h"
#include "host/worker_child.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

enum { PAIRS = 60, TURN_US = 50000, CHUNK = 1024 };

static const double LEAST = 0.99;

static _Atomic uint32_t *stop;

static void end_turn(int signal)
{
	(void)signal;
	atomic_store(stop, 1);
}

static void begin_turn(void)
{
	struct itimerval turn = {.it_value.tv_usec = TURN_US};
	atomic_store(stop, 0);
	setitimer(ITIMER_REAL, &turn, NULL);
}

static double cpu_seconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* As the loop of cpu_spin, and nothing else. */
static uint64_t spin_bare(void)
{
	uint64_t units = 0;
	while (!atomic_load_explicit(stop, memory_order_relaxed)) {
		for (uint64_t unit = 0; unit < CHUNK; unit++) {
#if defined(__x86_64__) || defined(__i386__)
			__builtin_ia32_pause();
#elif defined(__aarch64__)
			__asm__ volatile("yield");
#endif
			__asm__ volatile("" : "+r"(unit));
		}
		units += CHUNK;
	}
	return units;
}

static double bare_rate(void)
{
	begin_turn();
	double start = cpu_seconds();
	uint64_t units = spin_bare();
	return (double)units / (cpu_seconds() - start);
}

static double worker_rate(struct board *board, unsigned worker)
{
	struct telemetry telemetry;
	struct board_worker *slot = &board->shared->workers[worker];
	struct work_body body = {.work = work_default(WORK_cpu_spin), .telemetry = &telemetry};
	atomic_store(&slot->released_ns, board_now_ns());
	begin_turn();
	double start = cpu_seconds();
	telemetry_start(&telemetry, board->shared, slot);
	work_body_run(&body);
	telemetry_end(&telemetry);
	return (double)telemetry.units / (cpu_seconds() - start);
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return a < b ? -1 : a > b;
}

int main(int count, char **arguments)
{
	size_t pairs = count > 1 ? strtoul(arguments[1], NULL, 10) : PAIRS;
	struct board board;
	struct error error;
	struct cpuset here = {0};
	unsigned group, worker;
	cpuset_add(&here, sched_getcpu());
	if (!pairs || !worker_set_affinity(0, &here) || !board_open(&board, &error) ||
	    !board_take_group(&board, &here, &group, &error) ||
	    !board_take_worker(&board, &worker, &error))
		return 2;
	stop = &board.shared->workers[worker].stop;
	atomic_store(&board.shared->workers[worker].group, group);
	signal(SIGALRM, end_turn);
	double *ratios = memory_zeroed(pairs, sizeof(*ratios));
	for (size_t i = 0; i < pairs; i++) {
		/* Who goes first takes turns, too. */
		double before = i % 2 ? worker_rate(&board, worker) : bare_rate();
		double after = i % 2 ? bare_rate() : worker_rate(&board, worker);
		ratios[i] = i % 2 ? before / after : after / before;
	}
	qsort(ratios, pairs, sizeof(*ratios), compare);
	double middle = ratios[pairs / 2];
	printf("%-44s %.4f ± %.4f        >= %g  %s\n", "cpu_spin with telemetry ÷ the bare loop",
	       middle, (ratios[pairs * 3 / 4] - ratios[pairs / 4]) / 2, LEAST,
	       middle >= LEAST ? "ok" : "TOO LITTLE");
	free(ratios);
	board_close(&board);
	return middle < LEAST;
}
