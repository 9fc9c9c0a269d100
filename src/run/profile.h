/*
 * profile: sets of flags that are on together, by name: "llc+steal", in the order of the program's
 * flags; "default" is none. A profile has all that its flags need; one of a scenario has all flags
 * that this requires, and none that it excludes.
 */
#ifndef KTSTR_RUN_PROFILE_H
#define KTSTR_RUN_PROFILE_H

#include "base/text.h"
#include "base/vector.h"
#include "code/program.h"

struct profile_list {
	VECTOR(uint64_t) all;
	bool cut; /* there are more */
};

/* All profiles of a scenario, in the order of their masks: fewer and earlier flags first. */
void profile_list(struct profile_list *list, const struct program *program,
		  const struct scenario *scenario);
void profile_list_free(struct profile_list *list);

void profile_put(struct text *out, const struct program *program, uint64_t flags);

/* Refused: a flag that the program has not (ERROR_UNAVAILABLE), or one that needs another which is
 * not in it (ERROR_REFUSED). */
bool profile_read(const struct program *program, const char *text, uint64_t *flags,
		  struct error *error);

#endif
