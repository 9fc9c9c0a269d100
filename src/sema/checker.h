/*
 * checker: the state of one check, shared by the files of this layer and by nobody else.
 */
#ifndef KTSTR_SEMA_CHECKER_H
#define KTSTR_SEMA_CHECKER_H

#include "base/vector.h"
#include "sema/sema.h"

/* The most workers of one spawn, parameters of a fn, proc or hook, arguments of a program. */
enum { WORKERS_MAX = 65536, ROUTINE_PARAMS_MAX = 8, ARGUMENTS_MAX = 64, LIST_ITEMS_MAX = 256 };

/* Where in the program the walk is. */
enum place {
	PLACE_FILE,
	PLACE_SCENARIO,
	PLACE_STEP,
	PLACE_CGROUP,
	PLACE_PROC,
	PLACE_BROKEN, /* a block whose first line could not be read: anything may stand there */
};

/* What an interned name of the language means, in each of its name spaces; counted from 1. */
struct meaning {
	uint8_t word;
	uint8_t work;
	uint8_t knob;
	uint8_t metric;
};

struct declared_flag {
	name_id name;
	struct span span; /* SPAN_NONE: built in */
	uint64_t needs;   /* flags of lower number */
	bool used;
};

struct checker {
	struct tree *tree;
	struct diag_list *diags;
	struct meaning *meanings; /* by name_id, up to meaning_count */
	name_id meaning_count;
	/* declared names: the innermost meaning of each, and what to undo at a block's end */
	struct symbol **symbols; /* by name_id */
	name_id symbol_room;
	VECTOR(struct symbol *) declared;
	/* names of groups seen anywhere in the scenario: in an expression they stand for a path */
	uint8_t *group_names; /* by name_id: 1 if some line of this scenario creates it */
	VECTOR(name_id) group_list;
	bool all_groups;   /* those of the whole file are known now, not of one scenario */
	uint32_t main_end; /* of the first file: what others declare may go unused */
	bool in_branch;    /* inside an if or a loop: what stands there may not happen, or repeat */
	bool in_global;    /* inside a top-level let or param: no scenario is running */
	VECTOR(struct stmt *) procs;        /* of the whole file */
	VECTOR(struct declared_flag) flags; /* built-in ones first */
	struct symbol *routine;             /* the fn or proc whose body is being checked */
	struct use **uses; /* where uses of global names are noted; NULL: nowhere */
	uint32_t stamp;    /* of that list */
	name_id topo, sched, host;
};

/* scope.c */
void scope_open(struct checker *check, size_t *mark);
void scope_close(struct checker *check, size_t mark);
struct symbol *scope_declare(struct checker *check, enum symbol_kind kind, name_id name,
			     struct span span, struct stmt *stmt);
struct symbol *scope_find(const struct checker *check, name_id name);
struct meaning scope_meaning(const struct checker *check, name_id name);
bool scope_is_group(const struct checker *check, name_id name);
void scope_collect_groups(struct checker *check, struct stmt *first);
void scope_forget_groups(struct checker *check);
/* The names of a cgroup that is created. */
void scope_check_group_names(struct checker *check, const struct ref *ref);
/* The nearest known word, variable or group to one that is not. NULL: none is near. */
const char *scope_nearest(const struct checker *check, const char *word, bool with_groups);

static inline const char *checker_text(const struct checker *check, name_id name)
{
	return map_text(check->tree->names, name);
}

/* expr.c: give every node its type, fold what is known. Returns the type. */
enum type expr_check(struct checker *check, struct expr *expr);
/* As above, and the value must be of type `wanted`; `what` names the place for messages ("the
 * length of a hold"). False if it is not (which is reported). */
bool expr_want(struct checker *check, struct expr *expr, enum type wanted, const char *what);
/* A duration or a percentage of the scenario's duration. */
bool expr_want_time(struct checker *check, struct expr *expr, const char *what);
/* A path of cgroups: its index expressions. */
void expr_check_ref(struct checker *check, struct ref *ref);
/* Is the value known, and a number? */
bool expr_is_integer(const struct expr *expr, int64_t *value);
bool expr_is_number(const struct expr *expr, double *value);

/* limits.c */
void limits_check(struct checker *check, struct stmt *stmt);

/* settings.c: one setting each; `seen` remembers those of its block. */
/* The setting's index in the table of what is called `of`; -1 where there is none, which is
 * reported, as is one that was there before. */
int settings_find(struct checker *check, const struct setting_info *table, int count,
		  const char *of, const struct stmt *stmt, const struct stmt **seen);
void settings_check_scenario(struct checker *check, struct stmt *stmt, const struct stmt **seen);
void settings_check_cgroup(struct checker *check, struct stmt *stmt, const struct stmt **seen);
void settings_check_spawn(struct checker *check, struct stmt *stmt, const struct stmt **seen);
/* Do the mempolicy_flags among a spawn's settings suit its mempolicy? */
void settings_check_flags(struct checker *check, const struct stmt *const *seen);
/* The knob that a name means; KNOB_COUNT when there is none, which is reported. */
enum knob settings_check_knob(struct checker *check, name_id name, struct span span);
/* Of a `set`: does it name the affinity of the group's workers, and no knob? Then its value is
 * checked. */
bool settings_check_affinity(struct checker *check, struct stmt *stmt);
void settings_check_knob_value(struct checker *check, enum knob knob, struct expr *value);
/* Put the range of a knob's values into words. */
void settings_put_range(struct text *range, enum knob knob);
/* Report a known value below `least`, which is 0 or 1. */
void settings_check_least(struct checker *check, const struct expr *value, int64_t least,
			  const char *what);

/* Note that what is being checked makes use of a global name. */
void expr_note_use(struct checker *check, struct symbol *symbol);
/* An argument for a parameter of type cgroup: a path becomes the group itself. */
void expr_become_group(struct checker *check, struct expr *expr);

/* routine.c: fns and procs. Signatures come first, so that their order does not matter. */
void routine_declare_all(struct checker *check, struct stmt *first);
/* The type of this name; an unknown one is reported. */
enum type routine_named_type(struct checker *check, name_id name, struct span span);
/* Types of the parameters, for calls that stand before the body; at most `most` of them. */
void routine_declare_types(struct checker *check, struct stmt *stmt, int most);
void routine_declare_params(struct checker *check, struct stmt *stmt);
void routine_check_fn(struct checker *check, struct stmt *stmt);
/* After everything: false if one of them leads back to itself, which is reported. */
bool routine_check_cycles(struct checker *check, struct stmt *first);

/* call.c */
/* A call of a fn or a proc; the result's type, TYPE_ERROR for a proc as well. */
enum type call_check_routine(struct checker *check, struct expr *expr, struct symbol *symbol);
enum type call_check(struct checker *check, struct expr *expr);
/* A word without parentheses. */
enum type call_check_word(struct checker *check, struct expr *expr, enum word word);
/* The table entry of a call's work as argument list: parameters in the order of work.def. */
enum type call_check_work(struct checker *check, struct expr *expr, enum work_kind kind);
/* How many workers of this work belong together, where that is known; else 1. */
int64_t call_work_members(const struct expr *work);

/* fold.c: compute unary and binary nodes whose operands are known, in place. */
void fold_unary(struct checker *check, struct expr *expr);
void fold_binary(struct checker *check, struct expr *expr);

/* lifecycle.c: cgroups and handles of one scenario, on all its ways. */
void lifecycle_check(struct checker *check, struct stmt *scenario);

/* timing.c: the bound of every scenario, and what no run of them can do. */
void timing_check(struct checker *check);

#endif
