/* Computing, sleeping, yielding, writing, by time. */
#include "host/work_body.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { IO_BLOCK = 4096, IO_BLOCKS = 16, IO_SLEEP_NS = 100000 };

void work_run_cpu_spin(struct work_body *body)
{
	work_spin(body, WORK_CHUNK);
}

void work_run_yield_heavy(struct work_body *body)
{
	body->telemetry->units++;
	sched_yield();
	telemetry_tick_light(body->telemetry);
}

void work_run_mixed(struct work_body *body)
{
	work_spin(body, WORK_CHUNK);
	sched_yield();
}

void work_run_io_sync(struct work_body *body)
{
	static const char block[IO_BLOCK];
	struct telemetry *telemetry = body->telemetry;
	if (ftruncate(body->scratch_fd, 0) != 0)
		_exit(1);
	for (int i = 0; i < IO_BLOCKS; i++) {
		if (pwrite(body->scratch_fd, block, sizeof(block), (off_t)i * IO_BLOCK) < 0)
			_exit(1);
		telemetry->units++;
	}
	telemetry_restart(telemetry);
	telemetry_sleep(telemetry, IO_SLEEP_NS);
}

void work_run_bursty(struct work_body *body)
{
	struct telemetry *telemetry = body->telemetry;
	int64_t burst = body->work.params[0], sleep = body->work.params[1];
	work_spin_until(body, telemetry->last_ns + burst);
	if (!telemetry_stopped(telemetry))
		telemetry_sleep(telemetry, sleep);
}

static void yield_until(struct telemetry *telemetry, int64_t end_ns)
{
	do {
		telemetry->units++;
		sched_yield();
		telemetry_tick(telemetry);
	} while (telemetry->last_ns < end_ns && !telemetry_stopped(telemetry));
}

static void run_phase(struct work_body *body, const struct phase *phase)
{
	struct telemetry *telemetry = body->telemetry;
	int64_t end_ns = telemetry->last_ns + phase->length_ns;
	switch (phase->kind) {
	case PHASE_spin:
		work_spin_until(body, end_ns);
		break;
	case PHASE_sleep:
		telemetry_sleep(telemetry, phase->length_ns);
		break;
	case PHASE_yield:
		yield_until(telemetry, end_ns);
		break;
	case PHASE_io:
		do {
			work_run_io_sync(body);
		} while (telemetry->last_ns < end_ns && !telemetry_stopped(telemetry));
		break;
	case PHASE_COUNT:
		break;
	}
}

void work_run_sequence(struct work_body *body)
{
	for (int i = 0; i < body->work.phase_count && !telemetry_stopped(body->telemetry); i++)
		run_phase(body, &body->work.phases[i]);
}

static int open_scratch(void)
{
	const char *directory = getenv("TMPDIR");
	if (!directory || !*directory)
		directory = "/tmp";
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	/* Not every file system knows O_TMPFILE: open(2). */
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/ktstr-XXXXXX", directory);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

bool work_time_prepare(struct work_body *body)
{
	bool writes = body->work.kind == WORK_io_sync;
	for (int i = 0; i < body->work.phase_count; i++)
		writes |= body->work.phases[i].kind == PHASE_io;
	if (writes)
		body->scratch_fd = open_scratch();
	return !writes || body->scratch_fd >= 0;
}
