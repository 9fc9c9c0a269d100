/*
 * worker: the pool of worker processes of a real host: makes them, releases them, notices their
 * deaths, stops them together, reads their figures. Knows processes and the board; of groups it
 * knows only the record that a worker's slot points to.
 *
 * The pool owns the processes and the board. Workers are numbered from 0 and keep their numbers.
 * Every worker is in a process group of its own, and dies with the host (PR_SET_PDEATHSIG).
 */
#ifndef KTSTR_HOST_WORKER_H
#define KTSTR_HOST_WORKER_H

#include "host/board.h"
#include "host/host.h"
#include "host/rank.h"
#include "host/worker_child.h"

enum worker_phase {
	WORKER_BLOCKED,
	WORKER_RUNNING,
	WORKER_DEAD,     /* ended by itself and reaped; its report is still to be made */
	WORKER_REPORTED, /* gone; its slot is given back */
};

struct worker {
	pid_t pid;
	enum worker_phase phase;
	unsigned slot;           /* on the board */
	int status;              /* of wait(2), once dead */
	bool told;               /* that it died */
	bool stuck;              /* it did not end in time, and was killed */
	int last_group;          /* where it was at its end; the host keeps it */
	bool realtime;           /* fifo or rr */
	struct cpuset *affinity; /* its own, NULL: none */
	uint64_t home_nodes;     /* bit per memory node of its group's CPUs; likewise */
	struct worker_report *report;
};

struct worker_pool {
	struct board board;
	struct rank *rank; /* of the process; the host sets it */
	int64_t zero_ns;   /* board time at which the host's clock is 0; the host sets it */
	VECTOR(struct worker) workers;
	VECTOR(int) blocked;
	VECTOR(int) dead; /* not told yet, oldest first */
};

bool worker_pool_open(struct worker_pool *pool, struct error *error);
/* Kill whatever still lives; no reports. */
void worker_pool_kill(struct worker_pool *pool);
/* Kills, too, and gives back everything. */
void worker_pool_close(struct worker_pool *pool);

/* Fork, place and configure; they are ready and blocked when this returns. On a refusal all of the
 * batch are gone again. */
bool worker_pool_spawn(struct worker_pool *pool, const struct host_spawn *spawn,
		       const struct worker_place *place, int *first, struct error *error);
void worker_pool_release(struct worker_pool *pool);

/* Ask them all to end, wait for all until one deadline, kill the rest and whatever they left in
 * their process groups, and make the reports. Those reported already are skipped. */
void worker_pool_stop(struct worker_pool *pool, const int *workers, size_t count);

/* Reap those that ended by themselves. */
void worker_pool_look(struct worker_pool *pool);
/* One that nobody was told of yet, -1 if there is none. */
int worker_pool_next_dead(struct worker_pool *pool);

struct worker *worker_pool_get(struct worker_pool *pool, int worker);
struct board_worker *worker_pool_slot(struct worker_pool *pool, int worker);
bool worker_alive(const struct worker *worker);

/* Bracket a change of group that the kernel is asked for between the two. */
void worker_pool_unsettle(struct worker_pool *pool, int worker);
void worker_pool_settle(struct worker_pool *pool, int worker, unsigned record);

#endif
