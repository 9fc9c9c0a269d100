/*
 * ability: what this machine and this user can give to scenarios: controllers, policies, the
 * scheduler class of BPF, figures. Only looks: reads files and limits, changes nothing, starts
 * nothing.
 */
#ifndef KTSTR_HOST_ABILITY_H
#define KTSTR_HOST_ABILITY_H

#include "base/text.h"
#include "base/vector.h"

enum ability_state {
	ABILITY_YES,
	ABILITY_PARTLY,
	ABILITY_NO,
};

struct ability {
	const char *name;
	enum ability_state state;
	char *says; /* what there is */
	char *help; /* what would enable it; "" where nothing is missing */
};

struct abilities {
	VECTOR(struct ability) all;
	bool cgroups; /* runs get real cgroups here */
};

/* "yes", "partly" or "no". */
const char *ability_state_name(enum ability_state state);

void ability_add(struct abilities *abilities, const char *name, enum ability_state state,
		 const char *help, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Look at everything. */
void abilities_read(struct abilities *abilities);
void abilities_free(struct abilities *abilities);

#endif
