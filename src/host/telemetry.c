#include "host/telemetry.h"

#include "host/pages.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static const int64_t PUBLISH_NS = 50000000; /* between two looks at the CPU time */
static const int64_t LATE_NS = 1000000;     /* a tick so late is worth a look at once */
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

static void note_move(struct telemetry *telemetry, int64_t now, int cpu)
{
	struct board_worker *slot = telemetry->slot;
	uint64_t number = GET(slot->migrations);
	struct board_move *move = &telemetry->detail->moves[number % BOARD_MOVES];
	PUT(move->at_ns, now - GET(slot->released_ns));
	PUT(move->from_cpu, telemetry->cpu);
	PUT(move->to_cpu, cpu);
	PUT(slot->migrations, number + 1);
}

static void note_cpu(struct telemetry *telemetry, int64_t now, int cpu)
{
	struct board_worker *slot = telemetry->slot;
	if (telemetry->cpu >= 0)
		note_move(telemetry, now, cpu);
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

/* "time on the CPU, time waiting for one, slices": proc(5). False where nothing is counted. */
static bool read_schedstat(const struct telemetry *telemetry, int64_t *delay_ns, int64_t *slices)
{
	char line[96], *end;
	if (telemetry->schedstat_fd < 0)
		return false;
	ssize_t got = pread(telemetry->schedstat_fd, line, sizeof(line) - 1, 0);
	line[got > 0 ? got : 0] = '\0';
	strtoll(line, &end, 10);
	*delay_ns = strtoll(end, &end, 10);
	*slices = strtoll(end, NULL, 10);
	return *slices > 0;
}

static void start_schedstat(struct telemetry *telemetry)
{
	telemetry->schedstat_fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	bool told = read_schedstat(telemetry, &telemetry->delay_start_ns, &telemetry->slices_start);
	if (!told && telemetry->schedstat_fd >= 0) {
		close(telemetry->schedstat_fd);
		telemetry->schedstat_fd = -1;
	}
	PUT(telemetry->slot->delay_ns, told ? 0 : -1);
}

static void publish_delay(struct telemetry *telemetry, int64_t now)
{
	struct board_worker *slot = telemetry->slot;
	int64_t delay, slices;
	if (!read_schedstat(telemetry, &delay, &slices))
		return;
	delay -= telemetry->delay_start_ns;
	int64_t most = delay - telemetry->delay_ns;
	if (most > telemetry->stretch_ns)
		most = telemetry->stretch_ns;
	if (most > GET(slot->delay_most_ns)) {
		PUT(slot->delay_most_ns, most);
		PUT(slot->delay_most_at_ns, now - GET(slot->released_ns));
	}
	telemetry->delay_ns = delay;
	telemetry->stretch_ns = 0;
	PUT(slot->delay_ns, delay);
	PUT(slot->slices, slices - telemetry->slices_start);
}

static __attribute__((noinline)) void publish(struct telemetry *telemetry, int64_t now)
{
	telemetry->publish_ns = now + PUBLISH_NS;
	PUT(telemetry->slot->cpu_ns, cpu_time_ns() - telemetry->cpu_start_ns);
	/* Read last: the time on a CPU is never more than the time since the release. */
	PUT(telemetry->slot->sampled_ns, board_now_ns());
	publish_delay(telemetry, now);
}

static void publish_pages(struct telemetry *telemetry)
{
	struct board_worker *slot = telemetry->slot;
	uint64_t counts[BOARD_NODES] = {0};
	if (telemetry->pages_moved_start < 0)
		return;
	PUT(slot->pages_moved, pages_moved() - telemetry->pages_moved_start);
	int64_t sum = pages_count(counts, BOARD_NODES);
	for (int node = 0; node < BOARD_NODES && sum > 0; node++)
		PUT(telemetry->detail->node_pages[node], counts[node]);
	PUT(slot->pages, sum);
}

static void note_wake(struct telemetry *telemetry, int64_t now, int64_t intended)
{
	struct board_worker *slot = telemetry->slot;
	int64_t latency = now - later(intended, GET(slot->resumed_ns));
	if (latency < 0)
		latency = 0;
	_Atomic uint64_t *bucket = &telemetry->detail->wakes[histogram_bucket(latency)];
	PUT(*bucket, GET(*bucket) + 1);
	PUT(slot->waits, GET(slot->waits) + 1);
	if (latency <= GET(slot->wake_most_ns))
		return;
	PUT(slot->wake_most_ns, latency);
	PUT(slot->wake_most_at_ns, now - GET(slot->released_ns));
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
	int64_t late = now - telemetry->last_ns;
	if (late > telemetry->longest_ns)
		note_gap(telemetry, now, cpu);
	if (cpu != telemetry->cpu) {
		note_cpu(telemetry, now, cpu);
		check_place(telemetry, now, cpu);
	} else if (!place_is_old_news(telemetry)) {
		check_place(telemetry, now, cpu);
	}
	telemetry->stretch_ns = later(telemetry->stretch_ns, now - telemetry->ticked_ns);
	telemetry->last_ns = telemetry->ticked_ns = now;
	PUT(slot->sampled_ns, now);
	PUT(slot->units, telemetry->units);
	PUT(slot->iterations, telemetry->iterations);
	if (now >= telemetry->publish_ns || late > LATE_NS)
		publish(telemetry, now);
}

void telemetry_start(struct telemetry *telemetry, struct board_shared *board,
		     struct board_worker *slot)
{
	*telemetry = (struct telemetry){
		.board = board,
		.slot = slot,
		.detail = &board->details[slot - board->workers],
		.last_ns = GET(slot->released_ns),
		.ticked_ns = GET(slot->released_ns),
		.cpu_start_ns = cpu_time_ns(),
		.cpu = -1,
		.suspect = true,
		.pages_moved_start = pages_have_nodes() ? pages_moved() : -1,
	};
	/* By default timers may come 50 us late, on purpose: that would look like a late wake. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	start_schedstat(telemetry);
	PUT(slot->pages_moved, -1);
	PUT(slot->pages, -1);
	PUT(slot->state, BOARD_STATE_RUNNING);
	telemetry_tick(telemetry);
	PUT(slot->started_ns, telemetry->last_ns);
}

void telemetry_end(struct telemetry *telemetry)
{
	telemetry_tick(telemetry);
	publish(telemetry, telemetry->last_ns);
	PUT(telemetry->slot->ended_ns, GET(telemetry->slot->sampled_ns));
	publish_pages(telemetry);
	if (telemetry->schedstat_fd >= 0)
		close(telemetry->schedstat_fd);
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

void telemetry_wake(struct telemetry *telemetry, int64_t intended_ns)
{
	int64_t now = board_now_ns();
	note_wake(telemetry, now, intended_ns);
	/* It may have been due before the wait began. */
	telemetry->last_ns = later(telemetry->last_ns, intended_ns < now ? intended_ns : now);
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
	if (now >= end)
		note_wake(telemetry, now, end);
	telemetry->last_ns = now < end ? now : end;
	tick_at(telemetry, now);
}
