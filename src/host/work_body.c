#include "host/work_body.h"

#include <string.h>
#include <sys/mman.h>

enum { SMALL_CHUNK = 32 };

/* So near to its end, spinning looks at the clock more often. */
static const int64_t NEAR_NS = 100000;
/* A wake that got lost, as a partner was killed, costs no more than this. */
static const int64_t LOOK_NS = 100000000;

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

static void spin_chunk(struct telemetry *telemetry, uint64_t units)
{
	for (uint64_t unit = 0; unit < units; unit++) {
		relax();
		__asm__ volatile("" : "+r"(unit)); /* each unit is really counted */
	}
	telemetry->units += units;
	telemetry_tick(telemetry);
}

void work_spin(struct work_body *body, int64_t units)
{
	while (units > WORK_CHUNK && !telemetry_stopped(body->telemetry)) {
		spin_chunk(body->telemetry, WORK_CHUNK);
		units -= WORK_CHUNK;
	}
	spin_chunk(body->telemetry, units > WORK_CHUNK ? 0 : (uint64_t)units);
}

void work_spin_until(struct work_body *body, int64_t end_ns)
{
	struct telemetry *telemetry = body->telemetry;
	do {
		bool near = end_ns - telemetry->last_ns < NEAR_NS;
		spin_chunk(telemetry, near ? SMALL_CHUNK : WORK_CHUNK);
	} while (telemetry->last_ns < end_ns && !telemetry_stopped(telemetry));
}

bool work_wait_a_while(struct work_body *body, _Atomic uint32_t *word, uint32_t value)
{
	/* SIGUSR1 ends it when the worker is to stop; should that have come just before, the time
	 * does. */
	board_futex_wait(word, value, board_now_ns() + LOOK_NS);
	if (atomic_load(word) != value)
		return true;
	telemetry_restart(body->telemetry);
	return false;
}

bool work_wait(struct work_body *body, _Atomic uint32_t *word, uint32_t value)
{
	while (atomic_load(word) == value) {
		if (telemetry_stopped(body->telemetry))
			return false;
		work_wait_a_while(body, word, value);
	}
	return true;
}

void work_woken(struct work_body *body, int64_t woken_ns)
{
	if (woken_ns > body->telemetry->last_ns)
		telemetry_wake(body->telemetry, woken_ns);
	else
		telemetry_restart(body->telemetry);
}

uint64_t work_random(struct work_body *body)
{
	/* xorshift64 (Marsaglia 2003). */
	body->random ^= body->random << 13;
	body->random ^= body->random >> 7;
	body->random ^= body->random << 17;
	return body->random;
}

bool work_take_memory(struct work_body *body, int64_t bytes)
{
	void *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	memset(memory, 1, (size_t)bytes);
	body->memory = memory;
	body->bytes = (size_t)bytes;
	return true;
}

enum board_stage work_body_prepare(struct work_body *body)
{
	body->scratch_fd = -1;
	if (!body->random)
		body->random = 1;
	work_pipe_prepare(body);
	if (!work_time_prepare(body))
		return BOARD_STAGE_SCRATCH;
	if (!work_memory_prepare(body))
		return BOARD_STAGE_MEMORY;
	return work_churn_prepare(body);
}

void work_body_run(struct work_body *body)
{
	static void (*const run_table[WORK_COUNT])(struct work_body *) = {
#define WORK(name, ...) [WORK_##name] = work_run_##name,
#include "host/work.def"
#undef WORK
	};
	const struct foreign_work *foreign = body->work.body;
	void (*run)(struct work_body *) = foreign ? NULL : run_table[body->work.kind];
	while (!telemetry_stopped(body->telemetry)) {
		if (foreign)
			foreign->run(foreign, body->telemetry, body->work.params);
		else
			run(body);
		body->telemetry->iterations++;
	}
}
