/*
 * tree: the program as it was written. Nodes live in the compilation's arena and are never freed
 * alone; the grammar builds them bottom-up through the constructors below and never looks inside.
 * The checker writes its findings (type, meaning) into fields reserved for it.
 */
#ifndef KTSTR_SYNTAX_TREE_H
#define KTSTR_SYNTAX_TREE_H

#include "base/map.h"
#include "source/diag.h"

#include <stdbool.h>

/* Expressions nested deeper than this are refused, so that every walk may recurse. */
enum { TREE_DEPTH_MAX = 200, TREE_PATH_MAX = 16 };

enum expr_kind {
	EXPR_ERROR, /* stands for what could not be read or checked; silences all that follows */
	EXPR_INT,
	EXPR_FLOAT,
	EXPR_PERCENT,
	EXPR_DURATION,
	EXPR_SIZE,
	EXPR_BOOL,
	EXPR_STRING,
	EXPR_TEXT, /* a string with {…} parts: `items`, strings and expressions in turn */
	EXPR_LIST, /* [ … ] of strings: `items` */
	EXPR_NAME,
	EXPR_FIELD, /* left . name */
	EXPR_INDEX, /* left [ right ] */
	EXPR_CALL,  /* name ( items ) */
	EXPR_UNARY,
	EXPR_BINARY,
};

enum tree_op {
	TREE_ADD,
	TREE_SUB,
	TREE_MUL,
	TREE_DIV,
	TREE_MOD,
	TREE_UNION,
	TREE_INTERSECT,
	TREE_EQ,
	TREE_NE,
	TREE_LT,
	TREE_LE,
	TREE_GT,
	TREE_GE,
	TREE_AND,
	TREE_OR,
	TREE_NOT,
	TREE_NEG,
};

struct symbol; /* of the checker */
struct use;    /* likewise */
struct bound;  /* likewise */
struct sema_machines; /* likewise */

struct expr {
	uint8_t kind;     /* enum expr_kind */
	uint8_t op;       /* enum tree_op */
	uint8_t type;     /* enum type, written by the checker */
	uint8_t constant; /* checker: the value is known: `integer` or `number` of the fold */
	bool custom;      /* CALL of a registered C function */
	uint16_t depth;
	uint16_t word; /* checker: index of the word that a name or call means, plus 1 */
	struct span span;
	union {
		int64_t integer; /* INT, DURATION (ns), SIZE (bytes), BOOL */
		double number;   /* FLOAT, PERCENT (0.5 is 50 %) */
		struct {
			struct expr *left;
			struct expr *right;
		};
		struct {
			union {
				struct item *items;
				struct expr *base;     /* FIELD */
				struct symbol *symbol; /* NAME: checker */
			};
			name_id name;   /* NAME, FIELD, CALL, STRING */
			uint32_t extra; /* checker's own */
			struct symbol *routine; /* CALL of a fn, proc or extern: checker */
		};
	};
};

/* An argument of a call, a part of a text, a member of a list. */
struct item {
	struct item *next;
	struct expr *value;
	name_id name; /* of a named argument, else 0 */
	struct span name_span;
};

/* A cgroup path as written: a/b[i]/c. */
struct ref {
	struct ref *next; /* the part after the '/' */
	struct expr *index;
	name_id name;
	struct span span; /* of the name and its index; the first part's covers the whole path */
	struct span name_span;
	struct symbol *symbol; /* checker: a parameter of type cgroup */
};

