/*
 * vm: the state of one scenario while it runs, shared by the files of this layer and by nobody
 * else.
 */
#ifndef KTSTR_RUN_VM_H
#define KTSTR_RUN_VM_H

#include "host/host.h"
#include "run/paths.h"
#include "run/run.h"
#include "sema/defaults.h"
#include "sema/metrics.h"
#include "sema/words.h"

#include <setjmp.h>

enum affinity_kind {
	AFFINITY_INHERIT,
	AFFINITY_RANDOM,
	AFFINITY_ONE,
	AFFINITY_SPREAD,
	AFFINITY_LLC,
	AFFINITY_SPANNING,
	AFFINITY_SET,
};

struct affinity {
	enum affinity_kind kind;
	int64_t count; /* RANDOM: CPUs per worker, 0 for half the pool */
	struct cpuset set;
};

/* A register. Types S C W A P M live behind the pointer, which the register owns for good. */
union value {
	int64_t i; /* I; G: a path; H: a batch, plus 1 */
	double f;
	void *p;
	struct text *text;
	struct cpuset *set;
	struct work *work;
	struct affinity *affinity;
	struct policy *policy;
	struct mempolicy *mempolicy;
};

/* A knob's value as the program last set it, to be swapped. */
struct knob_setting {
	int path;
	int group; /* the path's at that time */
	enum knob knob;
	bool set;
	struct knob_value value;
};

/* One spawn: workers first … first + count - 1 of the host. */
struct batch {
	int first;
	int count;
	struct work work;
	struct policy policy;
	struct affinity affinity;
	struct mempolicy mempolicy;
	int nice;
	const char *name; /* for the report */
	int scope;        /* depth of the block that owns them */
	bool told;        /* that some of them never started */
	struct span span;
	struct span call; /* see struct reason */
};

/* One `run` of a payload. */
struct payload_run {
	uint32_t payload; /* of the program */
	int process;      /* of the host, -1: it could not be started */
	int path;         /* of its group at the start */
	int64_t timeout_ns;
	double *limits; /* values, by the payload's limits */
	struct span span;
	bool open; /* neither waited for nor ended yet */
};

/* The scheduler under test that the scenario names. */
struct watched_scheduler {
	const char *name;
	int process; /* of the host, -1: none */
	int64_t pid; /* 0: none is attached */
	bool watched;
	bool given;      /* by the command line */
	int64_t look_ns; /* when the kernel is to be asked again */
	struct sched_ext_state attached;
	uint64_t before_number; /* of the kernel's last word on one that was there before */
};

/* Findings of a hook that are not in the result yet. */
struct verdict {
	VECTOR(struct reason) reasons;
};

/* Which part of judging is done: a hook stops workers first and has them judged when it wants to. */
enum judging { JUDGING_ALL, JUDGING_NOISE_ONLY, JUDGING_METRICS_ONLY };

/* What a scope's end undoes, in the order of its making. */
enum entry_kind { ENTRY_GROUP, ENTRY_WORKERS, ENTRY_RUN, ENTRY_SCHEDULER };
struct ledger_entry {
	enum entry_kind kind;
	int id;    /* path, batch, or run */
	bool open; /* false once it was undone before its scope's end */
};

/* An `expect { }` line in force. */
struct limit_entry {
	enum metric metric;
	bool on;
	bool strict;
	bool has_value;
	double value;
	int64_t sustained_ns; /* so long it has to be exceeded without a break */
	int path;             /* -1: every group */
	const char *layer;    /* who says so: "default", "scheduler", "scenario", "step", … */
	const char *owner;    /* name of the step or cgroup, "" for the others */
	struct span span;
	size_t number; /* its place in vm->limits */
	bool judged;   /* there; something was held against it */
};

/* An owning block that is open. */
struct scope {
	enum scope_kind kind;
	const char *label;
	int64_t start_ns;
	size_t ledger; /* its first entry */
	size_t limits; /* likewise */
};

