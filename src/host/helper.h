/*
 * helper: a process forked from this one that runs a function on our behalf, with a socket between
 * the two: what crashes or hangs there does neither here. Knows processes and sockets, and nothing
 * of what is said.
 *
 * The helper is in a process group of its own, dies with this process (PR_SET_PDEATHSIG), reads
 * nothing, and what it prints goes to standard error. Between the two stands a keeper, to whom
 * comes whatever the helper started and left behind, in whichever session it is, also when the
 * helper crashed. helper_end() kills all of that.
 */
#ifndef KTSTR_HOST_HELPER_H
#define KTSTR_HOST_HELPER_H

#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

struct helper {
	pid_t pid;     /* of its keeper, 0: none */
	int fd;        /* our end of the socket */
	int status_fd; /* tells how it ended */
};

/* Runs in the helper; when it returns the helper ends, with status 0. */
typedef void helper_body(int fd, void *context);

/* The keeper is made, and waits: as yet nothing descends from it, and it can be put where its
 * children are to be. A message to the helper may wait for `patience_ns` to be taken; then
 * helper_send() gives up. */
bool helper_start(struct helper *helper, helper_body *body, void *context, int64_t patience_ns,
		  struct error *error);

/* Now the helper runs. */
void helper_begin(const struct helper *helper);

/* Kill it, with all that descends from it, and take leave. The status of wait(2) goes to *status,
 * if that is not NULL; `patience_ns` is how long it may take to end by itself first. */
void helper_end(struct helper *helper, int64_t patience_ns, int *status);

/* Messages: a length and so many bytes. Both wait; false when the other side is gone, or (errno is
 * EAGAIN) does not read. */
bool helper_send(int fd, const struct text *message);
bool helper_receive(int fd, struct text *message);

enum helper_news { HELPER_NOTHING, HELPER_MESSAGE, HELPER_GONE, HELPER_NONSENSE };

/* Read what there is without waiting; `pending` keeps it between calls. A whole message is moved to
 * `message`. */
enum helper_news helper_read(const struct helper *helper, struct text *pending,
			     struct text *message);

/* Is this task a child of ours, or a child's child? */
bool helper_is_ours(pid_t task);

#endif
