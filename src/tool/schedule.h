/*
 * schedule: which scenarios run how often and in which order: those that are selected, this shard's
 * part of them, each turn through all of them before the next one begins.
 */
#ifndef KTSTR_TOOL_SCHEDULE_H
#define KTSTR_TOOL_SCHEDULE_H

#include "tool/ktstr.h"

struct run_item {
	struct compilation *compilation;
	size_t scenario;     /* of its program */
	const char *profile; /* of flags, NULL: as the options say */
	uint32_t index;      /* among all that are selected, of all shards */
	uint32_t round;      /* from 1; 0: there is only one */
};

struct schedule {
	VECTOR(struct run_item) items;
	size_t selected;    /* scenarios in all their profiles, of all shards */
	struct arena arena; /* of the profiles' names */
};

void schedule_make(struct schedule *schedule, const struct ktstr_programs *programs,
		   const struct ktstr_options *options);
void schedule_free(struct schedule *schedule);

#endif
