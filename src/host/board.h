/*
 * board: the memory that the host and all its workers share. One reserve, made when the host
 * opens, so that a worker can follow its group to any group that comes later. Pages are taken from
 * the system only where something was written.
 *
 * The host writes the records of groups and the host's half of a worker's slot; a worker writes the
 * other half of its own slot and nothing else. Every field is read while it may be written, so all
 * are atomic; none needs a lock, since a worker that waited for one could starve under the very
 * scheduler that it tests. Times are raw CLOCK_MONOTONIC, in ns.
 */
#ifndef KTSTR_HOST_BOARD_H
#define KTSTR_HOST_BOARD_H

#include "base/cpuset.h"
#include "base/error.h"
#include "base/histogram.h"
#include "base/vector.h"

#include <stdatomic.h>

enum { BOARD_GROUPS = 8192, BOARD_WORKERS = 65536 };

/* Changes of CPU that are kept: the newest of them, in a ring. */
enum { BOARD_MOVES = 128 };

/* Nodes whose pages are told apart. */
enum { BOARD_NODES = 64 };

/* In place of the time of a change: it is going on right now. */
#define BOARD_IN_FLUX INT64_MAX

/* Where a group's tasks may run. `changed_ns` is the record's version, too: it is BOARD_IN_FLUX
 * while the set may disagree with the kernel, and never the same twice. */
struct board_group {
	_Atomic int64_t changed_ns;
	_Atomic uint64_t cpus[CPUSET_WORDS];
};

enum board_stage {
	BOARD_STAGE_NONE,
	BOARD_STAGE_ENTER, /* its cgroups */
	BOARD_STAGE_AFFINITY,
	BOARD_STAGE_POLICY,
	BOARD_STAGE_NICE,
	BOARD_STAGE_MEMPOLICY,
	BOARD_STAGE_SCRATCH, /* the file that its work writes */
	BOARD_STAGE_MEMORY,  /* of its work */
	BOARD_STAGE_SWEEP,   /* the right to nice values that its work wants */
};

enum board_state {
	BOARD_STATE_NEW,
	BOARD_STATE_REFUSED, /* the kernel refused `stage` with `refusal` */
	BOARD_STATE_READY,   /* placed, configured, blocked */
	BOARD_STATE_RUNNING,
	BOARD_STATE_DONE, /* its figures are final */
};

struct board_worker {
	/* Written by the host. */
	_Atomic uint32_t stop;       /* futex: the worker sleeps on it */
	_Atomic uint32_t group;      /* its group's record */
	_Atomic int64_t released_ns; /* 0: blocked */
	_Atomic int64_t moved_ns;    /* when it changed groups, or BOARD_IN_FLUX */
	_Atomic int64_t resumed_ns;  /* when it was thawed; no gap reaches back beyond that */

	/* Written by the worker. */
	_Atomic uint32_t state __attribute__((aligned(64)));
	_Atomic uint32_t stage;
	_Atomic int32_t refusal;
	_Atomic int32_t gap_cpu;
	_Atomic int32_t stray_cpu;
	_Atomic uint64_t units;
	_Atomic uint64_t iterations;
	_Atomic int64_t started_ns; /* its first tick after its release */
	_Atomic int64_t sampled_ns; /* the last tick; in a declared sleep, the end of it */
	_Atomic int64_t ended_ns;
	_Atomic int64_t cpu_ns;
	_Atomic int64_t gap_ns;
	_Atomic int64_t gap_at_ns;
	_Atomic int64_t stray_at_ns;
	_Atomic uint64_t migrations;
	_Atomic uint64_t strays;
	_Atomic uint64_t cpus[CPUSET_WORDS];
	/* From schedstat, since it first ran; -1: the kernel does not tell. */
	_Atomic int64_t delay_ns;
	_Atomic int64_t delay_most_ns;
	_Atomic int64_t delay_most_at_ns; /* since its release */
	_Atomic int64_t slices;
	_Atomic uint64_t waits; /* how many are in its histogram */
	_Atomic int64_t wake_most_ns;
	_Atomic int64_t wake_most_at_ns;
	/* Only where the machine has several memory nodes; -1: not told. */
	_Atomic int64_t pages_moved;
	_Atomic int64_t pages;
} __attribute__((aligned(64)));

struct board_move {
	_Atomic int64_t at_ns; /* since its release */
	_Atomic int32_t from_cpu;
	_Atomic int32_t to_cpu;
};

/* What is too large to lie among what is written at every tick. Of most workers no page of this is
 * ever touched. */
struct board_detail {
	_Atomic uint64_t wakes[HISTOGRAM_BUCKETS]; /* wake latencies: histogram.h */
	struct board_move moves[BOARD_MOVES];      /* move n is at n % BOARD_MOVES */
	_Atomic uint64_t node_pages[BOARD_NODES];
} __attribute__((aligned(64)));

struct board_shared {
	_Atomic uint32_t news; /* futex of the blocked: counted up when one of them has to look */
	_Atomic uint32_t waiting; /* workers of the batch at hand that are not ready yet */
	_Atomic uint32_t placed;  /* futex of the host: 1 when `waiting` came to 0 */
	struct board_group groups[BOARD_GROUPS];
	struct board_worker workers[BOARD_WORKERS];
	struct board_detail details[BOARD_WORKERS];
};

struct board_numbers {
	VECTOR(unsigned) given_back;
	unsigned taken;
};

struct board {
	struct board_shared *shared;
	struct board_numbers groups;
	struct board_numbers workers;
};

bool board_open(struct board *board, struct error *error);
void board_close(struct board *board);

/* A zeroed slot of each kind; refused beyond the limit. */
bool board_take_group(struct board *board, const struct cpuset *cpus, unsigned *number,
		      struct error *error);
void board_give_group(struct board *board, unsigned number);
bool board_take_worker(struct board *board, unsigned *number, struct error *error);
void board_give_worker(struct board *board, unsigned number);

/* Bracket a change that the kernel is asked for between the two. */
void board_group_unsettle(struct board *board, unsigned number);
void board_group_settle(struct board *board, unsigned number, const struct cpuset *cpus);

/* Raw CLOCK_MONOTONIC. */
int64_t board_now_ns(void);

/* Until `deadline_ns` (INT64_MAX: for ever) or a wake, as long as *word is `value`; may also come
 * back without reason. */
void board_futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns);
void board_futex_wake_all(_Atomic uint32_t *word);

#endif
