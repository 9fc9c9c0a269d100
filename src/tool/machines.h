/*
 * machines: `ktstrc check --topo T`: what a sound program does on machines that are only imagined.
 */
#ifndef KTSTR_TOOL_MACHINES_H
#define KTSTR_TOOL_MACHINES_H

#include "host/topology.h"
#include "sema/sema.h"
#include "tool/compile.h"

struct machine {
	const char *name; /* as it was asked for */
	struct topology topology;
};

struct machines {
	VECTOR(struct machine) all;
	struct sema_machines range; /* of all of them */
};

/* A label, a preset, an hwloc synthetic string or XML file; `name` stays the caller's. */
bool machines_add(struct machines *machines, const char *name, struct error *error);
/* All presets. */
void machines_add_presets(struct machines *machines);
void machines_free(struct machines *machines);

/* Plan each scenario on each of them, and add a diagnostic for every line at which some of them
 * skip it, or break it. */
void machines_check(const struct machines *machines, struct compilation *compilation);

#endif
