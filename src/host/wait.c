#include "host/wait.h"

#include "host/board.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool waiter_open(struct waiter *waiter, struct error *error)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct sigaction action;
		/* A blocked signal is kept even when it is ignored, so the mask must leave it out.
		 */
		if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&mask, ends[i]);
	}
	waiter->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (waiter->fd < 0)
		return error_set_errno(error, errno, "signalfd was refused");
	/* With SIGCHLD ignored, as a parent may hand it down, the kernel would reap for us:
	 * wait(2). */
	struct sigaction by_default = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	sigaction(SIGCHLD, &by_default, &waiter->child_before);
	sigprocmask(SIG_BLOCK, &mask, &waiter->mask_before);
	return true;
}

void waiter_close(struct waiter *waiter)
{
	VECTOR_FREE(&waiter->inputs);
	if (waiter->fd < 0)
		return;
	rank_close(&waiter->rank);
	close(waiter->fd);
	waiter->fd = -1;
	sigaction(SIGCHLD, &waiter->child_before, NULL);
	sigprocmask(SIG_SETMASK, &waiter->mask_before, NULL);
}

/* All signals that are there; one that asks to end outweighs a child. */
static enum wait_event read_signals(struct waiter *waiter, int *signal)
{
	enum wait_event event = WAIT_TIME;
	struct signalfd_siginfo info;
	while (event != WAIT_SIGNAL && read(waiter->fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			event = WAIT_CHILD;
			continue;
		}
		*signal = (int)info.ssi_signo;
		event = WAIT_SIGNAL;
	}
	return event;
}

enum wait_event waiter_wait(struct waiter *waiter, int64_t deadline_ns, int *signal)
{
	waiter->late_ns = 0;
	for (;;) {
		enum wait_event event = read_signals(waiter, signal);
		int64_t left = deadline_ns - board_now_ns();
		if (event != WAIT_TIME)
			return event;
		rank_rest(&waiter->rank, left > 0 ? left : 0);
		if (left <= 0)
			return event;
		struct timespec timeout = {.tv_sec = left / 1000000000,
					   .tv_nsec = left % 1000000000};
		/* The signals are the last of the inputs, for the time of this call. */
		size_t inputs = waiter->inputs.length;
		VECTOR_PUSH(&waiter->inputs,
			    (struct pollfd){.fd = waiter->fd, .events = POLLIN});
		int ready = ppoll(waiter->inputs.data, inputs + 1, &timeout, NULL);
		int64_t late = board_now_ns() - deadline_ns;
		waiter->late_ns = ready == 0 && waiter->rank.raised && late > 0 ? late : 0;
		bool signalled = ready > 0 && waiter->inputs.data[inputs].revents;
		waiter->inputs.length = inputs;
		if (ready > 0 && !signalled)
			return WAIT_INPUT;
	}
}
