/*
 * A bare probe of wake latency, of the shape of `bursty`: compute, sleep, look how late it is.
 * Knows nothing of ktstr; keeps every sample as it is.
 *
 *     wake_probe BURST_US SLEEP_US SECONDS
 *
 * Prints how many wake-ups there were, and the median and 99th percentile of their latency in ns.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t spin_until(int64_t end_ns)
{
	int64_t now;
	do {
		for (volatile int i = 0; i < 256; i++)
			continue;
		now = now_ns();
	} while (now < end_ns);
	return now;
}

static void sleep_until(int64_t end_ns)
{
	struct timespec end = {.tv_sec = end_ns / 1000000000, .tv_nsec = end_ns % 1000000000};
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
		continue;
}

static int compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return a < b ? -1 : a > b;
}

int main(int count, char **arguments)
{
	if (count != 4)
		return 2;
	int64_t burst_ns = strtoll(arguments[1], NULL, 10) * 1000;
	int64_t sleep_ns = strtoll(arguments[2], NULL, 10) * 1000;
	int64_t end_ns = now_ns() + strtoll(arguments[3], NULL, 10) * 1000000000;
	size_t taken = 0, most = 1 << 20;
	int64_t *samples = malloc(most * sizeof(*samples));
	if (!samples)
		return 1;
	/* By default the kernel may be 50 us late on purpose. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	for (int64_t now = now_ns(); now < end_ns && taken < most; taken++) {
		int64_t wake = spin_until(now + burst_ns) + sleep_ns;
		sleep_until(wake);
		now = now_ns();
		samples[taken] = now - wake;
	}
	qsort(samples, taken, sizeof(*samples), compare);
	printf("%zu %lld %lld\n", taken, (long long)samples[taken / 2],
	       (long long)samples[taken * 99 / 100]);
	free(samples);
	return 0;
}
