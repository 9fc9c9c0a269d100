#include "host/work_body.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	CHUNK = 1024, /* units between two ticks: 20 us or so */
	SMALL_CHUNK = 32,
	IO_BLOCK = 4096,
	IO_BLOCKS = 16,
	IO_SLEEP_NS = 100000,
	SHORT_BURST_NS = 1000000,
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/* Compute for `units` of work, then tick. */
static void spin(struct telemetry *telemetry, uint64_t units)
{
	for (uint64_t unit = 0; unit < units; unit++) {
		relax();
		__asm__ volatile("" : "+r"(unit)); /* each unit is really counted */
	}
	telemetry->units += units;
	telemetry_tick(telemetry);
}

static void run_cpu_spin(struct work_body *body)
{
	spin(body->telemetry, CHUNK);
}

static void run_yield_heavy(struct work_body *body)
{
	body->telemetry->units++;
	sched_yield();
	telemetry_tick_light(body->telemetry);
}

static void run_mixed(struct work_body *body)
{
	spin(body->telemetry, CHUNK);
	sched_yield();
}

static void run_io_sync(struct work_body *body)
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

static void run_bursty(struct work_body *body)
{
	struct telemetry *telemetry = body->telemetry;
	int64_t burst = body->work.params[0], sleep = body->work.params[1];
	uint64_t chunk = burst < SHORT_BURST_NS ? SMALL_CHUNK : CHUNK;
	int64_t end = telemetry->last_ns + burst;
	do {
		spin(telemetry, chunk);
	} while (telemetry->last_ns < end && !telemetry_stopped(telemetry));
	if (!telemetry_stopped(telemetry))
		telemetry_sleep(telemetry, sleep);
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

bool work_body_prepare(struct work_body *body)
{
	body->scratch_fd = -1;
	if (body->work.kind != WORK_io_sync)
		return true;
	body->scratch_fd = open_scratch();
	return body->scratch_fd >= 0;
}

void work_body_run(struct work_body *body)
{
	static void (*const run_table[WORK_COUNT])(struct work_body *) = {
#define WORK(name, group, doc, ...) [WORK_##name] = run_##name,
#include "host/work.def"
#undef WORK
	};
	void (*run)(struct work_body *) = run_table[body->work.kind];
	while (!telemetry_stopped(body->telemetry)) {
		run(body);
		body->telemetry->iterations++;
	}
}
