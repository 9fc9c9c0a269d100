/*
 * worker_refusal: what a worker's set-up was refused, in words, with what would help. Knows what
 * the kernel's error numbers mean at each stage.
 */
#ifndef KTSTR_HOST_WORKER_REFUSAL_H
#define KTSTR_HOST_WORKER_REFUSAL_H

#include "host/board.h"
#include "host/host.h"

/* Worker `index` of a spawn did not get past `stage`, for `reason` (an errno). Returns false with
 * the error: ERROR_UNAVAILABLE for what this kernel has not. */
bool worker_refused(const struct host_spawn *spawn, int64_t index, enum board_stage stage,
		    int reason, struct error *error);

#endif
