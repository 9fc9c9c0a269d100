/* Caches and page faults. */
#include "host/work_body.h"

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FAULTS_PER_TICK = 64 };

static void touch_chunk(struct work_body *body, int64_t count, size_t stride)
{
	volatile unsigned char *memory = body->memory;
	size_t at = body->at;
	for (int64_t i = 0; i < count; i++) {
		memory[at]++;
		at += stride;
		if (at >= body->bytes)
			at -= body->bytes;
	}
	body->at = at;
	body->telemetry->units += (uint64_t)count;
	telemetry_tick(body->telemetry);
}

void work_touch(struct work_body *body, int64_t count, int64_t stride)
{
	size_t step = (size_t)stride % body->bytes;
	for (; count > WORK_CHUNK && !telemetry_stopped(body->telemetry); count -= WORK_CHUNK)
		touch_chunk(body, WORK_CHUNK, step);
	touch_chunk(body, count > WORK_CHUNK ? 0 : count, step);
}

void work_run_cache_pressure(struct work_body *body)
{
	work_touch(body, WORK_CHUNK, body->work.params[1]);
}

void work_run_cache_yield(struct work_body *body)
{
	work_touch(body, WORK_CHUNK, body->work.params[1]);
	sched_yield();
}

void work_run_page_fault_churn(struct work_body *body)
{
	struct telemetry *telemetry = body->telemetry;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t pages = body->bytes / page;
	for (int64_t i = 0; i < body->work.params[1]; i++) {
		body->memory[work_random(body) % pages * page] = 1;
		telemetry->units++;
		if (i % FAULTS_PER_TICK)
			continue;
		telemetry_tick(telemetry);
		if (telemetry_stopped(telemetry))
			return;
	}
	madvise(body->memory, body->bytes, MADV_DONTNEED);
	work_spin(body, body->work.params[2]);
}

/* A region without any page yet, of small pages. */
static bool take_region(struct work_body *body, int64_t bytes)
{
	int64_t page = sysconf(_SC_PAGESIZE);
	body->bytes = (size_t)((bytes + page - 1) / page * page);
	void *memory =
		mmap(NULL, body->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	madvise(memory, body->bytes, MADV_NOHUGEPAGE); /* a kernel without huge pages refuses */
	body->memory = memory;
	return true;
}

bool work_memory_prepare(struct work_body *body)
{
	const int64_t *params = body->work.params;
	switch ((int)body->work.kind) {
	case WORK_cache_pressure:
	case WORK_cache_yield:
	case WORK_cache_pipe:
		return work_take_memory(body, params[0]);
	case WORK_fan_out_compute:
		return work_is_messenger(&body->work, body->team.member) ||
		       work_take_memory(body, params[1]);
	case WORK_page_fault_churn:
		return take_region(body, params[0]);
	default:
		return true;
	}
}
