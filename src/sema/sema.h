/*
 * sema: is the program sound? Types and units, names, values and bounds, and the life cycles of
 * cgroups and workers, all before anything is touched. The findings are written into the tree
 * (types, folded constants, meanings of names), which the emitter then trusts.
 */
#ifndef KTSTR_SEMA_SEMA_H
#define KTSTR_SEMA_SEMA_H

#include "host/knobs.h"
#include "host/work.h"
#include "sema/bound.h"
#include "sema/defaults.h"
#include "sema/metrics.h"
#include "sema/words.h"
#include "syntax/tree.h"

enum symbol_kind {
	SYMBOL_PARAM,
	SYMBOL_LET,
	SYMBOL_LOOP,
	SYMBOL_ARGUMENT, /* a parameter inside its fn or proc */
	SYMBOL_FN,
	SYMBOL_PROC,
	SYMBOL_HOOK, /* extern hook */
	SYMBOL_WORK, /* extern work */
	SYMBOL_PAYLOAD,
	SYMBOL_SCHEDULER,
	SYMBOL_RUN, /* run … as NAME */
};

/* Is a cgroup, or are workers, there at this line? */
enum life_state { LIFE_NEVER, LIFE_LIVE, LIFE_MAYBE, LIFE_GONE };

struct life {
	enum life_state state;
	struct span since; /* the statement that made it so */
};

/* What the machines that a program is checked for have of each. */
struct machine_range {
	int64_t least, most;
};
struct sema_machines {
	struct machine_range cpus, usable, cores, llcs, nodes, smt;
};

/* The global names that a scenario, or another global name, makes use of. */
struct use {
	struct use *next;
	struct symbol *symbol;
};

/* A call of one fn or proc in the body of another. */
struct call_edge {
	struct call_edge *next;
	struct symbol *callee;
	struct span span;
};

/* What a declared name means. */
struct symbol {
	enum symbol_kind kind;
	enum type type;
	name_id name;
	struct span span;      /* of the name in its declaration */
	struct stmt *stmt;     /* the declaration */
	struct expr *constant; /* the value where it is known, else NULL */
	bool global;
	bool used;
	struct symbol *hidden; /* the meaning of the name outside this block */
	/* of fns and procs: the calls in their bodies, and where the search for cycles is */
	struct call_edge *calls;
	enum { CALLS_NEW, CALLS_OPEN, CALLS_DONE } visit;
	int call_depth; /* of the calls in it, at the deepest */
	/* of an argument of type cgroup, while life cycles are followed */
	struct group *group;
	struct symbol *payload; /* of a run */
	/* of workers and of runs of a payload, while life cycles are followed */
	int owner;
	struct life life;
	/* of the evaluator: where it keeps what the name stands for, or a fn's last call, plus 1 */
	uint32_t kept;
	uint32_t kept_for; /* the scenario for which it holds */
	struct use *uses;  /* of a global name */
	uint32_t stamp;    /* of the last list of uses it was put into */
	/* of the emitter */
	uint32_t reg;
	uint32_t scenario; /* that evaluates this global already */
	uint32_t entry;    /* of a fn or a proc; number of a hook, payload or scheduler */
	bool emitted;
};

/* Settings of a spawn and of a scenario, in the order of their tables below. */
enum spawn_setting {
	SPAWN_POLICY,
	SPAWN_AFFINITY,
	SPAWN_NICE,
	SPAWN_MEMPOLICY,
	SPAWN_MEMPOLICY_FLAGS,
	SPAWN_NAME,
	SPAWN_SWAPPABLE,
	SPAWN_SETTINGS
};
enum scenario_setting {
	SCENARIO_CATEGORY,
	SCENARIO_TAGS,
	SCENARIO_DURATION,
	SCENARIO_SETTLE,
	SCENARIO_WORKERS,
	SCENARIO_TIMEOUT,
	SCENARIO_EXTEND,
	SCENARIO_SCHEDULER,
	SCENARIO_SETTINGS
};
enum payload_setting {
	PAYLOAD_EXEC,
	PAYLOAD_ARGS,
	PAYLOAD_TIMEOUT,
	PAYLOAD_OUTPUT,
	PAYLOAD_SETTINGS
};
enum scheduler_setting {
	SCHEDULER_EXEC,
	SCHEDULER_ARGS,
	SCHEDULER_ATTACH_TIMEOUT,
	SCHEDULER_SETTINGS
};

struct setting_info {
	const char *name;
	enum type type; /* TYPE_ERROR: a list of strings, or a scheduler's name */
	const char *doc;
};

extern const struct setting_info spawn_settings[SPAWN_SETTINGS];
extern const struct setting_info scenario_settings[SCENARIO_SETTINGS];
extern const struct setting_info payload_settings[PAYLOAD_SETTINGS];
extern const struct setting_info scheduler_settings[SCHEDULER_SETTINGS];

/* Intern the language's own words; call on an empty map, before parsing. */
void sema_reserve_names(struct map *names);

/* Check the whole tree. Diagnostics go to tree->diags; the program may be emitted when there are
 * no errors among them. */
void sema_check(struct tree *tree);

/* The setting's index in its table, or -1. */
int sema_find_setting(const struct setting_info *table, int count, const char *name);

/* The name of a group's part that means the cgroup the run was started in. */
#define SEMA_HOST "host"

#endif