enum stmt_kind {
	STMT_ERROR,
	STMT_USE,
	STMT_PARAM,
	STMT_LET,
	STMT_SCENARIO,
	STMT_FN,
	STMT_PROC,
	STMT_EXTERN,
	STMT_PAYLOAD,
	STMT_SCHEDULER,
	STMT_FLAG,      /* declares one */
	STMT_FLAG_ARGS, /* flag NAME { … } of a scheduler */
	STMT_METRIC,
	STMT_REQUIRES,
	STMT_EXCLUDES,
	STMT_CALL,
	STMT_CUSTOM,
	STMT_RUN,
	STMT_WAIT,
	STMT_KILL,
	STMT_SCHEDULER_OP, /* its name is the verb: start, replace, stop */
	STMT_SETTING,
	STMT_NEEDS,
	STMT_STEP,
	STMT_SCOPE,
	STMT_CGROUP,
	STMT_CREATE,
	STMT_REMOVE,
	STMT_SET,
	STMT_CLEAR,
	STMT_SWAP,
	STMT_SPAWN,
	STMT_STOP,
	STMT_MOVE,
	STMT_FREEZE,
	STMT_THAW,
	STMT_SLEEP,
	STMT_HOLD,
	STMT_AWAIT,
	STMT_EVERY,
	STMT_TIMES,
	STMT_FOR,
	STMT_IF,
	STMT_SKIP,
	STMT_FAIL,
	STMT_NOTE,
	STMT_EXPECT, /* an expression */
	STMT_LIMITS, /* expect { … } */
};

struct block {
	struct stmt *first;
	struct span span; /* braces included */
};

/* One line of expect { … }. */
struct limit {
	struct limit *next;
	struct span span;
	struct span name_span;
	name_id metric;
	bool off;               /* no METRIC */
	uint8_t op;             /* enum tree_op, of `value` */
	uint8_t metric_id;      /* checker */
	struct expr *value;     /* NULL: a metric without a limit */
	struct expr *sustained; /* for …; NULL: none */
};

/* A parameter of a fn or a proc. */
struct parameter {
	struct parameter *next;
	name_id name;
	name_id type_name;
	struct span span;
	struct span type_span;
	struct expr *initial;  /* NULL: it must be given */
	struct symbol *symbol; /* checker */
};

/* One arm of an if: `condition` is NULL for the last else. */
struct arm {
	struct arm *next;
	struct expr *condition;
	struct block block;
};

struct stmt {
	uint8_t kind; /* enum stmt_kind */
	struct span span;
	struct span name_span; /* of the name declared, the setting, the knob */
	name_id name;
	struct stmt *next;
	union {
		struct { /* PARAM, LET, SETTING, NEEDS, SLEEP, HOLD, AWAIT, SKIP, FAIL, NOTE,
			  * EXPECT, METRIC, CALL, CUSTOM, WAIT, KILL,
			  * SCHEDULER_OP */
			struct expr *value;  /* HOLD: NULL is `rest`; WAIT: timeout */
			struct expr *second; /* message, `if` condition, timeout, param's doc */
			struct stmt *spawn;  /* LET of workers */
			name_id type_name;
			struct span type_span;
			struct symbol *symbol; /* PARAM, LET, WAIT, KILL: checker */
		} simple;
		struct { /* SCENARIO, STEP, SCOPE, CGROUP, EVERY, TIMES, FOR, PAYLOAD, SCHEDULER,
			  * FLAG_ARGS */
			struct block block;
			struct expr *first;    /* label; period, count, range start */
			struct expr *second;   /* doc; `for` length, range end */
			struct ref *ref;       /* CGROUP */
			union {
				struct symbol *symbol; /* of the loop's name, the declaration: checker */
				struct bound *bound;   /* SCENARIO: checker */
			};
			struct use *uses; /* SCENARIO: checker */
		} body;
		struct { /* CREATE, REMOVE, SET, CLEAR, SWAP, STOP, MOVE, FREEZE, THAW, RUN */
			struct ref *ref;
			struct ref *other;  /* SWAP; MOVE: destination */
			struct expr *value; /* SET; MOVE: how many */
			name_id other_name; /* SWAP: the second knob; RUN: `as`, 0 without */
			struct span other_span;
			uint32_t knob;         /* checker */
			bool affinity;         /* SET: of the workers, no knob: checker */
			struct symbol *symbol; /* STOP, MOVE: workers; RUN: checker */
		} group;
		struct {                    /* SPAWN */
			struct expr *count; /* NULL: one … `workers` of the context */
			struct expr *work;
			struct ref *ref; /* NULL: the cgroup around it */
			struct stmt *settings;
			struct symbol *symbol; /* of the handle it is bound to: checker */
		} spawn;
		struct { /* FN, PROC, EXTERN */
			struct parameter *params;
			struct expr *value; /* FN */
			struct block block; /* PROC */
			bool work;          /* EXTERN: a worker's body, not a hook */
			name_id type_name;  /* FN; EXTERN: 0 where it gives nothing */
			struct span type_span;
			struct symbol *symbol; /* checker */
		} routine;
		struct { /* FLAG, REQUIRES, EXCLUDES */
			struct item *list; /* names of flags */
			struct expr *doc;
			uint64_t mask;     /* of those flags: checker */
		} flags;
		struct arm *arms; /* IF */
		bool hooks;       /* USE: a library of C functions, not a file */
		struct {          /* LIMITS */
			struct ref *ref;
			struct limit *first;
		} limits;
	};
};

