/*
 * work_body: the loop bodies of the kinds of work.def, split over work_body.c (what they share, and
 * choosing one), work_body_time.c (computing, sleeping, yielding), work_body_pipe.c,
 * work_body_futex.c, work_body_memory.c and work_body_churn.c. Runs in the worker's process only.
 *
 * A body tells telemetry of all its time: a tick after every stretch of work, and of every wait
 * that it was one (telemetry_sleep, telemetry_restart, telemetry_wake), so that no wait is taken
 * for a gap. No wait is longer than work_wait's, or it ends when the worker is asked to stop.
 */
#ifndef KTSTR_HOST_WORK_BODY_H
#define KTSTR_HOST_WORK_BODY_H

#include "host/telemetry.h"
#include "host/work.h"
#include "host/work_team.h"

#include <signal.h>

enum { WORK_CHUNK = 1024 }; /* units between two ticks: 20 us or so */

struct work_body {
	struct work work;
	struct telemetry *telemetry;
	struct team team;
	const struct cpuset *affinity; /* its own, NULL: none */
	uint64_t random;               /* state of the generator; any value but 0 */
	/* What its kind keeps. */
	int scratch_fd;        /* -1: none; leaves nothing behind when the process ends */
	unsigned char *memory; /* NULL: none */
	size_t bytes;
	size_t at;          /* where in the memory it goes on */
	sigset_t unblocked; /* the mask to wait with: signals come only then */
	int nice;           /* at the start */
	int least_nice;     /* that it may have */
	unsigned policies;  /* of work_body_churn.c's list that it may have */
};

/* What the kind needs before it can start; else what was refused, with the reason in errno. */
enum board_stage work_body_prepare(struct work_body *body);

/* Until the worker is asked to stop. */
void work_body_run(struct work_body *body);

/* Compute: so many units, or until a time on the board's clock; less when asked to stop. Ticks. */
void work_spin(struct work_body *body, int64_t units);
void work_spin_until(struct work_body *body, int64_t end_ns);

/* Read and write so many bytes of its memory, `stride` apart, from where it was. Ticks. */
void work_touch(struct work_body *body, int64_t count, int64_t stride);

/* Wait as long as a futex is `value`, but not long; false when it still is. The tick before it is
 * the wait's beginning. */
bool work_wait_a_while(struct work_body *body, _Atomic uint32_t *word, uint32_t value);
/* Until it is another; false when asked to stop. */
bool work_wait(struct work_body *body, _Atomic uint32_t *word, uint32_t value);
/* Such a wait is over, that somebody was to end at `woken_ns` (0: nobody knows when). */
void work_woken(struct work_body *body, int64_t woken_ns);

uint64_t work_random(struct work_body *body);

/* Pages that are there already, placed by the worker's memory policy; false with errno. */
bool work_take_memory(struct work_body *body, int64_t bytes);

/* One turn of each kind's loop. */
#define WORK(name, ...) void work_run_##name(struct work_body *body);
#include "host/work.def"
#undef WORK

/* Of the files of bodies, for work_body_prepare(); as that. */
bool work_time_prepare(struct work_body *body);
void work_pipe_prepare(struct work_body *body);
bool work_memory_prepare(struct work_body *body);
enum board_stage work_churn_prepare(struct work_body *body);

#endif
