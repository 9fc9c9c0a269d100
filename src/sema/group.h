/*
 * group: statements about cgroups and the workers in them: spawn, create, remove, set, clear, swap,
 * freeze, thaw, stop and move.
 */
#ifndef KTSTR_SEMA_GROUP_H
#define KTSTR_SEMA_GROUP_H

#include "sema/checker.h"

/* In the braces of a cgroup, in_cgroup, it need not say where. */
void group_check_spawn(struct checker *check, struct stmt *stmt, bool in_cgroup);
/* All that name a cgroup and perhaps a knob of it. */
void group_check_stmt(struct checker *check, struct stmt *stmt);
/* Of a cgroup's workers, or of those that a handle names. */
void group_check_stop(struct checker *check, struct stmt *stmt);
void group_check_move(struct checker *check, struct stmt *stmt);

/* `host`, the run's own cgroup, is not to be changed. NULL is no mistake. */
void group_refuse_host(struct checker *check, const struct ref *ref);

#endif
