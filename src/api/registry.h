/*
 * registry: what hook libraries have registered: loads them, checks them, finds entries by name. It
 * owns the libraries, and whatever is found stays until it is freed.
 */
#ifndef KTSTR_API_REGISTRY_H
#define KTSTR_API_REGISTRY_H

#include "api/public.h"
#include "base/vector.h"
#include "code/program.h"
#include "host/work.h"

struct registered {
	struct foreign_work body; /* first: run() is called with it */
	const struct ktstr_entry *entry;
	const char *library; /* its path, or "this program" */
};

struct registry {
	VECTOR(struct registered *) entries;
	VECTOR(void *) handles;
	VECTOR(char *) paths; /* real ones; each library is loaded once */
};

/* Refused: a file that is not there or no library, one that registers nothing, another ABI, a name
 * that is taken; and, as root, a file or folder that others may write to. */
bool registry_load(struct registry *registry, const char *path, struct error *error);
/* What is linked into this program. */
bool registry_add_linked(struct registry *registry, ktstr_registry_function *linked,
			 struct error *error);
void registry_free(struct registry *registry);

/* The function or body that an extern of a program declares; its types must be the same. */
const struct registered *registry_find(const struct registry *registry, const struct hook *hook,
				       struct error *error);
const struct registered *registry_find_scenario(const struct registry *registry, const char *name);

/* The scenario's own function, as the program of scenario.c declares it. */
#define REGISTRY_SCENARIO_PREFIX "scenario_"

#endif
