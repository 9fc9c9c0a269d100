#include "sema/evaluator.h"

#include <math.h>
#include <stdio.h>

/* So many calls of fns are followed in a file, and so deep; of the others only the type is known.
 */
enum { FN_CALLS_MAX = 100000, DEPTH_MAX = 600 };

/* Linux has at most so many tasks (PID_MAX_LIMIT, include/linux/threads.h). */
static const long double TASKS_MAX = 4194304;

bool evaluate_refuse(struct evaluator *evaluator, unsigned depends, enum diag_code code,
		     struct span span, const char *format, ...)
{
	char message[512];
	va_list arguments;
	struct diag_list *diags = evaluator->check->diags;
	unsigned changes = DEPENDS_PARAMS | DEPENDS_SETTINGS;
	if (evaluator->dead || ((depends & changes) && evaluator->branches) ||
	    ((depends & DEPENDS_MACHINE) && evaluator->narrow))
		return false;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	diag_report(diags, code, span, "%s", message);
	if (!span_is_none(evaluator->call))
		diag_label(diags, evaluator->call, "in this call");
	if (depends & DEPENDS_PARAMS)
		diag_note(diags, "that is so with the declared values of the params");
	if (depends & DEPENDS_SETTINGS)
		diag_note(diags, "that is so with the scenario's own duration, settle and workers");
	return true;
}

void evaluate_need(struct evaluator *evaluator, const struct expr *expr, struct interval value,
		   long double least, long double most, const char *what, const char *range)
{
	struct interval plain = interval_plain(value, &evaluator->own);
	if (plain.high.fixed < least || plain.low.fixed > most)
		evaluate_refuse(evaluator, plain.depends, DIAG_OUT_OF_RANGE, expr->span, "%s is %s",
				what, range);
}

static struct interval depending(struct interval value, unsigned depends)
{
	value.depends |= depends;
	return value;
}

void evaluate_bind(struct evaluator *evaluator, struct symbol *symbol, struct interval value)
{
	if (!symbol)
		return;
	if (!symbol->kept) {
		VECTOR_PUSH(&evaluator->store->values, value);
		symbol->kept = (uint32_t)evaluator->store->values.length;
	}
	evaluator->store->values.data[symbol->kept - 1] = value;
	symbol->kept_for = evaluator->stamp;
}

/* Each scenario evaluates the global names that it uses before its own first line. */
static void evaluate_global(struct evaluator *evaluator, struct symbol *symbol)
{
	struct evaluator here = *evaluator;
	evaluator->duration = here.first_duration;
	evaluator->settle = here.first_settle;
	evaluator->workers = here.first_workers;
	evaluator->branches = 0;
	evaluator->call = SPAN_NONE;
	struct interval value = evaluate(evaluator, symbol->stmt->simple.value);
	evaluate_bind(evaluator, symbol, value);
	here.fn_calls = evaluator->fn_calls;
	*evaluator = here;
}

static struct interval evaluate_name(struct evaluator *evaluator, const struct expr *expr)
{
	struct symbol *symbol = expr->symbol;
	if (!type_is_numeric(expr->type) && expr->type != TYPE_BOOL)
		return (struct interval){0};
	if (symbol->kind == SYMBOL_PARAM)
		return depending(evaluate(evaluator, symbol->stmt->simple.value), DEPENDS_PARAMS);
	bool known = symbol->kept && symbol->kept_for == evaluator->stamp;
	if (!known && symbol->global && symbol->stmt->simple.value) {
		evaluate_global(evaluator, symbol);
		known = true;
	}
	return known ? evaluator->store->values.data[symbol->kept - 1] : interval_all(expr->type);
}

void evaluate_ref(struct evaluator *evaluator, const struct ref *ref)
{
	for (; ref; ref = ref->next) {
		if (!ref->index)
			continue;
		struct interval index = evaluate(evaluator, ref->index);
		if (index.high.fixed < 0)
			evaluate_refuse(evaluator, index.depends, DIAG_OUT_OF_RANGE,
					ref->index->span, "cgroups of a family are counted from 0");
	}
}

