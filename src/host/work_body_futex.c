/* Groups that wake each other through futexes. */
#include "host/work_body.h"

#include <linux/futex.h>
#include <math.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MESSENGER_UNITS = 256 }; /* after a wake */

static void wake(_Atomic uint32_t *word, int64_t count)
{
	syscall(SYS_futex, word, FUTEX_WAKE, (int)count, NULL, NULL, 0);
}

static struct team_member *own_member(struct work_body *body)
{
	return &body->team.shared->members[body->team.member];
}

void work_run_futex_ping_pong(struct work_body *body)
{
	struct team_shared *shared = body->team.shared;
	uint32_t me = (uint32_t)body->team.member, partner = 1 - me;
	/* The word says whose turn it is. */
	if (atomic_load(&shared->word) != me) {
		if (!work_wait(body, &shared->word, partner))
			return;
		work_woken(body, atomic_load(&own_member(body)->woken_ns));
	}
	work_spin(body, body->work.params[0]);
	atomic_store(&shared->members[partner].woken_ns, board_now_ns());
	atomic_store(&shared->word, partner);
	wake(&shared->word, 1);
	telemetry_tick(body->telemetry);
}

/* Wake all receivers of a messenger, and tell those that wait when that was. */
static void wake_receivers(struct work_body *body)
{
	struct team_shared *shared = body->team.shared;
	int64_t now = board_now_ns();
	for (int64_t i = 1; i < body->team.size; i++) {
		struct team_member *receiver = &shared->members[i];
		if (!atomic_load(&receiver->waits))
			continue;
		atomic_store(&receiver->woken_ns, now);
		atomic_store(&receiver->waits, 0);
	}
	atomic_fetch_add(&shared->word, 1);
	wake(&shared->word, body->team.size - 1);
	work_spin(body, MESSENGER_UNITS);
}

/* Wait for the messenger's next wake; false when asked to stop. */
static bool receive(struct work_body *body)
{
	struct team_member *own = own_member(body);
	_Atomic uint32_t *word = &body->team.shared->word;
	telemetry_tick(body->telemetry);
	atomic_store(&own->woken_ns, 0);
	atomic_store(&own->waits, 1);
	if (!work_wait(body, word, atomic_load(word)))
		return false;
	work_woken(body, atomic_load(&own->woken_ns));
	return true;
}

void work_run_futex_fan_out(struct work_body *body)
{
	work_spin(body, body->work.params[1]);
	if (work_is_messenger(&body->work, body->team.member))
		wake_receivers(body);
	else
		receive(body);
}

/* c = a * b, of n * n; false when asked to stop in between. */
static bool multiply(struct work_body *body, size_t n)
{
	const uint64_t *a = (const uint64_t *)(const void *)body->memory, *b = a + n * n;
	uint64_t *c = (uint64_t *)(void *)body->memory + 2 * n * n;
	for (size_t row = 0; row < n; row++) {
		for (size_t column = 0; column < n; column++) {
			uint64_t sum = 0;
			for (size_t i = 0; i < n; i++)
				sum += a[row * n + i] * b[i * n + column];
			c[row * n + column] = sum;
		}
		/* The result is really computed. */
		__asm__ volatile("" ::"r"(c) : "memory");
		telemetry_tick(body->telemetry);
		if (telemetry_stopped(body->telemetry))
			return false;
	}
	body->telemetry->units++;
	return true;
}

void work_run_fan_out_compute(struct work_body *body)
{
	int64_t operations = body->work.params[2], sleep = body->work.params[3];
	if (work_is_messenger(&body->work, body->team.member)) {
		wake_receivers(body);
		return;
	}
	if (!receive(body))
		return;
	if (sleep)
		telemetry_sleep(body->telemetry, sleep);
	size_t n = (size_t)sqrt((double)body->bytes / (3 * sizeof(uint64_t)));
	while (operations-- > 0 && multiply(body, n))
		;
}

static bool try_lock(struct team_shared *shared)
{
	uint32_t open = 0;
	return atomic_compare_exchange_strong(&shared->word, &open, 1);
}

/* Those that wait each have a futex of their own, so that the one which releases the lock knows
 * whom it wakes, and can tell it when. A waiter says that it waits before it looks at the lock
 * again, and the lock is opened before its releaser looks for waiters: one of the two sees the
 * other. One that was killed while it held the lock never opens it. False when asked to stop. */
static bool lock(struct work_body *body)
{
	struct team_shared *shared = body->team.shared;
	struct team_member *own = own_member(body);
	bool mine = try_lock(shared);
	while (!mine && !telemetry_stopped(body->telemetry)) {
		telemetry_tick(body->telemetry);
		atomic_store(&own->woken_ns, 0);
		atomic_store(&own->waits, 1);
		mine = try_lock(shared);
		if (mine)
			break;
		if (work_wait_a_while(body, &own->waits, 1))
			work_woken(body, atomic_load(&own->woken_ns));
		mine = try_lock(shared);
	}
	atomic_store(&own->waits, 0);
	return mine;
}

static void unlock(struct work_body *body)
{
	struct team_shared *shared = body->team.shared;
	uint32_t size = (uint32_t)body->team.size;
	uint32_t first = atomic_load(&shared->next);
	atomic_store(&shared->word, 0);
	for (uint32_t i = 0; i < size; i++) {
		uint32_t at = (first + i) % size, waiting = 1;
		struct team_member *member = &shared->members[at];
		if (!atomic_load(&member->waits))
			continue;
		atomic_store(&member->woken_ns, board_now_ns());
		if (!atomic_compare_exchange_strong(&member->waits, &waiting, 0))
			continue;
		atomic_store(&shared->next, at + 1);
		wake(&member->waits, 1);
		return;
	}
}

void work_run_mutex_contention(struct work_body *body)
{
	int64_t hold = body->work.params[1], work = body->work.params[2];
	work_spin(body, work);
	if (!lock(body))
		return;
	work_spin(body, hold);
	unlock(body);
	telemetry_tick(body->telemetry);
}
