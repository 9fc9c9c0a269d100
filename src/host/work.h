/*
 * work: the table of kinds of work (work.def) as data, and what a spawn asks a host for.
 */
#ifndef KTSTR_HOST_WORK_H
#define KTSTR_HOST_WORK_H

#include "base/cpuset.h"

enum work_kind {
#define WORK(name, ...) WORK_##name,
#include "host/work.def"
#undef WORK
	WORK_COUNT
};

enum work_param_kind { WORK_PARAM_INT, WORK_PARAM_DURATION, WORK_PARAM_SIZE };

enum { WORK_PARAMS_MAX = 4 };

struct work_param {
	const char *name; /* NULL ends the list */
	enum work_param_kind kind;
	int64_t initial;
	int64_t least;
	int64_t most;
	const char *doc;
};

struct work_info {
	const char *name;
	int members;
	const char *member_param; /* "": none */
	const char *doc;
	struct work_param params[WORK_PARAMS_MAX + 1];
};

/* The last one stands for registered C. */
extern const struct work_info work_table[WORK_COUNT + 1];

/* WORK_COUNT if there is none of this name. */
enum work_kind work_find(const char *name);

enum phase_kind {
#define PHASE(name, doc) PHASE_##name,
#include "host/phases.def"
#undef PHASE
	PHASE_COUNT
};

struct phase_info {
	const char *name;
	const char *doc;
};

extern const struct phase_info phase_table[PHASE_COUNT];

/* PHASE_COUNT if there is none of this name. */
enum phase_kind phase_find(const char *name);

/* The most phases of a sequence, and how long one may last. */
enum { WORK_PHASES_MAX = 16 };
#define WORK_PHASE_LEAST_NS INT64_C(1000)
#define WORK_PHASE_MOST_NS  INT64_C(3600000000000)

struct phase {
	enum phase_kind kind;
	int64_t length_ns;
};

struct telemetry;

/* A body that is registered C. It runs in the worker's process, and comes back when the worker is
 * to stop, or after any piece of its work: it is then called again. */
struct foreign_work {
	void (*run)(const struct foreign_work *, struct telemetry *, const int64_t *params);
	const char *name;
};

/* One kind with its parameters filled in, in the order of the table. */
struct work {
	enum work_kind kind; /* WORK_COUNT: registered C, by the name `foreign` */
	const char *foreign;
	const struct foreign_work *body; /* of that; NULL on paper */
	int64_t params[WORK_PARAMS_MAX];
	int phase_count; /* of a sequence; else 0 */
	struct phase phases[WORK_PHASES_MAX];
};

/* A sequence has no phases yet. */
struct work work_default(enum work_kind kind);
const char *work_name(const struct work *work);

/* 0: the same kind with the same parameters and phases; else an order. */
int work_compare(const struct work *a, const struct work *b);

/* How many workers belong together, at least 1. */
int64_t work_members(const struct work *work);
/* Which parameter that depends on, -1: none. */
int work_member_param(enum work_kind kind);
/* Does this member of its group (counted from 0) do something else than the rest? */
bool work_is_messenger(const struct work *work, int64_t member);

/* As the language writes them: "50ms", "64KiB", "4"; "bursty(50ms, 100ms)"; "1 + fan_out". */
void work_put_param(struct text *text, enum work_param_kind kind, int64_t value);
void work_put(struct text *text, const struct work *work);
void work_put_members(struct text *text, enum work_kind kind);

enum policy_kind {
	POLICY_NORMAL,
	POLICY_BATCH,
	POLICY_IDLE,
	POLICY_FIFO,
	POLICY_RR,
	POLICY_DEADLINE,
};

struct policy {
	enum policy_kind kind;
	int priority;       /* fifo, rr: 1 to 99 */
	int64_t runtime_ns; /* deadline */
	int64_t period_ns;  /* deadline; the deadline is the period */
};

/* Where memory comes from: set_mempolicy(2). */
enum mempolicy_kind {
	MEMPOLICY_DEFAULT, /* as the kernel does by itself */
	MEMPOLICY_BIND,
	MEMPOLICY_PREFERRED,
	MEMPOLICY_INTERLEAVE,
	MEMPOLICY_LOCAL,
	MEMPOLICY_PREFERRED_MANY,
	MEMPOLICY_WEIGHTED_INTERLEAVE,
};

/* The kernel's own bits, so that they can be passed on. */
enum mempolicy_flag {
	MEMPOLICY_NUMA_BALANCING = 1 << 13,
	MEMPOLICY_RELATIVE = 1 << 14,
	MEMPOLICY_STATIC = 1 << 15,
};

/* The kernel knows no node of a higher number. */
enum { MEMPOLICY_NODES = 1024 };

struct mempolicy {
	enum mempolicy_kind kind;
	unsigned flags;
	struct cpuset nodes; /* their numbers */
};

/* What is wrong with flags for this kind of policy, on every machine; NULL: nothing. */
const char *mempolicy_fault(enum mempolicy_kind kind, unsigned flags);

#endif
