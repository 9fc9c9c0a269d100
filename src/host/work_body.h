/*
 * work_body: the loop bodies of the kinds of work.def. Runs in the worker's process only.
 */
#ifndef KTSTR_HOST_WORK_BODY_H
#define KTSTR_HOST_WORK_BODY_H

#include "host/telemetry.h"
#include "host/work.h"

struct work_body {
	struct work work;
	struct telemetry *telemetry;
	uint64_t seed;
	int scratch_fd; /* -1: none; leaves nothing behind when the process ends */
};

/* What the kind needs before it can start; false leaves the reason in errno. */
bool work_body_prepare(struct work_body *body);

/* Until the worker is asked to stop. */
void work_body_run(struct work_body *body);

#endif