struct vm {
	const struct program *program;
	struct host *host;
	const struct run_options *options;
	struct result *result;
	union value *registers;
	struct arena values; /* what registers point to */
	uint32_t at;         /* the instruction being executed */
	jmp_buf *unwind;     /* where a failing op leaves to: see vm_end() */
	bool ending;         /* the scenario is being cleaned up, nothing may end it again */
	/* hook_verbs.c, hook_text.c */
	struct error *attempt; /* a verb of a hook: what refuses it is told there, not in the result */
	bool over;             /* something ended the scenario while a hook asked */
	bool fragment;         /* the code at hand is no block of its own … */
	size_t fragment_depth; /* … and these many are open around it */
	uint32_t adopted_end;  /* in code before this offset `create` means what exists already */
	enum judging judging;
	VECTOR(struct verdict) verdicts;
	/* the scenario's settings */
	int64_t duration_ns;
	int64_t settle_ns;
	int64_t workers;
	int64_t timeout_ns; /* 0: none */
	int64_t extend_ns;  /* what is left of it */
	struct text unfair[2]; /* what was not fair when the workers were to be stopped, and is now */
	/* time */
	int64_t start_ns;    /* when the scenario began, on the host's clock */
	int64_t released_ns; /* when its clock began to run, -1: not yet */
	bool groups_are_new; /* created since the last release */
	int waiting;         /* workers not released yet */
	int64_t spawned;     /* workers, in all */
	/* what is there */
	struct paths paths;
	VECTOR(struct batch) batches;
	VECTOR(struct payload_run) runs;
	struct watched_scheduler scheduler;
	uint64_t flags;        /* that are on */
	bool guessed;          /* on paper: a value came up that only a real run can tell */
	VECTOR(int) batch_of;  /* of each worker of the host, counted from first_worker */
	VECTOR(int) living;    /* workers not stopped yet */
	VECTOR(int) living_at; /* where each worker stands in `living`, -1: it does not */
	VECTOR(struct ledger_entry) ledger;
	VECTOR(int) stubborn; /* paths whose removal was refused, children before parents */
	VECTOR(struct limit_entry) limits;
	VECTOR(struct scope) scopes;
	VECTOR(struct knob_setting) knobs;
	unsigned remembered; /* bit per knob whose values are kept: some line swaps it, or asks */
	VECTOR(int) chosen;  /* scratch: the workers that the op being run is about */
	VECTOR(int) ended;   /* scratch: those that a block's end or a group's removal stops */
	VECTOR(struct cpuset) sets; /* scratch: what each of them is to get */
	unsigned stamp;             /* the last one given to paths */
	const char *step;
	uint64_t random; /* state of the generator */
	unsigned polls;
	uint64_t turns;                 /* of loops and calls, so far */
	uint32_t calls[SEMA_CALLS_MAX]; /* where each INVOKE goes on */
	int call_count;
	/* noise.c: what all CPUs had done when the clock began to run, and what the workers did */
	struct cpu_load *load;
	int load_count;
	int64_t load_at_ns;
	int64_t own_ns;          /* CPU time of all workers that were judged */
	struct cpuset own_cpus;  /* where they were seen */
	struct noise_machine *machine; /* what the looks at it showed, NULL: nobody looks */
	int64_t progress_ns;     /* when it is to be shown again */
	unsigned sampled;        /* bit per metric that the sampler has to look for */
	struct sampler *sampler; /* NULL: there is nothing to look for */
	struct {
		bool known; /* there is one to watch */
		bool over;  /* it was judged */
		uint64_t born;
		int64_t due_ns; /* when to look at it again */
	} alive;
	uint64_t events_dropped;
	int64_t late_ns;     /* at most so late it woke from a wait of its own */
	int64_t stood_ns;    /* of that, since the first release, while it was ahead of all tasks */
	int64_t stood_at_ns; /* when that was over */
	uint64_t late_turns; /* of `repeat every`: turns that came late or not at all */
};

