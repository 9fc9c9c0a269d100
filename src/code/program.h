/*
 * program: the compiled form of a file: instructions over typed registers, constants, strings, the
 * operand pool, and what is known of each scenario and param. Everything in it lives in its own
 * arena and outlives the tree; spans refer to the source set it was compiled from.
 */
#ifndef KTSTR_CODE_PROGRAM_H
#define KTSTR_CODE_PROGRAM_H

#include "base/vector.h"
#include "sema/bound.h"
#include "sema/types.h"
#include "source/source.h"

enum op {
#define OP(name, a, b, c, effect) OP_##name,
#include "code/ops.def"
#undef OP
	OP_COUNT
};

/* What an operand is: see ops.def. */
enum operand {
	OPERAND___,
	OPERAND_RI,
	OPERAND_RF,
	OPERAND_RS,
	OPERAND_RC,
	OPERAND_RW,
	OPERAND_RA,
	OPERAND_RP,
	OPERAND_RM,
	OPERAND_RG,
	OPERAND_RH,
	OPERAND_OI,
	OPERAND_OS,
	OPERAND_OG,
	OPERAND_WI,
	OPERAND_WF,
	OPERAND_WS,
	OPERAND_WC,
	OPERAND_WW,
	OPERAND_WA,
	OPERAND_WP,
	OPERAND_WM,
	OPERAND_WG,
	OPERAND_WH,
	OPERAND_WX,
	OPERAND_JUMP,
	OPERAND_WORD,
	OPERAND_WORK,
	OPERAND_ARGS,
	OPERAND_SPAWN,
	OPERAND_KNOB,
	OPERAND_METRIC,
	OPERAND_SETTING,
	OPERAND_PHASE,
	OPERAND_SCOPE,
	OPERAND_RL,
	OPERAND_WL,
	OPERAND_HX,
	OPERAND_HOOK,
	OPERAND_RUN,
	OPERAND_SCHEDULER,
};

struct op_info {
	const char *name;
	enum operand operands[3];
	const char *effect;
};

extern const struct op_info op_table[OP_COUNT];

/* The register type that an operand asks for, 0 if it is no register. */
char operand_register(enum operand operand);
bool operand_is_optional(enum operand operand);

/* Flags of an instruction. */
enum {
	FLAG_QUIET = 1,      /* KNOB_*: part of a cgroup block, GROUP_READY tells of it */
	FLAG_STRICT = 2,     /* LIMIT_*: the limit itself is a failure already */
	FLAG_BLOCK = 4,      /* GROUP_CREATE: of a cgroup block */
	FLAG_PATIENT = 8,    /* CALL: in the condition of an await */
	FLAG_SCHEDULER = 16, /* LIMIT_*: of the scheduler under test, not of the scenario */
};

struct instruction {
	uint16_t op;
	uint16_t flags;
	uint32_t a, b, c;
};

/* No register: an operand left out. */
#define NONE UINT32_MAX

enum scope_kind { SCOPE_SCENARIO, SCOPE_STEP, SCOPE_SCOPE, SCOPE_KIND_COUNT };

/* Operands of SPAWN in the pool. */
enum {
	SPAWN_ARG_GROUP,
	SPAWN_ARG_COUNT,
	SPAWN_ARG_WORK,
	SPAWN_ARG_POLICY,
	SPAWN_ARG_AFFINITY,
	SPAWN_ARG_NICE,
	SPAWN_ARG_NAME,
	SPAWN_ARG_MEMPOLICY,
	SPAWN_ARG_FLAGS,
	SPAWN_ARG_SWAPPABLE,
	SPAWN_ARGS
};
/* Their register types, in order; lower case where it may be left out. */
#define SPAWN_ARG_TYPES "GiWpaismii"

/* Operands of RUN in the pool; behind them the arguments, then a value for each of the payload's
 * limits that has one. */
enum {
	RUN_ARG_PAYLOAD, /* its number */
	RUN_ARG_GROUP,   /* NONE: the cgroup of the run */
	RUN_ARG_EXEC,
	RUN_ARG_TIMEOUT, /* NONE: SEMA_PAYLOAD_NS */
	RUN_ARG_COUNT,   /* of arguments */
	RUN_ARGS
};