static struct interval evaluate_logic(struct evaluator *evaluator, const struct expr *expr)
{
	struct interval left = evaluate(evaluator, expr->left);
	long double decides = expr->op == TREE_OR;
	if (left.low.fixed == left.high.fixed && left.low.fixed == decides)
		return left;
	bool open = left.low.fixed != left.high.fixed;
	evaluator->branches += open;
	struct interval right = evaluate(evaluator, expr->right);
	evaluator->branches -= open;
	struct interval value = decides != 0
					? interval_of(fmaxl(left.low.fixed, right.low.fixed),
						      fmaxl(left.high.fixed, right.high.fixed))
					: interval_of(fminl(left.low.fixed, right.low.fixed),
						      fminl(left.high.fixed, right.high.fixed));
	return depending(value, left.depends | right.depends);
}

static struct interval evaluate_binary(struct evaluator *evaluator, const struct expr *expr)
{
	enum tree_op op = expr->op;
	if (op == TREE_AND || op == TREE_OR)
		return evaluate_logic(evaluator, expr);
	struct interval values[2] = {evaluate(evaluator, expr->left),
				     evaluate(evaluator, expr->right)};
	enum type types[2] = {expr->left->type, expr->right->type};
	if (!type_is_numeric(types[0]) && types[0] != TYPE_BOOL)
		return interval_all(expr->type);
	if (op >= TREE_EQ && op <= TREE_GE)
		return interval_compare(op, values[0], values[1], &evaluator->own);
	enum interval_fault fault;
	struct interval value =
		interval_compute(op, expr->type, values, types, &evaluator->own, &fault);
	if (fault == INTERVAL_ZERO)
		evaluate_refuse(evaluator, values[1].depends, DIAG_DIVISION_BY_ZERO, expr->span,
				"this divides by zero");
	else if (fault == INTERVAL_OVERFLOW)
		evaluate_refuse(evaluator, value.depends, DIAG_OVERFLOW, expr->span,
				"the result does not fit in 64 bits");
	return value;
}

static struct interval evaluate_unary(struct evaluator *evaluator, const struct expr *expr)
{
	struct interval value = evaluate(evaluator, expr->left);
	if (expr->op != TREE_NOT)
		return interval_negate(value);
	struct interval result = interval_of(1 - value.high.fixed, 1 - value.low.fixed);
	return depending(result, value.depends);
}

static struct interval of_machine(const struct machine_range *range)
{
	return depending(interval_of((long double)range->least, (long double)range->most),
			 DEPENDS_MACHINE);
}

static void need_parts(struct evaluator *evaluator, const struct item *item,
		       const struct interval *args)
{
	const struct expr *part = item->value, *parts = item->next->value;
	unsigned depends = args[0].depends | args[1].depends;
	evaluate_need(evaluator, parts, args[1], 1, CPUSET_CPUS, "the number of parts",
		      "from 1 to 4096");
	evaluate_need(evaluator, part, args[0], 0, HUGE_VALL, "the number of a part", "at least 0");
	if (args[1].high.fixed >= 1 && args[0].low.fixed >= args[1].high.fixed)
		evaluate_refuse(evaluator, depends, DIAG_NO_SUCH_PART, part->span,
				"there is no part of this number: the last is number %.0Lf",
				args[1].high.fixed - 1);
}

static void need_share(struct evaluator *evaluator, const struct item *item, struct interval value,
		       const char *what)
{
	evaluate_need(evaluator, item->value, value, 0, 1, what, "from 0% to 100%");
}

/* What the second argument of range() or slice() cannot be. */
static void need_order(struct evaluator *evaluator, const struct item *end,
		       const struct interval *from, const struct interval *to, const char *message)
{
	if (from->low.fixed >= to->high.fixed)
		evaluate_refuse(evaluator, from->depends | to->depends, DIAG_EMPTY_RANGE,
				end->value->span, "%s", message);
}

