/*
 * ktstr.h: write hooks, worker bodies and scenarios for ktstr in C (C11 or C++17).
 *
 * Build a shared object against libktstr (pkg-config --cflags --libs ktstr) and give it to
 * `ktstr exec --hooks ./mine.so`. All of it works through the context that a hook is called with;
 * the library keeps no state of its own, so it does not matter how many copies of it are loaded.
 *
 * Times are in ns, sizes in bytes, shares are 1.0 for 100 %. Strings given are copied. A function
 * that returns bool returns false when it was refused, and then ktstr_error() has the reason; false
 * is no failure of the test until the hook makes one of it. Groups are named by their path below
 * the run's own cgroup ("left", "outer/inner"); "host" is the cgroup that ktstr was started in.
 * Nothing here may be called from a thread other than the one that the hook was called in, nor
 * after the hook has returned.
 */
#ifndef KTSTR_H
#define KTSTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of this header; hooks built with another one are refused. Also the number of the soname. */
#ifndef KTSTR_ABI
#define KTSTR_ABI 1
#endif

#define KTSTR_API        __attribute__((visibility("default")))
#define KTSTR_MUST_CHECK __attribute__((warn_unused_result))
#define KTSTR_CPUS_MAX   4096
#define KTSTR_PARAMS_MAX 8