/* A tree under construction, and what the constructors need. */
struct tree {
	struct arena *arena;
	struct map *names;
	struct diag_list *diags;
	struct stmt *first; /* the file's declarations */
	/* The machines that it is checked for; NULL: any. */
	const struct sema_machines *machines;
	/* Names that broken lines may have declared: not knowing them is no second mistake. */
	VECTOR(name_id) suspects;
};

bool tree_is_suspect(const struct tree *tree, name_id name);

/* List builders of the grammar: `last` makes appending O(1). */
struct stmt_list {
	struct stmt *first, *last;
};
struct item_list {
	struct item *first, *last;
};
struct limit_list {
	struct limit *first, *last;
};

struct expr *tree_error(struct tree *tree, struct span span);
struct expr *tree_integer(struct tree *tree, enum expr_kind kind, int64_t value, struct span span);
struct expr *tree_number(struct tree *tree, enum expr_kind kind, double value, struct span span);
struct expr *tree_named(struct tree *tree, enum expr_kind kind, name_id name, struct span span);
struct expr *tree_unary(struct tree *tree, enum tree_op op, struct expr *operand, struct span span);
struct expr *tree_binary(struct tree *tree, enum tree_op op, struct expr *left, struct expr *right);
struct expr *tree_field(struct tree *tree, struct expr *base, name_id name, struct span span);
struct expr *tree_index(struct tree *tree, struct expr *base, struct expr *index, struct span span);
struct expr *tree_call(struct tree *tree, name_id name, struct item *items, struct span span);
struct expr *tree_items(struct tree *tree, enum expr_kind kind, struct item *items,
			struct span span);
struct item *tree_item(struct tree *tree, name_id name, struct span name_span, struct expr *value);
void tree_append_item(struct item_list *list, struct item *item);

struct ref *tree_ref(struct tree *tree, name_id name, struct span name_span, struct expr *index,
		     struct span span);
/* Put `part` at the end of a path; beyond TREE_PATH_MAX parts it is refused. */
struct ref *tree_ref_append(struct tree *tree, struct ref *path, struct ref *part);

struct parameter *tree_parameter(struct tree *tree, name_id name, struct span span,
				 name_id type_name, struct span type_span, struct expr *initial);
struct stmt *tree_stmt(struct tree *tree, enum stmt_kind kind, struct span span);
void tree_append_stmt(struct stmt_list *list, struct stmt *stmt);
struct limit *tree_limit(struct tree *tree, name_id metric, struct span name_span,
			 struct span span);
void tree_append_limit(struct limit_list *list, struct limit *limit);
struct arm *tree_arm(struct tree *tree, struct expr *condition, struct block block);

/* Spelling of an operator. */
const char *tree_op_text(enum tree_op op);

#endif