/* Arguments that end every run at this line. */
/* dispatch */
static void check_word(struct evaluator *evaluator, enum word word, const struct item *items,
		       const struct interval *args)
{
	const long double cpus = CPUSET_CPUS;
	const struct item *second = items ? items->next : NULL;
	struct interval runtime, period;
	switch ((int)word) {
	case WORD_disjoint:
		need_parts(evaluator, items, args);
		break;
	case WORD_overlap:
		need_parts(evaluator, items, args);
		need_share(evaluator, second->next, args[2], "the overlap");
		break;
	case WORD_range:
		need_share(evaluator, items, args[0], "the start of a range");
		need_share(evaluator, second, args[1], "the end of a range");
		need_order(evaluator, second, &args[0], &args[1],
			   "this range ends before it begins");
		break;
	case WORD_slice:
		evaluate_need(evaluator, second->value, args[1], 0, cpus - 1, "a position",
			      "from 0 to 4095");
		need_order(evaluator, second->next, &args[1], &args[2],
			   "this slice is empty on every machine");
		break;
	case WORD_llc:
	case WORD_node:
	case WORD_core:
		evaluate_need(evaluator, items->value, args[0], 0, cpus - 1, "the number",
			      "from 0 to 4095");
		break;
	case WORD_nth:
		evaluate_need(evaluator, second->value, args[1], 0, cpus - 1, "a position",
			      "from 0 to 4095");
		break;
	case WORD_first:
	case WORD_last:
	case WORD_pick:
		evaluate_need(evaluator, second->value, args[1], 1, cpus, "the number of CPUs",
			      "from 1 to 4096");
		break;
	case WORD_random:
		if (items->value)
			evaluate_need(evaluator, items->value, args[0], 1, cpus,
				      "the number of CPUs", "from 1 to 4096");
		break;
	case WORD_fifo:
	case WORD_rr:
		evaluate_need(evaluator, items->value, args[0], 1, 99, "a real-time priority",
			      "from 1 to 99");
		break;
	case WORD_deadline:
		evaluate_need(evaluator, items->value, args[0], 1024, HUGE_VALL, "the runtime",
			      "at least 1024ns, says the kernel");
		runtime = interval_plain(args[0], &evaluator->own);
		period = interval_plain(args[1], &evaluator->own);
		if (runtime.low.fixed > period.high.fixed)
			evaluate_refuse(evaluator, runtime.depends | period.depends,
					DIAG_OUT_OF_RANGE, items->value->span,
					"the runtime is at most the period");
		break;
	default:
		break;
	}
}

static struct interval whole(struct evaluator *evaluator, const struct expr *expr,
			     struct interval value, double (*function)(double))
{
	value = interval_whole(value, function);
	if (value.low.fixed >= 9.2e18L || value.high.fixed <= -9.2e18L)
		evaluate_refuse(evaluator, value.depends, DIAG_OVERFLOW, expr->span,
				"the result does not fit in 64 bits");
	struct interval all = interval_all(TYPE_INT);
	value.low.fixed = fminl(fmaxl(value.low.fixed, all.low.fixed), all.high.fixed);
	value.high.fixed = fminl(fmaxl(value.high.fixed, all.low.fixed), all.high.fixed);
	return value;
}