/* End the scenario with a reason that stands for the current line, and unwind. Does not return. */
_Noreturn void vm_end(struct vm *vm, enum status status, const char *check, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for what the host refused: BROKEN or, where this machine lacks something, SKIP. */
_Noreturn void vm_refused(struct vm *vm, const struct error *error);

/* The same when the reason was added already: a hook's verb, too, cannot go on then. */
_Noreturn void vm_leave(struct vm *vm);

static inline struct span vm_span(const struct vm *vm)
{
	return vm->program->spans.data[vm->at];
}

static inline int64_t vm_now(const struct vm *vm)
{
	return vm->host->verbs->now(vm->host);
}

/* A time that much later, at the most the last there is. */
static inline int64_t vm_later(int64_t at_ns, int64_t length_ns)
{
	int64_t sum;
	return __builtin_add_overflow(at_ns, length_ns, &sum) ? INT64_MAX : sum;
}

/* Record an event (when asked for); the returned one may be completed until the next is. */
struct event *vm_event(struct vm *vm, const char *op, int path);
/* Texts for events and results, which outlive the vm; a path's only when there is a trace. */
const char *vm_keep_path(struct vm *vm, int path);
const char *vm_keep_set(struct vm *vm, const struct cpuset *set);

/* Registers for the program, with its constants in them. */
void vm_make_registers(struct vm *vm);
void vm_free_registers(struct vm *vm);

/* The path of `name` in a group; ends the scenario for what cannot be a name. */
int vm_child(struct vm *vm, int64_t parent, const char *name);
/* A path's group on the host; ends the scenario if there is none. */
int vm_group(struct vm *vm, int64_t path);
/* Look for signals, deaths and the timeout; ends the scenario if there is any. Cheap enough to be
 * called for every op. */
void vm_poll(struct vm *vm);
/* Sleep until a time on the host's clock, watching. */
void vm_wait(struct vm *vm, int64_t until_ns);
/* The same, but back as soon as anything happened. */
void vm_wait_once(struct vm *vm, int64_t until_ns);
/* Let everything that waits start; begins the scenario's clock. */
void vm_release(struct vm *vm);
/* A uniform number below n, from the seed. */
uint64_t vm_random(struct vm *vm, uint64_t n);

/* words.c */
/* `patient`: in the condition of an await. */
void words_call(struct vm *vm, uint32_t dst, enum word word, const uint32_t *args, bool patient);

/* affinity.c: one set per worker; false where they inherit. */
bool affinity_resolve(struct vm *vm, const struct affinity *affinity, int path, int64_t count,
		      struct cpuset *sets);
/* As the language writes it; a set in the kernel's list form. */
void affinity_put(struct text *text, const struct affinity *affinity);
/* n of the set's members, chosen at random. */
void affinity_pick(struct vm *vm, const struct cpuset *set, int64_t n, struct cpuset *out);

/* placement.c: what a spawn asks for beside its CPUs. */
void placement_add_phase(struct vm *vm, struct work *work, enum phase_kind kind, int64_t length_ns);
/* Parameters in their ranges, a sequence with phases; else ends the scenario. */
void placement_check_work(struct vm *vm, const struct work *work);
/* How many workers; ends the scenario where this many cannot be put into groups. */
int64_t placement_count(struct vm *vm, const uint32_t *args, const struct work *work);
/* The work that --work-type puts in place of a swappable spawn's own; says so in the result. The
 * declared work, "" where that stays. */
const char *placement_swap(struct vm *vm, const uint32_t *args, int path, struct work *work);
/* The memory policy of a spawn, its nodes checked against those of the group. */
void placement_mempolicy(struct vm *vm, const uint32_t *args, int path, struct mempolicy *policy);

/* actions.c: the ops that touch the host. */
void action_create(struct vm *vm, int path, bool block);
void action_ready(struct vm *vm, int path);
void action_remove(struct vm *vm, int path);
void action_knob(struct vm *vm, int path, enum knob knob, const struct knob_value *value,
		 bool quiet);
/* A knob's own value as the program set it last, while its group exists; NULL: none. */
const struct knob_value *action_knob_value(struct vm *vm, int path, enum knob knob);
void action_swap(struct vm *vm, int path, int other, enum knob knob);
int action_spawn(struct vm *vm, const uint32_t *args);
/* The workers that are in the group now get this affinity. */
void action_affinity(struct vm *vm, int path, const struct affinity *affinity);
void action_stop_group(struct vm *vm, int path);
void action_stop_batch(struct vm *vm, int batch);
void action_move(struct vm *vm, int from, int to, int64_t count);
void action_move_share(struct vm *vm, int from, int to, double share);
void action_move_batch(struct vm *vm, int batch, int to);
void action_freeze(struct vm *vm, int path, bool frozen);

/* ledger.c */
void ledger_add(struct vm *vm, enum entry_kind kind, int id);
void ledger_open_scope(struct vm *vm, enum scope_kind kind, const char *label);
/* Stop, judge and remove what the innermost scope made. Refusals are added to the result, and
 * the work goes on. */
void ledger_close_scope(struct vm *vm);
/* At the very end: try again to remove what could not be removed. */
void ledger_retry(struct vm *vm);
/* A group ends before its scope: it and its children, whose workers are stopped and judged. */
void ledger_remove_group(struct vm *vm, int path);
/* Stop and judge these workers together. */
void ledger_stop(struct vm *vm, const int *workers, size_t count);
void ledger_add_living(struct vm *vm, int first, int count, int batch);

/* limits.c */
/* Layer (if it is NULL) and owner are filled in. Ends the scenario as a SKIP where this machine
 * cannot tell what the limit is about. */
void limits_add(struct vm *vm, struct limit_entry entry);
/* The newest limit is violated only by what lasts. */
void limits_sustain(struct vm *vm, enum metric metric, int64_t sustained_ns);
/* The limit in force for a metric in a group, for workers of a block at this depth; false: it is
 * not judged. */
bool limits_find(const struct vm *vm, enum metric metric, int path, int scope,
		 struct limit_entry *limit);
bool limits_hold(const struct limit_entry *limit, double observed);
/* Something was held against it. */
void limits_judged(struct vm *vm, const struct limit_entry *limit);
/* Forget those from the mark on. A limit of the program that nothing was held against is told. */
void limits_close(struct vm *vm, size_t mark);

/* judge.c: workers that have been stopped together. */
struct judge_member {
	const struct worker_report *report;
	int path;
	int batch;
};
/* By their reports; they are put in order. */
void judge_members(struct vm *vm, struct judge_member *members, size_t count);
void judge_workers(struct vm *vm, const int *workers, size_t count);
/* Living workers that would now be judged together: do the limits of fairness hold, with a little to
 * spare? If not, *why gets what does not. */
bool judge_is_fair(struct vm *vm, const int *workers, size_t count, struct text *why);
/* What else there is to say of a violated limit. */
struct finding {
	int worker;    /* its place in its group, -1: none */
	int64_t at_ns; /* on the host's clock, -1: at no moment */
};
/* Add the reason for a violated limit; `path` -1: it is about no cgroup. */
void judge_violation(struct vm *vm, enum status status, const struct limit_entry *limit, int path,
		     double observed, struct finding finding, struct span span,
		     const char *message);

/* fairness.c: workers that are about to be stopped go on until they were served fairly, while there
 * is something left of `extend`. May end the scenario, as any wait. */
void fairness_wait(struct vm *vm, const int *workers, size_t count);

/* sampler.c: looks at cgroups while they run, for the metrics in vm->sampled. */
/* When the next look is due, INT64_MAX: never. */
int64_t sampler_due(const struct vm *vm);
void sampler_look(struct vm *vm);
/* The cgroup's figure so far; NaN where it was not looked at. */
double sampler_observe(const struct vm *vm, enum metric metric, int path);
/* Hold what was seen of a cgroup against the limits in force then, and forget it. */
void sampler_judge(struct vm *vm, int path);
/* The same for all that are left, and the end of it. */
void sampler_end(struct vm *vm);

/* alive.c: the scheduler under test is watched. */
void alive_start(struct vm *vm);
/* Ends the scenario if it is gone. */
void alive_look(struct vm *vm);
/* Is a death of it a failure, by the limits in force? */
bool alive_is_judged(const struct vm *vm);
/* The last look, while the scenario's limits are still in force. */
void alive_end(struct vm *vm);

/* progress.c: for somebody who looks on. */
/* When to look, INT64_MAX: never. */
int64_t progress_due(const struct vm *vm);
/* Show it if that is due, or take it away. */
void progress_look(struct vm *vm);
void progress_end(struct vm *vm);

/* noise.c: was the machine busy with something else, or not the same all the time? Failures of timing are then no verdict. */
void noise_start(struct vm *vm);
void noise_add(struct vm *vm, const struct worker_report *report);
/* When the machine is to be looked at again, INT64_MAX: never. */
int64_t noise_due(const struct vm *vm);
/* Look if that is due. */
void noise_look(struct vm *vm);
/* A wait ended so long after its time: host_wake.late_ns. */
void noise_late(struct vm *vm, int64_t late_ns);
/* At the end: turn such failures into INCONCLUSIVE where the figures say so. */
void noise_judge(struct vm *vm);
void noise_end(struct vm *vm);

/* metrics.c: workers of one group. */
struct judged {
	struct vm *vm;
	int path;
	const struct batch *batch; /* of the first of them: all are alike */
	const struct worker_report *const *reports;
	size_t count;
	const struct histogram *wakes; /* of all of them */
};
void metrics_merge_wakes(const struct judged *judged, struct histogram *wakes);
/* The observed value; NaN if it cannot be told (no limit is then violated). */
double metrics_observe(enum metric metric, const struct judged *judged);
/* Say what was too much: "worker 2 …". */
void metrics_explain(const struct judged *judged, double observed, const struct limit_entry *limit,
		     struct text *text, struct finding *finding);
/* "1.24 s", "12%"; "the limit is 2 s"; "ns", "fraction", … */
void metrics_put_value(struct text *text, enum metric metric, double value);
void metrics_put_limit(struct text *text, const struct limit_entry *limit);
const char *metrics_unit(enum metric metric);

#endif
