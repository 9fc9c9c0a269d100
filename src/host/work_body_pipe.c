/* Pairs that exchange messages through pipes. A message is the time at which it was sent. */
#include "host/work_body.h"

#include <poll.h>
#include <unistd.h>

void work_pipe_prepare(struct work_body *body)
{
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGUSR1);
	if (body->work.kind == WORK_pipe_io || body->work.kind == WORK_cache_pipe)
		sigprocmask(SIG_BLOCK, &stop, &body->unblocked);
}

/* Until there is a message; false when asked to stop. SIGUSR1 is let in by ppoll(2) alone, so it
 * cannot slip in between the look and the wait. */
static bool await_message(struct work_body *body, int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	while (!telemetry_stopped(body->telemetry)) {
		if (ppoll(&ready, 1, NULL, &body->unblocked) == 1)
			return true;
	}
	return false;
}

static void exchange(struct work_body *body)
{
	const int64_t member = body->team.member;
	int from = body->team.pipes[2 * member], to = body->team.pipes[2 * (1 - member) + 1];
	int64_t sent_ns = board_now_ns();
	/* There are never more than two messages on their way: it does not block. */
	if (write(to, &sent_ns, sizeof(sent_ns)) != sizeof(sent_ns))
		_exit(1);
	telemetry_tick(body->telemetry);
	if (!await_message(body, from))
		return;
	if (read(from, &sent_ns, sizeof(sent_ns)) != sizeof(sent_ns))
		_exit(1);
	work_woken(body, sent_ns);
}

void work_run_pipe_io(struct work_body *body)
{
	work_spin(body, body->work.params[0]);
	exchange(body);
}

void work_run_cache_pipe(struct work_body *body)
{
	work_touch(body, body->work.params[1], 64);
	exchange(body);
}
