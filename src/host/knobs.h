/*
 * knobs: the table of cgroup knobs (knobs.def) as data, for the checker, the back ends, the docs.
 */
#ifndef KTSTR_HOST_KNOBS_H
#define KTSTR_HOST_KNOBS_H

#include "base/cpuset.h"

enum knob {
#define KNOB(name, kind, controller, v1, v2, least, most, doc) KNOB_##name,
#include "host/knobs.def"
#undef KNOB
	KNOB_COUNT
};

enum knob_kind {
	KNOB_KIND_CPUSET,
	KNOB_KIND_NODES,
	KNOB_KIND_INT,
	KNOB_KIND_PERCENT,
	KNOB_KIND_BOOL,
	KNOB_KIND_SIZE,
};

struct knob_info {
	const char *name;
	enum knob_kind kind;
	const char *controller;
	const char *v1_file;
	const char *v2_file;
	int64_t least;
	int64_t most;
	const char *doc;
};

extern const struct knob_info knob_table[KNOB_COUNT];

/* KNOB_COUNT if there is none of this name. */
enum knob knob_find(const char *name);

/* A value of a knob: the field that its kind names. */
struct knob_value {
	struct cpuset set; /* CPUSET: CPUs; NODES: kernel node numbers */
	int64_t integer;   /* INT, BOOL (0 or 1), SIZE (bytes) */
	double fraction;   /* PERCENT: 1.5 is 150 % of one CPU */
};

#endif
