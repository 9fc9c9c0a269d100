/*
 * foreign: declarations of what is not written in the language: C functions and worker bodies
 * (extern), programs (payload, scheduler), and the flags that a scheduler may have. Checks them and
 * the statements that use them.
 */
#ifndef KTSTR_SEMA_FOREIGN_H
#define KTSTR_SEMA_FOREIGN_H

#include "sema/checker.h"

/* Names of all such declarations, before any statement is checked: their order does not matter. */
void foreign_declare_all(struct checker *check, struct stmt *first);

/* Declarations. */
void foreign_check_extern(struct checker *check, struct stmt *stmt);
void foreign_check_program(struct checker *check, struct stmt *stmt);

/* Clauses and settings of a scenario. */
void foreign_check_flags(struct checker *check, struct stmt *stmt);
/* No flag may be required and excluded. */
void foreign_check_contradictions(struct checker *check, const struct stmt *scenario);
void foreign_check_scheduler_setting(struct checker *check, struct expr *value);

/* custom NAME(…): the type of its value, TYPE_ERROR where it has none. */
enum type foreign_check_custom(struct checker *check, struct expr *expr, bool statement);
/* NAME or NAME(…) of an `extern work`. */
enum type foreign_check_work(struct checker *check, struct expr *expr, struct symbol *symbol);
/* run, wait, kill. */
void foreign_check_run(struct checker *check, struct stmt *stmt);
void foreign_check_end(struct checker *check, struct stmt *stmt);

/* What a declared payload or scheduler sets this to; NULL: it does not. */
const struct expr *foreign_setting(const struct checker *check, const struct stmt *stmt,
				   const char *name);

#endif
