#include "host/telemetry.h"

#include <sched.h>
#include <time.h>

static const int64_t PUBLISH_NS = 50000000; /* between two looks at the CPU time */
static const unsigned LIGHT_TICKS = 64;

/* Only this worker writes these, so a load and a store will do where otherwise a locked
 * instruction would be needed. */
#define PUT(field, value) atomic_store_explicit(&(field), (value), memory_order_relaxed)
#define GET(field)        atomic_load_explicit(&(field), memory_order_relaxed)

static int64_t cpu_time_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t coarse_now_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static __attribute__((noinline)) void note_gap(struct telemetry *telemetry, int64_t now, int cpu)
{
	struct board_worker *slot = telemetry->slot;
	int64_t gap = now - later(telemetry->last_ns, GET(slot->resumed_ns));
	if (gap <= telemetry->longest_ns)
		return;
	telemetry->longest_ns = gap;
	PUT(slot->gap_ns, gap);
	PUT(slot->gap_at_ns, now - GET(slot->released_ns));
	PUT(slot->gap_cpu, cpu);
}

static void note_cpu(struct telemetry *telemetry, int cpu)
{
	struct board_worker *slot = telemetry->slot;
	if (telemetry->cpu >= 0)
		PUT(slot->migrations, GET(slot->migrations) + 1);
	telemetry->cpu = cpu;
	if (cpu >= 0 && cpu < CPUSET_CPUS)
		PUT(slot->cpus[cpu / 64], GET(slot->cpus[cpu / 64]) | UINT64_C(1) << (cpu % 64));
}

/* May a task of this group be on `cpu`? `now` and `cpu` were taken before the record is read here;
 * a change in between shows in a `changed_ns` later than `now`, and is covered by the grace. */
static __attribute__((noinline)) void check_place(struct telemetry *telemetry, int64_t now, int cpu)
{
	struct board_worker *slot = telemetry->slot;
	uint32_t number = atomic_load_explicit(&slot->group, memory_order_acquire);
	const struct board_group *group = &telemetry->board->groups[number];
	int64_t changed = atomic_load_explicit(&group->changed_ns, memory_order_acquire);
	bool inside =
		cpu >= 0 && cpu < CPUSET_CPUS && (GET(group->cpus[cpu / 64]) >> (cpu % 64) & 1);
	atomic_thread_fence(memory_order_acquire);
	int64_t again = GET(group->changed_ns);
	int64_t moved = GET(slot->moved_ns);
	bool flux = again != changed || changed == BOARD_IN_FLUX || moved == BOARD_IN_FLUX ||
		    GET(slot->group) != number;

	telemetry->group = number;
	telemetry->changed_ns = changed;
	telemetry->suspect = flux || !inside;
	if (!telemetry->suspect || flux)
		return;
	int64_t since = later(later(changed, moved), GET(slot->released_ns));
	if (now - later(since, GET(slot->resumed_ns)) <= TELEMETRY_GRACE_NS)
		return;
	if (GET(slot->strays) == 0) {
		PUT(slot->stray_at_ns, now - GET(slot->released_ns));
		PUT(slot->stray_cpu, cpu);
	}
	PUT(slot->strays, GET(slot->strays) + 1);
}

static __attribute__((noinline)) void publish_cpu_time(struct telemetry *telemetry, int64_t now)
{
	telemetry->publish_ns = now + PUBLISH_NS;
	PUT(telemetry->slot->cpu_ns, cpu_time_ns() - telemetry->cpu_start_ns);
}

static bool place_is_old_news(const struct telemetry *telemetry)
{
	uint32_t number = GET(telemetry->slot->group);
	return !telemetry->suspect && number == telemetry->group &&
	       GET(telemetry->board->groups[number].changed_ns) == telemetry->changed_ns;
}

static void tick_at(struct telemetry *telemetry, int64_t now)
{
	struct board_worker *slot = telemetry->slot;
	int cpu = sched_getcpu();
	if (now - telemetry->last_ns > telemetry->longest_ns)
		note_gap(telemetry, now, cpu);
	if (cpu != telemetry->cpu) {
		note_cpu(telemetry, cpu);
		check_place(telemetry, now, cpu);
	} else if (!place_is_old_news(telemetry)) {
		check_place(telemetry, now, cpu);
	}
	telemetry->last_ns = now;
	PUT(slot->sampled_ns, now);
	PUT(slot->units, telemetry->units);
	PUT(slot->iterations, telemetry->iterations);
	if (now >= telemetry->publish_ns)
		publish_cpu_time(telemetry, now);
}

void telemetry_start(struct telemetry *telemetry, const struct board_shared *board,
		     struct board_worker *slot)
{
	*telemetry = (struct telemetry){
		.board = board,
		.slot = slot,
		.last_ns = GET(slot->released_ns),
		.cpu_start_ns = cpu_time_ns(),
		.cpu = -1,
		.suspect = true,
	};
	PUT(slot->state, BOARD_STATE_RUNNING);
	telemetry_tick(telemetry);
}

void telemetry_end(struct telemetry *telemetry)
{
	telemetry_tick(telemetry);
	publish_cpu_time(telemetry, telemetry->last_ns);
	PUT(telemetry->slot->ended_ns, telemetry->last_ns);
	atomic_store(&telemetry->slot->state, BOARD_STATE_DONE);
}

void telemetry_tick(struct telemetry *telemetry)
{
	tick_at(telemetry, board_now_ns());
}

void telemetry_tick_light(struct telemetry *telemetry)
{
	int64_t coarse = coarse_now_ns();
	if (coarse == telemetry->coarse_ns && ++telemetry->light_ticks < LIGHT_TICKS)
		return;
	telemetry->coarse_ns = coarse;
	telemetry->light_ticks = 0;
	telemetry_tick(telemetry);
}

void telemetry_restart(struct telemetry *telemetry)
{
	int64_t now = board_now_ns();
	telemetry->last_ns = now;
	tick_at(telemetry, now);
}

void telemetry_sleep(struct telemetry *telemetry, int64_t ns)
{
	struct board_worker *slot = telemetry->slot;
	telemetry_tick(telemetry);
	int64_t end = telemetry->last_ns + ns, now;
	PUT(slot->sampled_ns, end);
	/* Asleep on the stop word: the request to stop cannot slip in between a look and the sleep,
	 * as it could with nanosleep(2) and a signal. */
	while ((now = board_now_ns()) < end && !telemetry_stopped(telemetry))
		board_futex_wait(&slot->stop, 0, end);
	telemetry->last_ns = now < end ? now : end;
	tick_at(telemetry, now);
}
