/*
 * defaults: what the checker and a run both go by: values that hold where a program says nothing,
 * and limits.
 */
#ifndef KTSTR_SEMA_DEFAULTS_H
#define KTSTR_SEMA_DEFAULTS_H

#include <stdint.h>

/* The kernel's own limit on a name is 255 bytes; members of families need room for their number. */
enum { SEMA_GROUP_NAME_MAX = 200 };
/* What holds where a scenario does not say. */
#define SEMA_DURATION_NS INT64_C(2000000000)
#define SEMA_SETTLE_NS   INT64_C(100000000)
#define SEMA_WORKERS     2
#define SEMA_AWAIT_NS    INT64_C(10000000000)
#define SEMA_PAYLOAD_NS  INT64_C(60000000000)
#define SEMA_ATTACH_NS   INT64_C(10000000000)
/* A plan takes no time on its clock, so nothing else ends a loop of 2^60 turns. */
#define SEMA_TURNS_MAX UINT64_C(4000000000)
/* Fns and procs call each other at most this deep. */
enum { SEMA_CALLS_MAX = 256 };

#endif
