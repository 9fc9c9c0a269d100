/*
 * program: the compiled form of a file: instructions over typed registers, constants, strings, the
 * operand pool, and what is known of each scenario and param. Everything in it lives in its own
 * arena and outlives the tree; spans refer to the source set it was compiled from.
 */
#ifndef KTSTR_CODE_PROGRAM_H
#define KTSTR_CODE_PROGRAM_H

#include "base/vector.h"
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
	OPERAND_SCOPE,
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
	FLAG_QUIET = 1,  /* KNOB_*: part of a cgroup block, GROUP_READY tells of it */
	FLAG_STRICT = 2, /* LIMIT_*: the limit itself is too much already */
	FLAG_BLOCK = 4,  /* GROUP_CREATE: of a cgroup block */
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
	SPAWN_ARGS
};
/* Their register types, in order; lower case where it may be left out. */
#define SPAWN_ARG_TYPES "GiWpais"

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
	struct span span; /* of its name */
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
	unsigned knobs; /* bit per knob that some line names */
};

void program_free(struct program *program);

#endif