/* dispatch */
static struct interval word_value(struct evaluator *evaluator, const struct expr *expr,
				  enum word word, const struct interval *args)
{
	const struct sema_machines *machines = evaluator->machines;
	switch ((int)word) {
	case WORD_duration:
		return evaluator->duration;
	case WORD_settle:
		return evaluator->settle;
	case WORD_workers:
		return evaluator->workers;
	case WORD_seed:
		return interval_of(0, (long double)INT64_MAX);
	case WORD_topo_cpus:
		return of_machine(&machines->cpus);
	case WORD_topo_usable:
		return of_machine(&machines->usable);
	case WORD_topo_cores:
		return of_machine(&machines->cores);
	case WORD_topo_llcs:
		return of_machine(&machines->llcs);
	case WORD_topo_nodes:
		return of_machine(&machines->nodes);
	case WORD_topo_smt:
		return of_machine(&machines->smt);
	case WORD_sched_pid:
		return interval_of(0, TASKS_MAX);
	case WORD_size:
		return depending(interval_of(0, (long double)machines->cpus.most), DEPENDS_MACHINE);
	case WORD_llcs_of:
		return depending(interval_of(0, (long double)machines->llcs.most), DEPENDS_MACHINE);
	case WORD_nodes_of:
		return depending(interval_of(0, (long double)machines->nodes.most),
				 DEPENDS_MACHINE);
	case WORD_floor:
		return whole(evaluator, expr, args[0], floor);
	case WORD_ceil:
		return whole(evaluator, expr, args[0], ceil);
	case WORD_round:
		return whole(evaluator, expr, args[0], round);
	case WORD_min:
		return interval_min(args[0], args[1], &evaluator->own);
	case WORD_max:
		return interval_max(args[0], args[1], &evaluator->own);
	case WORD_abs:
		return interval_abs(args[0], &evaluator->own);
	default:
		return interval_all(expr->type);
	}
}

/* Arguments of which call.c has said already what there is to say. */
static bool is_settled(const struct item *item)
{
	for (; item; item = item->next) {
		const struct expr *value = item->value;
		bool literal =
			value && value->constant &&
			(type_table[value->type].reg != 'I' || value->integer <= CPUSET_CPUS);
		bool word = value && value->kind == EXPR_CALL && value->word && !value->items;
		if (value && !literal && !(word && value->type == TYPE_CPUSET))
			return false;
	}
	return true;
}

static struct interval evaluate_word(struct evaluator *evaluator, const struct expr *expr)
{
	if (expr->type == TYPE_CPUSET && is_settled(expr->items))
		return (struct interval){0};
	struct interval args[WORD_ARGS_MAX] = {0};
	enum word word = expr->word - 1u;
	int count = 0;
	for (const struct item *item = expr->items; item; item = item->next, count++) {
		if (item->value)
			args[count] = evaluate(evaluator, item->value);
	}
	if (count)
		check_word(evaluator, word, expr->items, args);
	return word_value(evaluator, expr, word, args);
}

static void evaluate_work(struct evaluator *evaluator, const struct expr *expr)
{
	static const struct work_param length = {
		"length", WORK_PARAM_DURATION, 0, WORK_PHASE_LEAST_NS, WORK_PHASE_MOST_NS, ""};
	bool phases = expr->extra == WORK_sequence;
	const struct work_param *param = phases ? &length : work_table[expr->extra].params;
	for (const struct item *item = expr->items; item; item = item->next, param += !phases) {
		if (!item->value || item->value->constant)
			continue;
		struct interval value =
			interval_plain(evaluate(evaluator, item->value), &evaluator->own);
		if (value.high.fixed >= (long double)param->least &&
		    value.low.fixed <= (long double)param->most)
			continue;
		struct text range = {0};
		work_put_param(&range, param->kind, param->least);
		text_puts(&range, " to ");
		work_put_param(&range, param->kind, param->most);
		evaluate_refuse(evaluator, value.depends, DIAG_OUT_OF_RANGE, item->value->span,
				"`%s` goes from %s", param->name, text_string(&range));
		text_free(&range);
	}
}

void evaluate_arguments(struct evaluator *evaluator, const struct expr *call,
			struct interval arguments[ROUTINE_PARAMS_MAX])
{
	const struct parameter *param = call->routine->stmt->routine.params;
	int count = 0;
	for (const struct item *item = call->items; item && count < ROUTINE_PARAMS_MAX;
	     item = item->next, count++)
		arguments[count] = depending(evaluate(evaluator, item->value), DEPENDS_ARGUMENTS);
	count = 0;
	for (; param; param = param->next)
		evaluate_bind(evaluator, param->symbol, arguments[count++]);
}

