/*
 * work: the table of kinds of work (work.def) as data, and what a spawn asks a host for.
 */
#ifndef KTSTR_HOST_WORK_H
#define KTSTR_HOST_WORK_H

#include "base/cpuset.h"

enum work_kind {
#define WORK(name, group, doc, ...) WORK_##name,
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
	int group;
	const char *doc;
	struct work_param params[WORK_PARAMS_MAX + 1];
};

/* The last one stands for registered C. */
extern const struct work_info work_table[WORK_COUNT + 1];

/* WORK_COUNT if there is none of this name. */
enum work_kind work_find(const char *name);

/* One kind with its parameters filled in, in the order of the table. */
struct work {
	enum work_kind kind; /* WORK_COUNT: registered C, by the name `foreign` */
	const char *foreign;
	int64_t params[WORK_PARAMS_MAX];
};

struct work work_default(enum work_kind kind);
const char *work_name(const struct work *work);

/* A parameter's value as the language writes it: "50ms", "64KiB", "4". */
void work_put_param(struct text *text, enum work_param_kind kind, int64_t value);

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

#endif
