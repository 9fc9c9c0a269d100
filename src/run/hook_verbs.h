/*
 * hook_verbs: what a registered C function may ask of the run while it is called. Each verb does
 * what the op of the same name does, through the same actions and the same ledger; what it makes
 * belongs to the innermost block around the call.
 *
 * A verb that is refused returns false with the reason, and nothing is said of it in the result:
 * the function may know what to do. What ends the scenario itself (a signal, the timeout, a worker
 * that died) is in the result when a verb returns false; vm_is_over() tells, and every further verb
 * is refused. Groups are named as the language names them, "a/b_3", but that a member of a family
 * is called by its directory; "host" is the cgroup of the run.
 */
#ifndef KTSTR_RUN_HOOK_VERBS_H
#define KTSTR_RUN_HOOK_VERBS_H

#include "run/vm.h"

/* What hooks know of the run, beside the topology of its host. */
struct hook_facts {
	int64_t duration_ns;
	int64_t settle_ns;
	int64_t workers;
	int64_t sched_pid;            /* 0: none */
	const struct work *work_type; /* of --work-type, NULL: none */
	bool has_limits;              /* some `expect { }` is in force */
	const struct topology *topology;
};

void hook_get_facts(const struct vm *vm, struct hook_facts *facts);
bool vm_is_over(const struct vm *vm);
/* Leave through vm_end() if a verb has ended the scenario. */
void hook_leave_if_over(struct vm *vm);

bool hook_create(struct vm *vm, const char *group, struct error *error);
bool hook_remove(struct vm *vm, const char *group, struct error *error);
/* `cpus` NULL: clear. */
bool hook_set_cpus(struct vm *vm, const char *group, const struct cpuset *cpus,
		   struct error *error);
bool hook_freeze(struct vm *vm, const char *group, bool frozen, struct error *error);
bool hook_get_cpus(struct vm *vm, const char *group, struct cpuset *cpus, struct error *error);
bool hook_get_tasks(struct vm *vm, const char *group, int64_t *count, struct error *error);
/* Workers of the run, and tasks that descend from it. */
bool hook_move_tasks(struct vm *vm, const char *group, const int64_t *tasks, size_t count,
		     struct error *error);
/* A batch is what one spawn made. */
bool hook_move_batch(struct vm *vm, int64_t batch, const char *group, struct error *error);
bool hook_is_batch(const struct vm *vm, int64_t batch, struct error *error);
/* Its workers: the first of them and how many, living or not. */
bool hook_get_workers(struct vm *vm, int64_t batch, int *first, int *count, struct error *error);
/* Pid and units of one that was not stopped yet; zeros of others. */
void hook_get_progress(struct vm *vm, int worker, struct worker_progress *progress);
bool hook_release(struct vm *vm, struct error *error);
/* With `phase` it is a hold: what waits is released, and the scenario's clock runs. */
bool hook_sleep(struct vm *vm, int64_t length_ns, bool phase, struct error *error);
bool hook_map_value(struct vm *vm, const char *path, int64_t key, int64_t *value,
		    struct error *error);
void hook_note(struct vm *vm, const char *text);

/* Findings that are not in the result yet: the function decides what becomes of them. Number 0 is
 * the empty one. */
int64_t hook_new_verdict(struct vm *vm);
/* The worst of its findings, PASS without any; BROKEN if there is no such verdict. */
enum status hook_verdict_status(const struct vm *vm, int64_t verdict);
void hook_put_verdict(const struct vm *vm, int64_t verdict, struct text *text);
void hook_add_finding(struct vm *vm, int64_t verdict, enum status status, const char *message);
/* Add the findings of one verdict to another, or (-1) to the result. */
void hook_merge(struct vm *vm, int64_t into, int64_t from);
/* What a function returned: as hook_merge() into the result. One that found nothing wrong has
 * judged, and that counts. */
void hook_return(struct vm *vm, int64_t verdict);
/* Take the newest findings out of the result, down to `kept`, with the status that it had then. */
void hook_divert(struct vm *vm, size_t kept, enum status status, int64_t verdict);

/* Stop these workers without judging them. */
bool hook_stop(struct vm *vm, const int64_t *batches, size_t count, struct error *error);
/* What a stopped worker did; NULL if it was not stopped yet, or there is none. */
const struct worker_report *hook_report(struct vm *vm, int64_t worker);

/* How workers that were stopped are to be judged. */
struct hook_checks {
	const char
		*expect;   /* the inside of an `expect { }`, on top of those in force; NULL: none */
	bool starved_only; /* nothing but not_starved */
	const struct cpuset *cpus; /* where they have to have been all the time; NULL: anywhere */
};
/* Judge by the figures in these reports; findings go to `verdict`. One with the number and the pid
 * of a worker that was stopped is of that, and has from it what a hook is not told. Others need be
 * of no worker at all: what is not in them they do not have, and they are judged together. */
bool hook_judge(struct vm *vm, const struct worker_report *reports, size_t count,
		const struct hook_checks *checks, int64_t verdict, struct error *error);

/* hook_text.c */
/* Statements as the language writes them. The cgroups that exist are known in them. */
bool hook_run_text(struct vm *vm, const char *text, struct error *error);
/* The same as a block of their own, at whose end what they made is judged and gone; findings,
 * refusals included, go to `verdict`. False for texts with mistakes, and when the scenario is over.
 */
bool hook_run_block(struct vm *vm, const char *text, int64_t verdict, struct error *error);

/* A verb's frame: run `verb`, and be back here whatever happens in it. False with the reason. */
bool hook_try(struct vm *vm, void (*verb)(struct vm *, void *), void *argument,
	      struct error *error);

#endif