#ifdef __cplusplus
extern "C" {
#endif

/* CPU (or NUMA node) numbers: bit n of word n/64. */
struct ktstr_cpuset {
	uint64_t words[KTSTR_CPUS_MAX / 64];
};

/* The machine that the run sees; good as long as the hook runs. */
struct ktstr_topology {
	int32_t total_cpus;
	int32_t num_cores;
	int32_t num_llcs;
	int32_t num_numa_nodes;
	int32_t threads_per_core;
	const struct ktstr_cpuset *all;    /* CPUs that are online and allowed */
	const struct ktstr_cpuset *usable; /* all but the last when there are more than two */
	const struct ktstr_cpuset *cores;  /* num_cores sets */
	const struct ktstr_cpuset *llcs;   /* num_llcs sets, by their lowest CPU */
	const struct ktstr_cpuset *nodes;  /* num_numa_nodes sets; empty for memory only */
	const int *node_numbers;           /* the kernel's */
};

enum ktstr_status {
	KTSTR_PASS,
	KTSTR_SKIP,         /* this machine cannot give what is asked for */
	KTSTR_INCONCLUSIVE, /* too little to judge */
	KTSTR_TIMEOUT,
	KTSTR_BROKEN, /* the set-up failed */
	KTSTR_FAIL
};

/* Findings. {KTSTR_PASS, 0} is the empty verdict, of which nothing has failed. Good as long as the
 * scenario runs; a verdict that is neither returned, merged nor reported is forgotten. */
struct ktstr_verdict {
	enum ktstr_status status; /* the worst of the findings */
	int32_t number;
};

/* How workers are judged. */
struct ktstr_checks {
	/* What stands between the braces of `expect { }`, such as "gap <= 1s; no spread": on top of
	 * the limits in force where the hook is called. NULL: those alone, or nothing but
	 * not_starved where no `expect` is in force. */
	const char *expect;
};

/* Workers to make, all alike. Texts are as the language writes them; NULL is the default. */
struct ktstr_work {
	const char *work;     /* "cpu_spin" (the default), "bursty(50ms, 100ms)", … */
	int64_t workers;      /* how many; 0: workers_per_cgroup */
	const char *settings; /* of a spawn: "policy = batch; affinity = spread" */
	bool swappable;       /* --work-type may put another kind of work in its place */
};

/* Workers made together, by their number; 0 is none. */
struct ktstr_handle {
	int32_t number;
};

/* What one worker did, from its release to its end. */
struct ktstr_report {
	int64_t worker; /* its number in the run */
	int64_t pid;
	uint64_t units; /* of work */
	uint64_t iterations;
	int64_t wall_ns;
	int64_t cpu_ns;
	int64_t gap_ns;    /* the longest time that it wanted to run and could not */
	int64_t gap_at_ns; /* when that ended, since its release */
	uint64_t migrations;
	uint64_t strays;          /* times it was seen outside the cpuset in force */
	bool complete;            /* it ended when it was asked to */
	struct ktstr_cpuset cpus; /* where it was seen */
};

struct ktstr_cgroups; /* the run's cgroups, as ctx->cgroups */
struct ktstr_inside;

/* What a hook is called with. Read only. */
struct ktstr_context {
	struct ktstr_cgroups *cgroups;
	const struct ktstr_topology *topo;
	int64_t duration_ns;               /* of the scenario */
	int64_t settle_ns;                 /* to wait between new cgroups and their load */
	int64_t workers_per_cgroup;        /* of a spawn that gives no count */
	int64_t sched_pid;                 /* of the scheduler under test, 0: none is known */
	const char *work_type_override;    /* of --work-type, NULL: none */
	const struct ktstr_checks *checks; /* how the scenario judges its workers */
	bool wait_for_map_write; /* of KTSTR_SCENARIO: execute_steps waits for the map first */
	struct ktstr_inside *inside;
};

/* Why the last call was refused; "" before the first refusal. Good until the next call. */
KTSTR_API const char *ktstr_error(const struct ktstr_context *ctx);

/* ---- CPU sets: plain values ----
 * A set that is all zero is empty. Numbers that no CPU can have (negative, KTSTR_CPUS_MAX and
 * beyond) are in no set, and adding or removing one does nothing. */
/* Put a number in, take it out, ask whether it is in, count the members. */
KTSTR_API void ktstr_cpuset_add(struct ktstr_cpuset *set, int cpu);
KTSTR_API void ktstr_cpuset_remove(struct ktstr_cpuset *set, int cpu);
KTSTR_API bool ktstr_cpuset_has(const struct ktstr_cpuset *set, int cpu);
KTSTR_API int ktstr_cpuset_count(const struct ktstr_cpuset *set);
/* The lowest member above `after`, -1 if there is none; begin with -1. */
KTSTR_API int ktstr_cpuset_next(const struct ktstr_cpuset *set, int after);
/* Members at positions [first, end) in ascending order. */
KTSTR_API struct ktstr_cpuset ktstr_cpuset_slice(const struct ktstr_cpuset *set, int first,
						 int end);
/* What is in either, in both, in a but not in b. */
KTSTR_API struct ktstr_cpuset ktstr_cpuset_or(const struct ktstr_cpuset *a,
					      const struct ktstr_cpuset *b);
KTSTR_API struct ktstr_cpuset ktstr_cpuset_and(const struct ktstr_cpuset *a,
					       const struct ktstr_cpuset *b);
KTSTR_API struct ktstr_cpuset ktstr_cpuset_minus(const struct ktstr_cpuset *a,
						 const struct ktstr_cpuset *b);
/* "0-3,5"; at most `size` bytes with the NUL. Returns the length that the whole has. */
KTSTR_API size_t ktstr_cpuset_print(const struct ktstr_cpuset *set, char *text, size_t size);
/* From the kernel's list form, "0-3,5"; false for anything else, and the set may be anything then.
 */
KTSTR_API bool ktstr_cpuset_parse(struct ktstr_cpuset *set, const char *list);

/* ---- Topology ----
 * What the fields of ctx->topo say, as calls. None can be refused. */
/* How many CPUs, last-level caches and NUMA nodes there are. */
KTSTR_API int ktstr_topology_total_cpus(const struct ktstr_topology *topo);
KTSTR_API int ktstr_topology_num_llcs(const struct ktstr_topology *topo);
KTSTR_API int ktstr_topology_num_numa_nodes(const struct ktstr_topology *topo);
/* The CPUs that are online and allowed. */
KTSTR_API struct ktstr_cpuset ktstr_topology_all_cpuset(const struct ktstr_topology *topo);
/* All but the last CPU, which is left to the root cgroup, when there are more than two. */
KTSTR_API struct ktstr_cpuset ktstr_topology_usable_cpuset(const struct ktstr_topology *topo);
/* The CPUs of LLC `i`; empty where there is none. */
KTSTR_API struct ktstr_cpuset ktstr_topology_llc_aligned_cpuset(const struct ktstr_topology *topo,
								int i);
/* The same sets as numbers in ascending order, up to `room` of them; returns how many there are. */
KTSTR_API size_t ktstr_topology_all_cpus(const struct ktstr_topology *topo, int *cpus, size_t room);
KTSTR_API size_t ktstr_topology_usable_cpus(const struct ktstr_topology *topo, int *cpus,
					    size_t room);
KTSTR_API size_t ktstr_topology_cpus_in_llc(const struct ktstr_topology *topo, int i, int *cpus,
					    size_t room);
/* One set per LLC, up to `room` of them; returns how many there are. */
KTSTR_API size_t ktstr_topology_split_by_llc(const struct ktstr_topology *topo,
					     struct ktstr_cpuset *sets, size_t room);

/* ---- Cgroups ----
 * What a hook creates belongs to the block around its call, and goes with it at the latest. Each of
 * these is refused for a name that is none, for a group that does not exist, and by the kernel. */
/* Make a group in one that exists; refused if it exists already. */
KTSTR_API bool ktstr_cgroup_create(struct ktstr_cgroups *cgroups, const char *name);
/* Its workers are stopped and judged, its children go first. */
KTSTR_API bool ktstr_cgroup_remove(struct ktstr_cgroups *cgroups, const char *name);
/* The CPUs that its tasks may use from now on; an empty set is refused. */
KTSTR_API bool ktstr_cgroup_set_cpuset(struct ktstr_cgroups *cgroups, const char *name,
				       const struct ktstr_cpuset *set);
/* Back to the CPUs of its parent. */
KTSTR_API bool ktstr_cgroup_clear_cpuset(struct ktstr_cgroups *cgroups, const char *name);
/* The CPUs that its tasks may use now. */
KTSTR_API bool ktstr_cgroup_get_cpuset(struct ktstr_cgroups *cgroups, const char *name,
				       struct ktstr_cpuset *set);
/* How many tasks are in the group itself, not in its children. */
KTSTR_API bool ktstr_cgroup_count_tasks(struct ktstr_cgroups *cgroups, const char *name,
					int64_t *count);
/* Stop or continue all its tasks. */
KTSTR_API bool ktstr_cgroup_freeze(struct ktstr_cgroups *cgroups, const char *name, bool frozen);
/* Workers of the run, and tasks that descend from it (children of the hook); others are refused, as
 * tasks in a cgroup that is removed are killed. One that ends meanwhile is no error. */
KTSTR_API bool ktstr_cgroup_move_task(struct ktstr_cgroups *cgroups, const char *name, int64_t tid);
KTSTR_API bool ktstr_cgroup_move_tasks(struct ktstr_cgroups *cgroups, const char *name,
				       const int64_t *tids, size_t count);

/* ---- Workers ---- */
/* Make workers in a group, blocked until ktstr_release() or the next hold. A number of 0 says that
 * it was refused. */
KTSTR_API struct ktstr_handle ktstr_spawn(struct ktstr_context *ctx, const char *group,
					  const struct ktstr_work *work) KTSTR_MUST_CHECK;
/* Start all that are blocked; waits for settle first if cgroups are new. */
KTSTR_API bool ktstr_release(struct ktstr_context *ctx);
/* Move all workers of a handle. */
KTSTR_API bool ktstr_move(struct ktstr_context *ctx, struct ktstr_handle handle, const char *group);
/* Units of work done so far by all workers of a handle that run. */
KTSTR_API bool ktstr_progress(struct ktstr_context *ctx, struct ktstr_handle handle,
			      uint64_t *units);
/* Pids of the workers that run, up to `room`; returns how many there are, 0 when refused. */
KTSTR_API size_t ktstr_pids(struct ktstr_context *ctx, struct ktstr_handle handle, int64_t *pids,
			    size_t room);
/* Stop workers together, without judging them. Their reports, one for each worker of the handles in
 * order, are the caller's to free(); NULL when refused. */
KTSTR_API struct ktstr_report *ktstr_stop(struct ktstr_context *ctx,
					  const struct ktstr_handle *handles, size_t count,
					  size_t *reports) KTSTR_MUST_CHECK;

/* ---- Time ---- */
/* Wait, while signals, dying workers and the timeout are watched. */
KTSTR_API bool ktstr_sleep(struct ktstr_context *ctx, int64_t ns);
/* A phase of the scenario: what is blocked is released, then as ktstr_sleep(). */
KTSTR_API bool ktstr_hold(struct ktstr_context *ctx, int64_t ns);
/* Wait until a pinned BPF map has this value at this key. False when it has not within the time. */
KTSTR_API bool ktstr_wait_for_map(struct ktstr_context *ctx, const char *path, int64_t key,
				  int64_t value, int64_t timeout_ns);
/* For ctx->wait_for_map_write: the map of the scenario, for up to 10 s; at once where there is
 * none. */
KTSTR_API bool ktstr_wait_for_map_write(struct ktstr_context *ctx);

/* ---- Verdicts ---- */
/* The empty verdict. */
KTSTR_API struct ktstr_verdict ktstr_pass(void);
/* A verdict with one finding. */
KTSTR_API struct ktstr_verdict ktstr_fail(struct ktstr_context *ctx, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
KTSTR_API struct ktstr_verdict ktstr_skip(struct ktstr_context *ctx, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
KTSTR_API struct ktstr_verdict ktstr_broken(struct ktstr_context *ctx, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* What to return after a refusal: SKIP if this machine lacks something, else BROKEN, with the
 * reason. */
KTSTR_API struct ktstr_verdict ktstr_refused(struct ktstr_context *ctx);
/* Add the findings of `more` to `into`: any failure fails. */
KTSTR_API void ktstr_merge(struct ktstr_context *ctx, struct ktstr_verdict *into,
			   struct ktstr_verdict more);
/* Add findings to the scenario's result now. What a hook returns as a verdict is added anyway. */
KTSTR_API void ktstr_add(struct ktstr_context *ctx, struct ktstr_verdict verdict);
/* The findings as text, a line each; the caller's to free(). */
KTSTR_API char *ktstr_verdict_text(struct ktstr_context *ctx,
				   struct ktstr_verdict verdict) KTSTR_MUST_CHECK;
/* A line for the report. */
KTSTR_API void ktstr_note(struct ktstr_context *ctx, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Judge reports by the figures in them: `checks` NULL is ctx->checks. With `set`, a worker that was
 * seen outside of it has failed, whatever cpuset was in force. A report with the number and the pid
 * of a stopped worker is judged where that was, with what else is known of it (its wake latencies,
 * say). Others may be made up: they are judged together, and limits on what is not in a report judge
 * nothing of them. */
KTSTR_API struct ktstr_verdict ktstr_assert_cgroup(struct ktstr_context *ctx,
						   const struct ktstr_checks *checks,
						   const struct ktstr_report *reports, size_t count,
						   const struct ktstr_cpuset *set) KTSTR_MUST_CHECK;
/* Stop all, judge each handle's workers, merge: any failure fails. */
KTSTR_API struct ktstr_verdict
ktstr_collect_all(struct ktstr_context *ctx, const struct ktstr_handle *handles, size_t count,
		  const struct ktstr_checks *checks) KTSTR_MUST_CHECK;

/* ---- Set-up in one call ---- */
/* `workers_per_cgroup` workers of cpu_spin. */
KTSTR_API struct ktstr_work ktstr_dfl_wl(const struct ktstr_context *ctx);

/* Cgroups that are removed together. Declare it with ktstr_auto_guard, and that happens when it
 * goes out of scope; else call ktstr_guard_drop(). */
struct ktstr_guard {
	struct ktstr_context *ctx;
	char **names;
	size_t count;
};
/* An empty one. */
KTSTR_API struct ktstr_guard ktstr_guard_new(struct ktstr_context *ctx) KTSTR_MUST_CHECK;
/* Create a group and enter it; `set` NULL: the CPUs of its parent. */
KTSTR_API bool ktstr_guard_add_cgroup(struct ktstr_guard *guard, const char *name,
				      const struct ktstr_cpuset *set);
/* Remove them, newest first; those that are gone already are no error. May be called twice. */
KTSTR_API void ktstr_guard_drop(struct ktstr_guard *guard);
#define ktstr_auto_guard __attribute__((cleanup(ktstr_guard_drop))) struct ktstr_guard

/* What ktstr_setup_cgroups() made: a handle for each group, and the guard of the groups. */
struct ktstr_setup {
	bool fine; /* false: refused, and nothing is there */
	size_t count;
	struct ktstr_handle *handles;
	struct ktstr_guard guard;
};
/* Groups cg_0 … cg_<n-1>, `work` in each, started after settle. Bind it to a variable declared with
 * ktstr_auto_setup: without a variable nothing holds the guard, which is why the compiler warns. */
KTSTR_API struct ktstr_setup ktstr_setup_cgroups(struct ktstr_context *ctx, size_t n,
						 const struct ktstr_work *work) KTSTR_MUST_CHECK;
/* Remove the groups, stop what is left in them, and give back the memory. May be called twice. */
KTSTR_API void ktstr_setup_drop(struct ktstr_setup *setup);
#define ktstr_auto_setup __attribute__((cleanup(ktstr_setup_drop))) struct ktstr_setup

/* One group's workers for each name, in turn cpu_spin, bursty(50ms, 100ms), io_sync (always two),
 * mixed and yield_heavy; started at once. The groups must exist. Fills `handles`, one per name. */
KTSTR_API bool ktstr_spawn_diverse(struct ktstr_context *ctx, const char *const *names,
				   size_t count, struct ktstr_handle *handles);

/* ---- Ops ---- */
/* Run statements as the language writes them, as a block of their own: steps, cgroups, spawns,
 * holds, loops. Groups that exist are known in it; what it makes is judged and gone at its end.
 * `checks` NULL is what is in force. */
KTSTR_API struct ktstr_verdict
ktstr_execute_text(struct ktstr_context *ctx, const char *text,
		   const struct ktstr_checks *checks) KTSTR_MUST_CHECK;

/* The same, built one op at a time. An op that cannot be written (a number that is not finite)
 * makes the whole refused when it is executed. */
struct ktstr_steps;
/* Nothing yet; the caller's to ktstr_steps_free(), which takes NULL, too. */
KTSTR_API struct ktstr_steps *ktstr_steps_new(void) KTSTR_MUST_CHECK;
KTSTR_API void ktstr_steps_free(struct ktstr_steps *steps);
/* The following ops belong to a step of this name. */
KTSTR_API void ktstr_steps_step(struct ktstr_steps *steps, const char *name);
/* A group with its CPUs (NULL: its parent's) and its workers (NULL: none). */
KTSTR_API void ktstr_steps_cgroup(struct ktstr_steps *steps, const char *group,
				  const struct ktstr_cpuset *set, const struct ktstr_work *work);
/* The ops of these names: remove a group, give it CPUs, take them back, exchange them, make
 * workers, stop them, move tasks, freeze or thaw. */
KTSTR_API void ktstr_steps_remove(struct ktstr_steps *steps, const char *group);
KTSTR_API void ktstr_steps_set_cpuset(struct ktstr_steps *steps, const char *group,
				      const struct ktstr_cpuset *set);
KTSTR_API void ktstr_steps_clear_cpuset(struct ktstr_steps *steps, const char *group);
KTSTR_API void ktstr_steps_swap_cpusets(struct ktstr_steps *steps, const char *a, const char *b);
KTSTR_API void ktstr_steps_spawn(struct ktstr_steps *steps, const char *group,
				 const struct ktstr_work *work);
KTSTR_API void ktstr_steps_stop(struct ktstr_steps *steps, const char *group);
KTSTR_API void ktstr_steps_move_all(struct ktstr_steps *steps, const char *from, const char *to);
KTSTR_API void ktstr_steps_freeze(struct ktstr_steps *steps, const char *group, bool frozen);
/* A phase: a time in ns. */
KTSTR_API void ktstr_steps_hold(struct ktstr_steps *steps, int64_t ns);
/* A phase: a share of the scenario's duration, 1.0 for all of it. */
KTSTR_API void ktstr_steps_hold_share(struct ktstr_steps *steps, double share);
/* Any statement, as the language writes it. */
KTSTR_API void ktstr_steps_op(struct ktstr_steps *steps, const char *statement);
/* What was built, as text; good until the next op. */
KTSTR_API const char *ktstr_steps_text(struct ktstr_steps *steps);
/* Run what was built, as ktstr_execute_text() does; may be repeated. */
KTSTR_API struct ktstr_verdict ktstr_execute_steps(struct ktstr_context *ctx,
						   struct ktstr_steps *steps) KTSTR_MUST_CHECK;
KTSTR_API struct ktstr_verdict
ktstr_execute_steps_with(struct ktstr_context *ctx, struct ktstr_steps *steps,
			 const struct ktstr_checks *checks) KTSTR_MUST_CHECK;

/* ---- Worker bodies ---- */
/* A worker in its own process, as its body sees it. The body is called when the worker is released,
 * and again whenever it returns, until the worker is to stop. */
struct ktstr_worker {
	const volatile uint32_t *stop;
	void (*tick)(struct ktstr_worker *worker, uint64_t units);
	void (*restart)(struct ktstr_worker *worker);
	void (*sleep)(struct ktstr_worker *worker, int64_t ns);
	void *inside;
};

/* Is it to stop? Look at least every 100 ms. */
static inline bool ktstr_worker_stopped(const struct ktstr_worker *worker)
{
	return *worker->stop != 0;
}

/* So many units of work were done, and it still runs: some 30 ns, to be called every 20 us or so.
 * From these come units, gaps, migrations and isolation. */
static inline void ktstr_worker_tick(struct ktstr_worker *worker, uint64_t units)
{
	worker->tick(worker, units);
}

/* What went before since the last tick was no wish to run, but a wait. */
static inline void ktstr_worker_restart(struct ktstr_worker *worker)
{
	worker->restart(worker);
}

/* A declared sleep: no gap, and over at once when the worker is to stop. */
static inline void ktstr_worker_sleep(struct ktstr_worker *worker, int64_t ns)
{
	worker->sleep(worker, ns);
}

/* ---- Scenarios ---- */
/* How the CPUs are given to the groups. T are all CPUs, U the usable ones. */
enum ktstr_cpuset_kind {
	KTSTR_CPUSET_NONE,             /* no cpusets */
	KTSTR_CPUSET_LLC_ALIGNED,      /* an LLC each, of at least two */
	KTSTR_CPUSET_SPLIT_HALF,       /* two halves of U */
	KTSTR_CPUSET_SPLIT_MISALIGNED, /* two parts of U, cut through the middle of the first LLC */
	KTSTR_CPUSET_OVERLAP,          /* num_cgroups parts of U, each widened by `share` */
	KTSTR_CPUSET_UNEVEN,           /* two parts of U, the first with `share` of it */
	KTSTR_CPUSET_HOLDBACK          /* two halves of T without `share` of it */
};

struct ktstr_cpuset_mode {
	enum ktstr_cpuset_kind kind;
	double share;
};

#define KTSTR_WORKS_MAX 16

/* A scenario of the catalog. */
struct ktstr_scenario {
	const char *category;       /* "basic", …; NULL: none */
	const char *description;    /* one line; NULL: none */
	const char *required_flags; /* "llc,steal"; NULL: none */
	const char *excluded_flags;
	int num_cgroups; /* cg_0 … of a steady scenario */
	struct ktstr_cpuset_mode cpuset_mode;
	/* Of each group; one that is all zero is the first one's again. */
	struct ktstr_work cgroup_works[KTSTR_WORKS_MAX];
	/* NULL: steady, the groups above held for the duration. */
	struct ktstr_verdict (*custom)(struct ktstr_context *ctx);
	/* For ctx->wait_for_map_write: a pinned BPF map, and the value to wait for. */
	const char *map_path;
	int64_t map_key;
	int64_t map_value;
};

/* ---- Registration ---- */
enum ktstr_type {
	KTSTR_T_VOID,     /* result: none */
	KTSTR_T_VERDICT,  /* result: findings; in the language such a hook gives no value */
	KTSTR_T_INT,      /* int64_t */
	KTSTR_T_FLOAT,    /* double */
	KTSTR_T_PERCENT,  /* double, 1.0 for 100% */
	KTSTR_T_DURATION, /* int64_t, ns */
	KTSTR_T_SIZE,     /* int64_t, bytes */
	KTSTR_T_BOOL,     /* bool */
	KTSTR_T_STRING,   /* const char *; a result is copied as the hook returns */
	KTSTR_T_CPUSET,   /* const struct ktstr_cpuset *; a result is the struct itself */
	KTSTR_T_CGROUP    /* const char *, its path; no result */
};

union ktstr_value {
	int64_t integer;
	double number;
	const char *text;
	const struct ktstr_cpuset *set;
};

union ktstr_result {
	int64_t integer;
	double number;
	const char *text;
	struct ktstr_cpuset set;
	struct ktstr_verdict verdict;
};

enum ktstr_kind { KTSTR_KIND_HOOK, KTSTR_KIND_WORK, KTSTR_KIND_SCENARIO };

/* What the macros below write; `abi` stays first in every version. */
struct ktstr_entry {
	uint32_t abi;
	uint32_t kind;
	const char *name;
	const char *file;
	uint32_t line;
	uint8_t result;
	uint8_t param_count;
	uint8_t params[KTSTR_PARAMS_MAX];
	void (*call)(struct ktstr_context *ctx, const union ktstr_value *args,
		     union ktstr_result *result);
	void (*work)(struct ktstr_worker *worker, const union ktstr_value *args);
	const struct ktstr_scenario *scenario;
};

typedef const struct ktstr_entry *const *ktstr_registry_function(size_t *count);

/* The `ktstr` program with the hooks that are linked into this one; see KTSTR_MAIN(). */
KTSTR_API int ktstr_main(int argc, char **argv, ktstr_registry_function *registry);

/* KTSTR_HOOK(name, RESULT, PARAMETER…): `extern hook name(…) -> result`. Declares the function,
 * which follows with a body:
 *
 *     KTSTR_HOOK(probe, INT, STRING, DURATION)
 *     static int64_t probe(struct ktstr_context *ctx, const char *name, int64_t pause_ns)
 *     { … }
 *
 * RESULT and up to 8 PARAMETERs are the names of enum ktstr_type without KTSTR_T_. */
#define KTSTR_HOOK(...) KTSTR_CAT(KTSTR_HOOK_, KTSTR_COUNT(__VA_ARGS__))(__VA_ARGS__)

/* KTSTR_WORK(name, PARAMETER…): `extern work name(…)`, with up to 4 parameters that are numbers or
 * bools. Declares static void name(struct ktstr_worker *worker, …). */
#define KTSTR_WORK(...) KTSTR_CAT(KTSTR_WORK_, KTSTR_COUNT(__VA_ARGS__))(__VA_ARGS__)

/* KTSTR_SCENARIO(name, fields of struct ktstr_scenario…) */
#define KTSTR_SCENARIO(name, ...)                                                                  \
	static const struct ktstr_scenario name##_ktstr_scenario = {__VA_ARGS__};                  \
	KTSTR_ENTRY(name, KTSTR_KIND_SCENARIO, KTSTR_T_VERDICT, 0, (0), NULL, NULL,                \
		    &name##_ktstr_scenario)

/* A program of its own that runs like `ktstr`, with the hooks that are linked into it. */
#define KTSTR_MAIN()                                                                               \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return ktstr_main(argc, argv, ktstr_registry);                                     \
	}                                                                                          \
	extern int ktstr_main_is_defined

/* ---- What the macros are made of ---- */
#define KTSTR_CAT(a, b)                                   KTSTR_CAT_(a, b)
#define KTSTR_CAT_(a, b)                                  a##b
#define KTSTR_UNPACK(...)                                 __VA_ARGS__
#define KTSTR_COUNT(...)                                  KTSTR_TENTH(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define KTSTR_TENTH(a, b, c, d, e, f, g, h, i, j, n, ...) n

#define KTSTR_ENTRY(name, kind, result, count, params, call, work, scenario)                       \
	static const struct ktstr_entry name##_ktstr_entry = {KTSTR_ABI, kind,                     \
							      #name,     __FILE__,                 \
							      __LINE__,  result,                   \
							      count,     {KTSTR_UNPACK params},    \
							      call,      work,                     \
							      scenario};                           \
	static const struct ktstr_entry *name##_ktstr_pointer                                      \
		__attribute__((used, section("ktstr_entries"))) = &name##_ktstr_entry

#define KTSTR_DEFINE_HOOK(name, result_type, count, declared, given, params)                       \
	static KTSTR_R_##result_type name declared;                                                \
	static void name##_ktstr_call(struct ktstr_context *ctx, const union ktstr_value *args,    \
				      union ktstr_result *result)                                  \
	{                                                                                          \
		(void)args;                                                                        \
		(void)result;                                                                      \
		KTSTR_RETURN_##result_type(name given);                                            \
	}                                                                                          \
	KTSTR_ENTRY(name, KTSTR_KIND_HOOK, KTSTR_T_##result_type, count, params,                   \
		    name##_ktstr_call, NULL, NULL);

#define KTSTR_DEFINE_WORK(name, count, declared, given, params)                                    \
	static void name declared;                                                                 \
	static void name##_ktstr_work(struct ktstr_worker *worker, const union ktstr_value *args)  \
	{                                                                                          \
		(void)args;                                                                        \
		name given;                                                                        \
	}                                                                                          \
	KTSTR_ENTRY(name, KTSTR_KIND_WORK, KTSTR_T_VOID, count, params, NULL, name##_ktstr_work,   \
		    NULL);

/* C types of results and parameters, and how they are put and got. */
#define KTSTR_R_VOID             void
#define KTSTR_R_VERDICT          struct ktstr_verdict
#define KTSTR_R_INT              int64_t
#define KTSTR_R_FLOAT            double
#define KTSTR_R_PERCENT          double
#define KTSTR_R_DURATION         int64_t
#define KTSTR_R_SIZE             int64_t
#define KTSTR_R_BOOL             bool
#define KTSTR_R_STRING           const char *
#define KTSTR_R_CPUSET           struct ktstr_cpuset
#define KTSTR_RETURN_VOID(x)     x
#define KTSTR_RETURN_VERDICT(x)  result->verdict = x
#define KTSTR_RETURN_INT(x)      result->integer = x
#define KTSTR_RETURN_FLOAT(x)    result->number = x
#define KTSTR_RETURN_PERCENT(x)  result->number = x
#define KTSTR_RETURN_DURATION(x) result->integer = x
#define KTSTR_RETURN_SIZE(x)     result->integer = x
#define KTSTR_RETURN_BOOL(x)     result->integer = x
#define KTSTR_RETURN_STRING(x)   result->text = x
#define KTSTR_RETURN_CPUSET(x)   result->set = x
#define KTSTR_C_INT              int64_t
#define KTSTR_C_FLOAT            double
#define KTSTR_C_PERCENT          double
#define KTSTR_C_DURATION         int64_t
#define KTSTR_C_SIZE             int64_t
#define KTSTR_C_BOOL             bool
#define KTSTR_C_STRING           const char *
#define KTSTR_C_CPUSET           const struct ktstr_cpuset *
#define KTSTR_C_CGROUP           const char *
#define KTSTR_V_INT(i)           args[i].integer
#define KTSTR_V_FLOAT(i)         args[i].number
#define KTSTR_V_PERCENT(i)       args[i].number
#define KTSTR_V_DURATION(i)      args[i].integer
#define KTSTR_V_SIZE(i)          args[i].integer
#define KTSTR_V_BOOL(i)          args[i].integer != 0
#define KTSTR_V_STRING(i)        args[i].text
#define KTSTR_V_CPUSET(i)        args[i].set
#define KTSTR_V_CGROUP(i)        args[i].text

#define KTSTR_HOOK_2(name, r) KTSTR_DEFINE_HOOK(name, r, 0, (struct ktstr_context *), (ctx), (0))
#define KTSTR_HOOK_3(name, r, a)                                                                   \
	KTSTR_DEFINE_HOOK(name, r, 1, (struct ktstr_context *, KTSTR_C_##a),                       \
			  (ctx, KTSTR_V_##a(0)), (KTSTR_T_##a))
#define KTSTR_HOOK_4(name, r, a, b)                                                                \
	KTSTR_DEFINE_HOOK(name, r, 2, (struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b),          \
			  (ctx, KTSTR_V_##a(0), KTSTR_V_##b(1)), (KTSTR_T_##a, KTSTR_T_##b))
#define KTSTR_HOOK_5(name, r, a, b, c)                                                             \
	KTSTR_DEFINE_HOOK(name, r, 3,                                                              \
			  (struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c),         \
			  (ctx, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2)),                   \
			  (KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c))
#define KTSTR_HOOK_6(name, r, a, b, c, d)                                                          \
	KTSTR_DEFINE_HOOK(                                                                         \
		name, r, 4,                                                                        \
		(struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c, KTSTR_C_##d),      \
		(ctx, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2), KTSTR_V_##d(3)),             \
		(KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c, KTSTR_T_##d))
#define KTSTR_HOOK_7(name, r, a, b, c, d, e)                                                       \
	KTSTR_DEFINE_HOOK(name, r, 5,                                                              \
			  (struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c,          \
			   KTSTR_C_##d, KTSTR_C_##e),                                              \
			  (ctx, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2), KTSTR_V_##d(3),    \
			   KTSTR_V_##e(4)),                                                        \
			  (KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c, KTSTR_T_##d, KTSTR_T_##e))
#define KTSTR_HOOK_8(name, r, a, b, c, d, e, f)                                                    \
	KTSTR_DEFINE_HOOK(                                                                         \
		name, r, 6,                                                                        \
		(struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c, KTSTR_C_##d,       \
		 KTSTR_C_##e, KTSTR_C_##f),                                                        \
		(ctx, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2), KTSTR_V_##d(3),              \
		 KTSTR_V_##e(4), KTSTR_V_##f(5)),                                                  \
		(KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c, KTSTR_T_##d, KTSTR_T_##e, KTSTR_T_##f))
#define KTSTR_HOOK_9(name, r, a, b, c, d, e, f, g)                                                 \
	KTSTR_DEFINE_HOOK(name, r, 7,                                                              \
			  (struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c,          \
			   KTSTR_C_##d, KTSTR_C_##e, KTSTR_C_##f, KTSTR_C_##g),                    \
			  (ctx, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2), KTSTR_V_##d(3),    \
			   KTSTR_V_##e(4), KTSTR_V_##f(5), KTSTR_V_##g(6)),                        \
			  (KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c, KTSTR_T_##d, KTSTR_T_##e,        \
			   KTSTR_T_##f, KTSTR_T_##g))
#define KTSTR_HOOK_10(name, r, a, b, c, d, e, f, g, h)                                             \
	KTSTR_DEFINE_HOOK(name, r, 8,                                                              \
			  (struct ktstr_context *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c,          \
			   KTSTR_C_##d, KTSTR_C_##e, KTSTR_C_##f, KTSTR_C_##g, KTSTR_C_##h),       \
			  (ctx, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2), KTSTR_V_##d(3),    \
			   KTSTR_V_##e(4), KTSTR_V_##f(5), KTSTR_V_##g(6), KTSTR_V_##h(7)),        \
			  (KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c, KTSTR_T_##d, KTSTR_T_##e,        \
			   KTSTR_T_##f, KTSTR_T_##g, KTSTR_T_##h))
#define KTSTR_WORK_1(name) KTSTR_DEFINE_WORK(name, 0, (struct ktstr_worker *), (worker), (0))
#define KTSTR_WORK_2(name, a)                                                                      \
	KTSTR_DEFINE_WORK(name, 1, (struct ktstr_worker *, KTSTR_C_##a), (worker, KTSTR_V_##a(0)), \
			  (KTSTR_T_##a))
#define KTSTR_WORK_3(name, a, b)                                                                   \
	KTSTR_DEFINE_WORK(name, 2, (struct ktstr_worker *, KTSTR_C_##a, KTSTR_C_##b),              \
			  (worker, KTSTR_V_##a(0), KTSTR_V_##b(1)), (KTSTR_T_##a, KTSTR_T_##b))
#define KTSTR_WORK_4(name, a, b, c)                                                                \
	KTSTR_DEFINE_WORK(name, 3, (struct ktstr_worker *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c), \
			  (worker, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2)),                \
			  (KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c))
#define KTSTR_WORK_5(name, a, b, c, d)                                                             \
	KTSTR_DEFINE_WORK(                                                                         \
		name, 4,                                                                           \
		(struct ktstr_worker *, KTSTR_C_##a, KTSTR_C_##b, KTSTR_C_##c, KTSTR_C_##d),       \
		(worker, KTSTR_V_##a(0), KTSTR_V_##b(1), KTSTR_V_##c(2), KTSTR_V_##d(3)),          \
		(KTSTR_T_##a, KTSTR_T_##b, KTSTR_T_##c, KTSTR_T_##d))

/* Each shared object and program has this one; it finds what the macros registered there. */
#ifndef KTSTR_NO_REGISTRY
static const struct ktstr_entry *ktstr_no_entry __attribute__((used, section("ktstr_entries"))) =
	NULL;
extern const struct ktstr_entry *__start_ktstr_entries[] __attribute__((visibility("hidden")));
extern const struct ktstr_entry *__stop_ktstr_entries[] __attribute__((visibility("hidden")));
KTSTR_API __attribute__((weak)) const struct ktstr_entry *const *ktstr_registry(size_t *count);
KTSTR_API __attribute__((weak)) const struct ktstr_entry *const *ktstr_registry(size_t *count)
{
	*count = (size_t)(__stop_ktstr_entries - __start_ktstr_entries);
	return __start_ktstr_entries;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
