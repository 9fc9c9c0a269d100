/*
 * sweep: undoing what a killed ktstr left, from its record (record.h): the processes in its
 * cgroups, found by their membership and nothing else, the cgroups in every hierarchy, the
 * controllers that it enabled, the record.
 *
 * A run is left alone while its process lives: its lock is held, or a process of its pid and birth
 * is there. So is one of another pid namespace, as its process may not be seen from here, and one
 * that was told to keep its cgroups, unless these are asked for.
 */
#ifndef KTSTR_HOST_SWEEP_H
#define KTSTR_HOST_SWEEP_H

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <sys/types.h>

enum sweep_state {
	SWEEP_SWEPT,
	SWEEP_FOUND,      /* it would be swept */
	SWEEP_STUCK,      /* something of it would not go: `why` */
	SWEEP_LIVE,       /* it runs */
	SWEEP_KEPT,       /* by --keep */
	SWEEP_ELSEWHERE,  /* of another pid namespace */
	SWEEP_UNRECORDED, /* cgroups named like a run's, and no record of it */
	SWEEP_STATES,
};

struct swept_run {
	char name[64];
	enum sweep_state state;
	int64_t cgroups;   /* that it had, in all hierarchies */
	int64_t processes; /* in them */
	char why[512];
};

struct sweep {
	VECTOR(struct swept_run) runs; /* by name */
};

struct sweep_options {
	bool dry_run;    /* touch nothing */
	bool kept;       /* sweep what --keep has left, too */
	bool unrecorded; /* look for cgroups without a record, too: a walk through all cgroups */
};

/* One word for a state. */
const char *sweep_state_name(enum sweep_state state);

/* Sweep all that is this user's. False if the records cannot be read. */
bool sweep_runs(struct sweep *sweep, const struct sweep_options *options, struct error *error);
void sweep_free(struct sweep *sweep);

#endif
