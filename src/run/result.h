/*
 * result: what a run found out, as plain data. Every report is made from this and from nothing
 * else, so exit code and reports cannot differ. Strings live in the result's own arena.
 */
#ifndef KTSTR_RUN_RESULT_H
#define KTSTR_RUN_RESULT_H

#include "base/cpuset.h"
#include "base/histogram.h"
#include "base/vector.h"
#include "host/host.h"
#include "source/source.h"

/* In rising order of what wins when a scenario, or a run, has several. */
enum status {
	STATUS_PASS,
	STATUS_SKIP,
	STATUS_INCONCLUSIVE,
	STATUS_TIMEOUT,
	STATUS_BROKEN,
	STATUS_FAIL,
	STATUS_COUNT
};

/* "PASS", … */
const char *status_name(enum status status);

/* Why a scenario has its status; one entry per finding. */
struct reason {
	enum status status;
	const char *check;   /* a metric's name, "expect", "fail", "skip", "needs", "run", … */
	const char *message; /* a whole sentence, with the figures */
	struct span span;    /* of the line it comes from */
	struct span call;    /* of the scenario's own line that led there, SPAN_NONE: the same */
	const char *cgroup;  /* "" where it is about none */
	int worker;          /* its place in its group, -1 where it is about none */
	int64_t at_ns;       /* when, since the scenario's start; -1: at no moment */
	bool has_figures;
	double observed;
	double limit;
	int64_t sustained_ns; /* so long it was exceeded at least; 0: a moment is enough */
	const char *unit;     /* "ns", "fraction", "number", "count", "" */
	const char *layer;    /* that set the limit: "default", "scenario", …; "" without one */
	const char *note;     /* what else helps to know, "" for nothing */
};

struct step_result {
	const char *name;
	int64_t start_ns; /* since the scenario's start */
	int64_t end_ns;
};

/* Workers that were let go at the same moment. */
struct release_result {
	int64_t t_ns; /* since the scenario's start */
	uint64_t workers;
	int64_t first_ns; /* from the release to the first tick of the first of them to run, … */
	int64_t last_ns;  /* … and of the last */
};

struct worker_result {
	int64_t pid;
	uint64_t units;
	uint64_t iterations;
	int64_t wall_ns;
	int64_t cpu_ns;
	int64_t gap_ns;
	int64_t delay_ns; /* waiting for a CPU; -1: not told */
	int64_t slices;
	uint64_t waits; /* in its group's histogram */
	uint64_t migrations;
	const struct worker_move *moves; /* the newest of them; times since its release */
	size_t move_count;
	int64_t released_ns; /* since the scenario's start */
	int64_t start_ns;    /* its first tick, since its release; -1: it never got there */
	uint64_t strays;
	const char *cpus; /* list form */
	bool complete;    /* ended when it was asked to */
};

/* Workers that were judged together: one cgroup, one kind of work. */
struct group_result {
	const char *cgroup;
	const char *work;
	bool judged;
	struct worker_result *workers;
	size_t worker_count;
	double *metrics; /* by enum metric; NaN where there is none */
	/* Wake latencies of all of them: the buckets that are not empty. */
	const struct histogram_count *wakes;
	size_t wake_count;
};

/* A payload that ran, and what its output said. */
struct payload_result {
	const char *name;
	const char *cgroup; /* that it was started in */
	int64_t pid;
	bool stopped; /* by the scenario, not by itself */
	bool killed;  /* by signal `code` */
	int code;
	int64_t wall_ns;
	bool cut; /* it printed more than was kept */
	uint32_t metric_count;
	const char **metric_names;
	double *metrics; /* NaN: not found */
};

/* A swappable spawn that met --work-type. */
struct swap_result {
	const char *cgroup;
	const char *declared; /* its own work */
	const char *work;     /* that of --work-type */
	int64_t count;        /* workers */
	int64_t members;      /* of a group of `work` */
	bool replaced;        /* false: the count is no multiple of that */
	struct span span;
};

/* One thing that happened, for `ktstr plan` and traces. Strings are "" and numbers -1 where they
 * do not apply. */
struct event {
	int64_t t_ns; /* since the scenario's start */
	const char *op;
	const char *step;
	const char *cgroup;
	const char *to;   /* destination of a move, partner of a swap */
	const char *cpus; /* effective CPUs of `cgroup` after the op */
	const char *knob;
	const char *value;
	const char *work;
	const char *replaces; /* the declared work that `work` stands in for */
	const char *policy;   /* of a spawn, if it is not `normal` */
	const char *affinity; /* of a spawn, if it is not `inherit` */
	const char *text;
	int64_t count;
	int64_t length_ns; /* of a hold, sleep or repeat */
	bool implied;      /* no line says it: releases, and what a block's end does */
	struct span span;
};

struct result {
	struct arena arena;
	const char *name;    /* "scenario", or "scenario/profile" */
	const char *profile; /* of flags that it was asked to run under, "": of none */
	const char *doc;
	const char *category;
	struct span span;
	enum status status;
	int64_t duration_ns;
	int64_t bound_ns;  /* the longest that it could have taken, negative: not known */
	int64_t awaits_ns; /* the longest that its awaits, and `extend`, could have taken together */
	uint64_t seed;
	uint64_t checks;      /* that were judged and held */
	int interrupted;      /* the signal that ended the run, 0 if none did */
	struct span call;     /* that reasons added now get */
	uint32_t index;       /* its place among all that were selected, from 0 */
	uint32_t round;       /* of several, from 1; 0: it is not repeated */
	uint32_t environment; /* its machine, a number of the report's */
	VECTOR(struct reason) reasons;
	VECTOR(struct step_result) steps;
	VECTOR(struct release_result) releases; /* in their order */
	VECTOR(struct group_result) groups;
	VECTOR(struct payload_result) payloads;
	VECTOR(struct event) events; /* only when asked for */
	VECTOR(const char *) notes;
	VECTOR(struct swap_result) swaps;
	size_t bytes; /* of its texts and reasons */
};

void result_free(struct result *result);
const char *result_text(struct result *result, const char *text);

/* Add a reason and raise the status to it. The returned entry may be completed. */
struct reason *result_add(struct result *result, enum status status, const char *check,
			  struct span span, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Add an event that says nothing but its op yet. */
struct event *result_add_event(struct result *result, const char *op);

/* The program's text now begins at `base` of another source set: move all places with it. */
void result_shift(struct result *result, uint32_t base);

/* A whole run. */
struct run_summary {
	size_t counts[STATUS_COUNT];
	int interrupted;
};

void summary_add(struct run_summary *summary, const struct result *result);
/* 0 all passed, or passed and skipped; 1 failed; 3 broken or timed out; 4 all skipped; 5 nothing
 * ran; 6 inconclusive. */
int summary_exit_code(const struct run_summary *summary);

#endif