/* Operands of SCHEDULER in the pool; behind them pairs: a flag's number (NONE: always) and an
 * argument. */
enum {
	SCHEDULER_ARG_SCHEDULER, /* its number */
	SCHEDULER_ARG_EXEC,
	SCHEDULER_ARG_TIMEOUT, /* to attach; NONE: SEMA_ATTACH_NS */
	SCHEDULER_ARG_COUNT,   /* of pairs */
	SCHEDULER_ARG_FIRST
};

/* The most arguments of a payload or scheduler, parameters of a hook, flags. */
enum { PROGRAM_ARGUMENTS_MAX = 64, HOOK_PARAMS_MAX = 8, PROGRAM_FLAGS_MAX = 64 };

/* A registered C function (or worker's body) that the program calls. */
struct hook {
	const char *name;
	bool work;
	enum type result; /* TYPE_ERROR: none */
	uint32_t param_count;
	enum type params[HOOK_PARAMS_MAX];
	struct span span; /* of the declaration's name */
};

/* A library of such functions that a file names: `use hooks "name"`. */
struct used_library {
	const char *name;
	struct span span; /* in the file beside which it is */
};

enum payload_output { PAYLOAD_OUTPUT_NONE, PAYLOAD_OUTPUT_JSON, PAYLOAD_OUTPUT_TEXT };

/* A figure that a payload's output holds: the path of a number in JSON, or a regular expression. */
struct payload_metric {
	const char *name;
	const char *path;
};

/* How a metric is judged. */
enum payload_relation {
	PAYLOAD_IS_GIVEN,
	PAYLOAD_IS_FREE, /* not judged, though it is unless told */
	PAYLOAD_EQ,
	PAYLOAD_NE,
	PAYLOAD_LT,
	PAYLOAD_LE,
	PAYLOAD_GT,
	PAYLOAD_GE,
	PAYLOAD_RELATIONS
};

struct payload_limit {
	uint32_t metric; /* 0 is the exit code, then the payload's metrics from 1 on */
	enum payload_relation relation;
	struct span span;
};

struct payload {
	const char *name;
	enum payload_output output;
	uint32_t metric_count;
	struct payload_metric *metrics;
	uint32_t limit_count;
	struct payload_limit *limits;
	struct span span;
};

/* Does the limit compare with a value? */
static inline bool payload_limit_has_value(const struct payload_limit *limit)
{
	return limit->relation >= PAYLOAD_EQ;
}

struct flag_declaration {
	const char *name;
	const char *doc;
	uint64_t needs; /* flags of lower number */
};

struct scheduler {
	const char *name;
	struct span span;
};

/* A register's value before the program starts. */
struct constant {
	uint32_t reg;
	union {
		int64_t integer;
		double number;
		uint32_t string;
	};
};

struct scenario {
	const char *name;
	const char *doc;      /* "" where none is given */
	const char *category; /* likewise */
	uint32_t entry;
	uint64_t requires; /* flags, with all that they need */
	uint64_t excludes;
	struct span span; /* of its name */
	struct bound bound;
};

struct param {
	const char *name;
	const char *doc;
	enum type type;
	uint32_t reg;
	struct span span;
};

struct program {
	struct arena arena;
	VECTOR(struct instruction) code;
	VECTOR(struct span) spans; /* of each instruction */
	VECTOR(char) registers;    /* their types, as in types.def */
	VECTOR(struct constant) constants;
	VECTOR(const char *) strings;
	VECTOR(uint32_t) pool;
	VECTOR(struct scenario) scenarios;
	VECTOR(struct param) params;
	VECTOR(struct hook) hooks;
	VECTOR(struct used_library) libraries;
	VECTOR(struct payload) payloads;
	VECTOR(struct scheduler) schedulers;
	VECTOR(struct flag_declaration) flags; /* the built-in ones first */
	unsigned knobs;                        /* bit per knob that some line names */
	bool redefined; /* some param has another value than the declared one */
};

/* The number of the flag whose name these `length` bytes are; how many there are if none is. */
size_t program_flag(const struct program *program, const char *name, size_t length);

void program_free(struct program *program);

#endif
