/*
 * emitter: the state of one emission, shared by emit.c (statements) and emit_expr.c.
 *
 * Registers: a constant, a param or a global name keeps its own for good; a local name keeps one
 * until its block ends; temporaries are given back at the end of their statement. Names are never
 * assigned twice, so `let a = b` is another name for b's register.
 */
#ifndef KTSTR_CODE_EMITTER_H
#define KTSTR_CODE_EMITTER_H

#include "code/emit.h"

struct emitter {
	const struct tree *tree;
	struct program *program;
	struct arena arena;              /* of the maps below */
	struct map keys;                 /* constants by type and value */
	VECTOR(uint32_t) constant_regs;  /* by key */
	VECTOR(uint32_t) string_of_name; /* by name_id: number of the string + 1 */
	VECTOR(uint32_t) free_regs[128]; /* by type letter */
	VECTOR(uint32_t) held;           /* registers to give back, oldest first */
	uint32_t scenario;               /* number of the current one, from 1 */
	uint32_t group;                  /* register of the cgroup block around, NONE */
	bool patient;                    /* in the condition of an await */
	const struct stmt *scheduler;    /* to be started before the scenario's first op */
	struct span span;                /* of the statement being emitted */
};

/* Add an instruction; returns its index. The operands are checked against the table. */
uint32_t emit(struct emitter *emitter, enum op op, uint32_t a, uint32_t b, uint32_t c);
/* The index of the next instruction; and make a jump emitted before go to here. */
uint32_t emit_here(const struct emitter *emitter);
void emit_patch(struct emitter *emitter, uint32_t jump);

/* A new register, given back by the next emit_release() to a mark before it. */
uint32_t emit_register(struct emitter *emitter, char type);
size_t emit_mark(const struct emitter *emitter);
void emit_release(struct emitter *emitter, size_t mark);
/* A register that is never given back. */
uint32_t emit_permanent(struct emitter *emitter, char type);

uint32_t emit_integer(struct emitter *emitter, int64_t value);
uint32_t emit_number(struct emitter *emitter, double value);
uint32_t emit_string(struct emitter *emitter, const char *text);

/* to = from, whatever their type is. */
void emit_copy(struct emitter *emitter, uint32_t to, uint32_t from);
/* Pass the arguments of a call and invoke its fn or proc. */
void emit_invoke(struct emitter *emitter, const struct expr *call);

/* The expression's value: the register that holds it. */
uint32_t emit_expr(struct emitter *emitter, const struct expr *expr);
/* As above, converted from int to float where a float is wanted. */
uint32_t emit_float(struct emitter *emitter, const struct expr *expr);
/* NONE for NULL. */
uint32_t emit_optional(struct emitter *emitter, const struct expr *expr);
/* Jump that is taken if the condition is false; to be patched. The condition is evaluated in
 * full only as far as needed. */
uint32_t emit_jump_unless(struct emitter *emitter, const struct expr *condition);
/* The path as a cgroup value. */
uint32_t emit_ref(struct emitter *emitter, const struct ref *ref);
/* Append the value of an expression to the text in a register. */
void emit_text_part(struct emitter *emitter, uint32_t text, const struct expr *expr);
/* Arguments in the pool: where they begin. Those left out are NONE. */
uint32_t emit_pool(struct emitter *emitter, const uint32_t *values, size_t count);
/* Text that outlives the tree. */
const char *emit_keep(struct emitter *emitter, name_id name);

/* emit_foreign.c: the tables of externs, payloads, schedulers and flags, which come first; and what
 * is done with them. */
void emit_foreign_tables(struct emitter *emitter);
uint32_t emit_custom(struct emitter *emitter, const struct expr *call);
void emit_run(struct emitter *emitter, const struct stmt *stmt);
void emit_end(struct emitter *emitter, const struct stmt *stmt);
void emit_scheduler(struct emitter *emitter, const struct stmt *scheduler);
void emit_scheduler_op(struct emitter *emitter, const struct stmt *stmt);

/* The program's own spelling of something, blanks folded. */
uint32_t emit_source_text(struct emitter *emitter, struct span span);

#endif
