/*
 * telemetry: what a worker records about itself, by time. Its body says at short intervals that it
 * is running (a tick); the tick looks at the clock and at the CPU, and from that follow the longest
 * gap, migrations, CPUs seen and strays. Everything goes to the worker's slot on the board at once,
 * so that a worker which is killed still leaves figures.
 *
 * How long it waited for a CPU is the kernel's own figure (schedstat). It is read with the CPU
 * time, every 50 ms, and after each tick that came more than 1 ms late. The longest single wait
 * since the read before is at most what the sum has grown by, and at most the longest time between
 * two ticks; the lesser of the two is told.
 *
 * A tick costs some 25 ns; bodies make one every 20 us or so. Runs in the worker's process only.
 */
#ifndef KTSTR_HOST_TELEMETRY_H
#define KTSTR_HOST_TELEMETRY_H

#include "host/board.h"

/* After a change of its group's CPUs, of its group, a release or a thaw, a worker may be somewhere
 * else for so long. */
#define TELEMETRY_GRACE_NS INT64_C(100000000)

struct telemetry {
	const struct board_shared *board;
	struct board_worker *slot;
	struct board_detail *detail;
	uint64_t units;
	uint64_t iterations;
	int64_t last_ns;    /* from when on it has been wanting to run */
	int64_t longest_ns; /* the longest gap so far */
	int64_t publish_ns; /* when the CPU time is due to be read again */
	int64_t cpu_start_ns;
	int64_t coarse_ns; /* the light tick's last look */
	unsigned light_ticks;
	int cpu;
	uint32_t group;     /* what the last look at the CPU's right was based on … */
	int64_t changed_ns; /* … and the version of that record */
	bool suspect;       /* it was outside, or could not tell: look again at each tick */
	int64_t ticked_ns;  /* the last tick; unlike last_ns, a sleep does not move it */
	int64_t stretch_ns; /* the longest time between ticks since schedstat was read */
	int schedstat_fd;   /* -1: there is none */
	int64_t delay_start_ns;
	int64_t delay_ns;
	int64_t slices_start;
	int64_t pages_moved_start;
};

/* The worker has been released and runs. */
void telemetry_start(struct telemetry *telemetry, struct board_shared *board,
		     struct board_worker *slot);
/* Its last tick, and what is only looked at once. */
void telemetry_end(struct telemetry *telemetry);

void telemetry_tick(struct telemetry *telemetry);

/* A tick for bodies that come by every few hundred ns: looks at the coarse clock, and makes a real
 * tick when that has moved or after 64 of them. */
void telemetry_tick_light(struct telemetry *telemetry);

/* What went before since the last tick was no wish to run (a wait for I/O). */
void telemetry_restart(struct telemetry *telemetry);

/* A wait ended that was to end at intended_ns (board clock): what lies between is wake latency, and
 * a gap like any other. Not for waits that ended because the worker is asked to stop. */
void telemetry_wake(struct telemetry *telemetry, int64_t intended_ns);

/* Sleep for `ns`, or until the worker is asked to stop. Only what comes after the end of the sleep
 * counts as a gap, and as wake latency. */
void telemetry_sleep(struct telemetry *telemetry, int64_t ns);

static inline bool telemetry_stopped(const struct telemetry *telemetry)
{
	return atomic_load_explicit(&telemetry->slot->stop, memory_order_relaxed) != 0;
}

#endif