static bool is_same_call(const struct fn_memo *memo,
			 const struct interval arguments[ROUTINE_PARAMS_MAX])
{
	for (int i = 0; i < ROUTINE_PARAMS_MAX; i++) {
		if (!interval_equal(&memo->arguments[i], &arguments[i]))
			return false;
	}
	return true;
}

static struct interval evaluate_fn(struct evaluator *evaluator, const struct expr *call)
{
	struct evaluator_store *store = evaluator->store;
	struct symbol *fn = call->routine;
	struct interval arguments[ROUTINE_PARAMS_MAX] = {0};
	if (++evaluator->fn_calls > FN_CALLS_MAX)
		return interval_all(call->type);
	evaluate_arguments(evaluator, call, arguments);
	if (fn->kept && fn->kept_for == evaluator->stamp &&
	    is_same_call(&store->memos.data[fn->kept - 1], arguments))
		return store->memos.data[fn->kept - 1].result;
	struct span outer = evaluator->call;
	evaluator->call = call->span;
	struct fn_memo memo = {.result = evaluate(evaluator, fn->stmt->routine.value)};
	evaluator->call = outer;
	for (int i = 0; i < ROUTINE_PARAMS_MAX; i++)
		memo.arguments[i] = arguments[i];
	if (!fn->kept) {
		VECTOR_PUSH(&store->memos, memo);
		fn->kept = (uint32_t)store->memos.length;
	}
	store->memos.data[fn->kept - 1] = memo;
	fn->kept_for = evaluator->stamp;
	return memo.result;
}

/* A C function: of what it gives, only the type is known. */
static struct interval evaluate_foreign(struct evaluator *evaluator, const struct expr *call)
{
	for (const struct item *item = call->items; item; item = item->next) {
		if (item->value)
			evaluate(evaluator, item->value);
	}
	evaluator->hooks |= call->custom;
	return interval_all(call->type);
}

static struct interval evaluate_call(struct evaluator *evaluator, const struct expr *expr)
{
	if (expr->routine && expr->routine->kind == SYMBOL_FN)
		return evaluate_fn(evaluator, expr);
	if (expr->routine)
		return evaluate_foreign(evaluator, expr);
	if (expr->word)
		return evaluate_word(evaluator, expr);
	evaluate_work(evaluator, expr);
	return (struct interval){0};
}

static struct interval evaluate_kind(struct evaluator *evaluator, const struct expr *expr)
{
	switch ((enum expr_kind)expr->kind) {
	case EXPR_INT:
	case EXPR_DURATION:
	case EXPR_SIZE:
	case EXPR_BOOL:
		return interval_of((long double)expr->integer, (long double)expr->integer);
	case EXPR_FLOAT:
	case EXPR_PERCENT:
		return interval_of((long double)expr->number, (long double)expr->number);
	case EXPR_NAME:
		return evaluate_name(evaluator, expr);
	case EXPR_FIELD:
		evaluate_ref(evaluator, (const struct ref *)(const void *)expr->items);
		return interval_of(0, TASKS_MAX);
	case EXPR_TEXT:
		for (const struct item *item = expr->items; item; item = item->next)
			evaluate(evaluator, item->value);
		return (struct interval){0};
	case EXPR_CALL:
		return evaluate_call(evaluator, expr);
	case EXPR_UNARY:
		return evaluate_unary(evaluator, expr);
	case EXPR_BINARY:
		return evaluate_binary(evaluator, expr);
	case EXPR_ERROR:
	case EXPR_STRING:
	case EXPR_LIST:
	case EXPR_INDEX:
		break;
	}
	return (struct interval){0};
}

struct interval evaluate(struct evaluator *evaluator, const struct expr *expr)
{
	if (evaluator->depth == DEPTH_MAX)
		return interval_all(expr->type);
	evaluator->depth++;
	struct interval value = evaluate_kind(evaluator, expr);
	evaluator->depth--;
	return value;
}

struct interval evaluate_condition(struct evaluator *evaluator, const struct expr *expr)
{
	return expr ? evaluate(evaluator, expr) : interval_of(1, 1);
}
