/*
 * lanes: what a result tells of times, arranged for drawing: which cpuset a cgroup had from when to
 * when, and how many workers were on a CPU.
 */
#ifndef KTSTR_REPORT_LANES_H
#define KTSTR_REPORT_LANES_H

#include "run/result.h"

/* A cgroup with these effective CPUs. */
struct lane_set {
	const char *cgroup;
	const char *cpus;
	int64_t start_ns;
	int64_t end_ns;
};

/* A worker came to a CPU, or left it. */
struct lane_change {
	int64_t at_ns;
	int cpu;
	int delta; /* 1 or -1 */
};

struct lane_move {
	int64_t at_ns;
	int from_cpu, to_cpu;
};

struct lanes {
	VECTOR(const char *) cgroups;       /* in the order of their first appearance */
	VECTOR(struct lane_set) sets;       /* by cgroup, then by time */
	VECTOR(int) cpus;                   /* that a worker was on, rising */
	VECTOR(struct lane_change) changes; /* by CPU, then by time */
	VECTOR(struct lane_move) moves;
	bool forgot; /* older moves of some worker are not known */
};

void lanes_make(struct lanes *lanes, const struct result *result);
void lanes_free(struct lanes *lanes);

#endif
