/*
 * A sched_ext scheduler for the tests, with a fault of one's choice:
 *
 *     test_scheduler fifo|starve|stick|slow [--strict] [--exit-after SECONDS]
 *
 * --strict makes it "ktstr_strict", for which the kernel's watchdog waits 3 s in place of 30. Loads
 * it, stays until SIGINT or SIGTERM (exit code 0) or until the kernel throws it out (exit
 * code 1, with the kernel's reason and dump on standard error).
 */
#include "modes.h"
#include "test_scheduler.skel.h"

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct wish {
	int mode;
	double exit_after_s; /* 0: stays */
	bool strict;
};

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
	(void)number;
	asked = 1;
}

static int usage(void)
{
	fputs("usage: test_scheduler [fifo|starve|stick|slow [--strict] "
	      "[--exit-after SECONDS]]\n",
	      stderr);
	return 2;
}

static bool read_wish(struct wish *wish, int count, char **arguments)
{
	static const char *const modes[] = {"fifo", "starve", "stick", "slow"};
	*wish = (struct wish){.mode = count > 1 ? -1 : 0};
	for (int i = 0; count > 1 && i < 4; i++) {
		if (strcmp(arguments[1], modes[i]) == 0)
			wish->mode = i;
	}
	for (int i = 2; i < count; i++) {
		if (strcmp(arguments[i], "--strict") == 0)
			wish->strict = true;
		else if (strcmp(arguments[i], "--exit-after") == 0 && i + 1 < count)
			wish->exit_after_s = atof(arguments[++i]);
		else
			return false;
	}
	return wish->mode >= 0;
}

static void stay(const struct test_scheduler_bpf *scheduler, const struct wish *wish)
{
	const struct timespec turn = {.tv_nsec = 10000000};
	double waited_s = 0;
	while (!asked && !scheduler->bss->exit_kind &&
	       (!wish->exit_after_s || waited_s < wish->exit_after_s)) {
		nanosleep(&turn, NULL);
		waited_s += 0.01;
	}
}

static int run(struct test_scheduler_bpf *scheduler, const struct wish *wish)
{
	scheduler->rodata->mode = wish->mode;
	/* It makes queues, and that may sleep; this libbpf has no section name that says so. */
	bpf_program__set_flags(scheduler->progs.init, BPF_F_SLEEPABLE);
	if (test_scheduler_bpf__load(scheduler) != 0) {
		perror("test_scheduler: cannot load");
		return 3;
	}
	struct bpf_link *link = bpf_map__attach_struct_ops(wish->strict ? scheduler->maps.strict_ops
									: scheduler->maps.test_ops);
	if (!link) {
		perror("test_scheduler: cannot attach");
		return 3;
	}
	stay(scheduler, wish);
	int kind = scheduler->bss->exit_kind;
	bpf_link__destroy(link);
	if (!kind)
		return 0;
	fprintf(stderr, "%s\n%s (%s)\n", scheduler->bss->exit_dump, scheduler->bss->exit_reason,
		scheduler->bss->exit_message);
	return 1;
}

int main(int count, char **arguments)
{
	struct wish wish;
	struct sigaction action = {.sa_handler = on_signal};
	if (!read_wish(&wish, count, arguments))
		return usage();
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	struct test_scheduler_bpf *scheduler = test_scheduler_bpf__open();
	if (!scheduler) {
		perror("test_scheduler: cannot open");
		return 3;
	}
	int code = run(scheduler, &wish);
	test_scheduler_bpf__destroy(scheduler);
	return code;
}
