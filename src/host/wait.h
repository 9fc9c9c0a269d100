/*
 * wait: how a real host waits for a time, a signal that asks the run to end, or the end of a child.
 * Knows signals and signalfd; no handler ever runs.
 *
 * From open to close SIGINT, SIGTERM, SIGHUP and SIGCHLD are blocked. Of the first three those that
 * were ignored stay ignored (nohup, a shell's background job). Children made meanwhile inherit the
 * mask and have to undo it.
 */
#ifndef KTSTR_HOST_WAIT_H
#define KTSTR_HOST_WAIT_H

#include "base/error.h"
#include "base/vector.h"
#include "host/rank.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>

enum wait_event { WAIT_TIME, WAIT_SIGNAL, WAIT_CHILD, WAIT_INPUT };

struct waiter {
	int fd; /* -1: closed */
	struct rank rank; /* all 0: that of any process */
	VECTOR(struct pollfd) inputs; /* other files to wait for */
	/* So long after its time the last wait ended that did so by time, 0 where that may be the
	 * doing of other tasks: this one was not ahead of them. */
	int64_t late_ns;
	sigset_t mask_before;
	struct sigaction child_before;
};

bool waiter_open(struct waiter *waiter, struct error *error);
void waiter_close(struct waiter *waiter);

/* Until `deadline_ns` of raw CLOCK_MONOTONIC, or until something happens; *signal says which one
 * came. WAIT_CHILD may stand for several children, WAIT_INPUT for several of the inputs. */
enum wait_event waiter_wait(struct waiter *waiter, int64_t deadline_ns, int *signal);

#endif
