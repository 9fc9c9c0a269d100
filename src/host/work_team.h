/*
 * work_team: what workers that belong together share: futex words in memory and, for a pair, two
 * pipes. Made by the host before they are forked, inherited by them and by nobody else; when the
 * last of them has ended it is gone.
 *
 * Every member keeps both ends of both pipes open, so that a partner that ends makes the other one
 * wait, and neither fail nor run wild.
 */
#ifndef KTSTR_HOST_WORK_TEAM_H
#define KTSTR_HOST_WORK_TEAM_H

#include "base/error.h"
#include "host/work.h"

#include <stdatomic.h>

enum { TEAM_PIPE_FDS = 4 };

struct team_member {
	/* Futex of this member: 1 while it waits (or, of a pair, has to wait) to be woken. */
	_Atomic uint32_t waits;
	/* When it was woken first since it began to wait, on the board's clock; 0: not yet. */
	_Atomic int64_t woken_ns;
} __attribute__((aligned(64)));

struct team_shared {
	/* Futex of all: how often they were woken together; or 1 while their lock is taken. */
	_Atomic uint32_t word __attribute__((aligned(64)));
	_Atomic uint32_t next; /* member at which the search for a waiting one begins */
	struct team_member members[];
};

/* One worker's place in its team. */
struct team {
	struct team_shared *shared; /* NULL: its work needs none */
	int64_t size;
	int64_t member;           /* from 0 */
	int pipes[TEAM_PIPE_FDS]; /* read and write end towards member 0, the same towards 1; -1 */
};

/* The teams of one spawn, in the host. */
struct team_set {
	char *memory; /* NULL: none is needed */
	size_t bytes;
	size_t stride;
	int64_t size; /* of a team */
	bool piped;
	int pipes[TEAM_PIPE_FDS]; /* of the team that is being forked, -1 */
};

bool team_set_open(struct team_set *set, const struct work *work, int64_t count,
		   struct error *error);
/* The place of worker `index`; they are asked for in order. */
bool team_set_place(struct team_set *set, int64_t index, struct team *team, struct error *error);
void team_set_close(struct team_set *set);

#endif
