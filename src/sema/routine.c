/* Fns and procs: signatures, bodies of fns, and that none of them leads back to itself. */
#include "sema/checker.h"

#include <assert.h>

enum type routine_named_type(struct checker *check, name_id name, struct span span)
{
	enum type type = type_find(checker_text(check, name));
	if (type == TYPE_ERROR) {
		struct text_nearest nearest;
		text_nearest_start(&nearest, checker_text(check, name));
		for (enum type i = TYPE_ERROR + 1; i < TYPE_COUNT; i++)
			text_nearest_offer(&nearest, type_table[i].name);
		diag_report(check->diags, DIAG_UNKNOWN_TYPE, span,
			    nearest.best ? "there is no type '%s'; did you mean '%s'?"
					 : "there is no type '%s'",
			    checker_text(check, name), nearest.best);
	}
	return type;
}

void routine_declare_types(struct checker *check, struct stmt *stmt, int most)
{
	int count = 0;
	for (struct parameter *param = stmt->routine.params; param; param = param->next) {
		param->symbol = ARENA_NEW(check->tree->arena, struct symbol);
		param->symbol->type = routine_named_type(check, param->type_name, param->type_span);
		if (++count == most + 1)
			diag_report(check->diags, DIAG_BAD_ARGUMENTS, param->span,
				    stmt->kind == STMT_EXTERN
					    ? "a C function is given at most %d parameters"
					    : "a fn or a proc has at most %d parameters",
				    most);
	}
}

void routine_declare_all(struct checker *check, struct stmt *first)
{
	for (struct stmt *stmt = first; stmt; stmt = stmt->next) {
		bool fn = stmt->kind == STMT_FN;
		if (!fn && stmt->kind != STMT_PROC)
			continue;
		if (!fn)
			VECTOR_PUSH(&check->procs, stmt);
		struct symbol *symbol = scope_declare(check, fn ? SYMBOL_FN : SYMBOL_PROC,
						      stmt->name, stmt->name_span, stmt);
		symbol->global = true;
		symbol->type = fn ? routine_named_type(check, stmt->routine.type_name,
						       stmt->routine.type_span)
				  : TYPE_ERROR;
		stmt->routine.symbol = symbol;
		if (symbol->type == TYPE_CGROUP || symbol->type == TYPE_WORKERS)
			diag_report(check->diags, DIAG_TYPE_MISMATCH, stmt->routine.type_span,
				    "a fn is pure and cannot give %s", type_phrase(symbol->type));
		routine_declare_types(check, stmt, ROUTINE_PARAMS_MAX);
	}
}

void routine_declare_params(struct checker *check, struct stmt *stmt)
{
	for (struct parameter *param = stmt->routine.params; param; param = param->next) {
		enum type type = param->symbol->type;
		if (param->initial && type != TYPE_ERROR) {
			if (type == TYPE_CGROUP)
				expr_become_group(check, param->initial);
			expr_want(check, param->initial, type, "the default of this parameter");
		}
		struct symbol *symbol =
			scope_declare(check, SYMBOL_ARGUMENT, param->name, param->span, stmt);
		symbol->type = type;
		param->symbol = symbol;
	}
}

void routine_check_fn(struct checker *check, struct stmt *stmt)
{
	size_t mark;
	struct symbol *symbol = stmt->routine.symbol;
	check->uses = &symbol->uses;
	check->stamp++;
	check->routine = symbol;
	scope_open(check, &mark);
	routine_declare_params(check, stmt);
	if (symbol->type == TYPE_ERROR)
		expr_check(check, stmt->routine.value);
	else
		expr_want(check, stmt->routine.value, symbol->type, "the value of this fn");
	scope_close(check, mark);
	check->routine = NULL;
	check->uses = NULL;
}

struct chain {
	const struct chain *caller;
	const struct symbol *symbol;
	int length;
};

static void put_chain(struct text *text, const struct checker *check, const struct chain *chain,
		      const struct symbol *from)
{
	assert(chain); /* it ends with `from` */
	if (chain->symbol != from)
		put_chain(text, check, chain->caller, from);
	text_printf(text, "%s -> ", checker_text(check, chain->symbol->name));
}

/* So far a chain of calls is followed at once; one that is longer is refused for what was. */
enum { CHAIN_MAX = 10000 };

static void follow(struct checker *check, struct symbol *symbol, const struct chain *caller)
{
	struct chain chain = {caller, symbol, caller ? caller->length + 1 : 1};
	symbol->visit = CALLS_OPEN;
	for (const struct call_edge *edge = symbol->calls; edge; edge = edge->next) {
		if (edge->callee->visit == CALLS_NEW) {
			if (chain.length < CHAIN_MAX)
				follow(check, edge->callee, &chain);
		} else if (edge->callee->visit == CALLS_OPEN) {
			struct text text = {0};
			put_chain(&text, check, &chain, edge->callee);
			diag_report(check->diags, DIAG_RECURSION, edge->span,
				    "'%s' calls itself: %s%s",
				    checker_text(check, edge->callee->name), text_string(&text),
				    checker_text(check, edge->callee->name));
			text_free(&text);
			continue;
		}
		if (edge->callee->call_depth + 1 > symbol->call_depth)
			symbol->call_depth = edge->callee->call_depth + 1;
		if (symbol->call_depth == SEMA_CALLS_MAX &&
		    edge->callee->call_depth + 1 == SEMA_CALLS_MAX)
			diag_report(check->diags, DIAG_DEEP_CALLS, edge->span,
				    "from here on calls lead more than %d deep", SEMA_CALLS_MAX);
	}
	symbol->visit = CALLS_DONE;
}

bool routine_check_cycles(struct checker *check, struct stmt *first)
{
	size_t errors = check->diags->errors;
	for (struct stmt *stmt = first; stmt; stmt = stmt->next) {
		bool routine = stmt->kind == STMT_FN || stmt->kind == STMT_PROC;
		if (routine && stmt->routine.symbol->visit == CALLS_NEW)
			follow(check, stmt->routine.symbol, NULL);
	}
	return check->diags->errors == errors;
}
