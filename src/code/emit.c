#include "code/emit.h"

#include "code/emitter.h"
#include "host/knobs.h"
#include "sema/metrics.h"

#include <string.h>

static void emit_block(struct emitter *emitter, const struct stmt *first);

static const char *name_text(const struct emitter *emitter, name_id name)
{
	return map_text(emitter->tree->names, name);
}

static uint32_t emit_group(struct emitter *emitter, const struct ref *ref)
{
	return ref ? emit_ref(emitter, ref) : emitter->group;
}

/* Instructions behind a conditional `if`; returns the jump to patch, NONE without a condition. */
static uint32_t emit_condition(struct emitter *emitter, const struct expr *condition)
{
	return condition ? emit_jump_unless(emitter, condition) : NONE;
}

static void patch_if(struct emitter *emitter, uint32_t jump)
{
	if (jump != NONE)
		emit_patch(emitter, jump);
}

/* A set of CPUs is an affinity, too. */
static uint32_t emit_affinity(struct emitter *emitter, const struct expr *value)
{
	uint32_t reg = emit_expr(emitter, value);
	if (value->type != TYPE_CPUSET)
		return reg;
	uint32_t affinity = emit_register(emitter, 'A');
	emit(emitter, OP_AFFINITY, affinity, reg, NONE);
	return affinity;
}

static void emit_spawn(struct emitter *emitter, const struct stmt *stmt, uint32_t handle)
{
	uint32_t args[SPAWN_ARGS];
	for (int i = 0; i < SPAWN_ARGS; i++)
		args[i] = NONE;
	args[SPAWN_ARG_GROUP] = emit_group(emitter, stmt->spawn.ref);
	args[SPAWN_ARG_COUNT] = emit_optional(emitter, stmt->spawn.count);
	args[SPAWN_ARG_WORK] = emit_expr(emitter, stmt->spawn.work);
	for (const struct stmt *set = stmt->spawn.settings; set; set = set->next) {
		static const int places[SPAWN_SETTINGS] = {[SPAWN_POLICY] = SPAWN_ARG_POLICY,
							   [SPAWN_AFFINITY] = SPAWN_ARG_AFFINITY,
							   [SPAWN_NICE] = SPAWN_ARG_NICE,
							   [SPAWN_MEMPOLICY] = SPAWN_ARG_MEMPOLICY,
							   [SPAWN_MEMPOLICY_FLAGS] =
								   SPAWN_ARG_FLAGS,
							   [SPAWN_SWAPPABLE] = SPAWN_ARG_SWAPPABLE,
							   [SPAWN_NAME] = SPAWN_ARG_NAME};
		int index = sema_find_setting(spawn_settings, SPAWN_SETTINGS,
					      name_text(emitter, set->name));
		args[places[index]] = index == SPAWN_AFFINITY
					      ? emit_affinity(emitter, set->simple.value)
					      : emit_expr(emitter, set->simple.value);
	}
	emit(emitter, OP_SPAWN, handle, emit_pool(emitter, args, SPAWN_ARGS), NONE);
}

static void emit_let(struct emitter *emitter, const struct stmt *stmt)
{
	struct symbol *symbol = stmt->simple.symbol;
	if (stmt->simple.spawn) {
		symbol->reg = emit_register(emitter, 'H');
		emit_spawn(emitter, stmt->simple.spawn, symbol->reg);
	} else {
		symbol->reg = symbol->type == TYPE_FLOAT ? emit_float(emitter, stmt->simple.value)
							 : emit_expr(emitter, stmt->simple.value);
	}
}

static void emit_global(struct emitter *emitter, struct symbol *symbol)
{
	if (symbol->kind != SYMBOL_LET)
		return; /* a fn, proc, payload or scheduler, whose own uses are there now */
	struct span span = emitter->span;
	uint32_t reg = symbol->reg;
	emitter->span = symbol->stmt->span;
	emit_let(emitter, symbol->stmt);
	emit_copy(emitter, reg, symbol->reg);
	symbol->reg = reg;
	emitter->span = span;
}

/* The global names that a scenario uses, each behind those that it needs itself: those may be any
 * number in a row. */
static void emit_used_globals(struct emitter *emitter, const struct use *uses)
{
	VECTOR(struct pending {
		struct symbol *symbol; /* NULL: the scenario */
		const struct use *next;
	})
	pending = {0};
	VECTOR_PUSH(&pending, (struct pending){NULL, uses});
	while (pending.length) {
		struct pending *last = &pending.data[pending.length - 1];
		struct symbol *needed = last->next ? last->next->symbol : NULL;
		if (!needed) {
			if (last->symbol)
				emit_global(emitter, last->symbol);
			pending.length--;
			continue;
		}
		last->next = last->next->next;
		if (needed->scenario == emitter->scenario)
			continue;
		needed->scenario = emitter->scenario;
		VECTOR_PUSH(&pending, (struct pending){needed, needed->uses});
	}
	VECTOR_FREE(&pending);
}

static void emit_knob(struct emitter *emitter, uint32_t group, enum knob knob,
		      const struct expr *value, uint16_t flags)
{
	char type = type_table[value->type].reg;
	enum op op = type == 'C' ? OP_KNOB_C : type == 'F' ? OP_KNOB_F : OP_KNOB_I;
	uint32_t at = emit(emitter, op, group, (uint32_t)knob, emit_expr(emitter, value));
	emitter->program->code.data[at].flags = flags;
	emitter->program->knobs |= 1u << knob;
}

static void emit_limits(struct emitter *emitter, const struct stmt *stmt, uint16_t flags)
{
	uint32_t group = stmt->limits.ref ? emit_ref(emitter, stmt->limits.ref) : emitter->group;
	for (const struct limit *limit = stmt->limits.first; limit; limit = limit->next) {
		emitter->span = limit->span;
		enum op op = limit->off ? OP_LIMIT_OFF : OP_LIMIT_ON;
		uint32_t value = NONE;
		if (limit->value) {
			value = emit_expr(emitter, limit->value);
			op = type_table[limit->value->type].reg == 'F' ? OP_LIMIT_F : OP_LIMIT_I;
		}
		uint32_t at = emit(emitter, op, limit->metric_id, value, group);
		bool strict = limit->op == TREE_LT || limit->op == TREE_GT;
		emitter->program->code.data[at].flags =
			(uint16_t)(flags | (strict ? FLAG_STRICT : 0));
		if (limit->metric_id == METRIC_nr_throttled) /* takes the same controller */
			emitter->program->knobs |= 1u << KNOB_quota;
		if (limit->sustained)
			emit(emitter, OP_LIMIT_FOR, limit->metric_id,
			     emit_expr(emitter, limit->sustained), NONE);
	}
}

static bool is_head(const struct stmt *stmt)
{
	return stmt->kind == STMT_LET || stmt->kind == STMT_SETTING || stmt->kind == STMT_NEEDS ||
	       stmt->kind == STMT_LIMITS || stmt->kind == STMT_REQUIRES ||
	       stmt->kind == STMT_EXCLUDES;
}

/* The limits of a block hold for all of it, wherever they stand. */
static void emit_all_limits(struct emitter *emitter, const struct stmt *first, uint16_t flags)
{
	for (const struct stmt *stmt = first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_LIMITS)
			emit_limits(emitter, stmt, flags);
	}
}

/* The scheduler that a scenario names; NULL for none. */
static const struct stmt *scheduler_of(const struct emitter *emitter, const struct stmt *scenario)
{
	for (const struct stmt *set = scenario->body.block.first; set; set = set->next) {
		if (set->kind == STMT_SETTING &&
		    strcmp(name_text(emitter, set->name), "scheduler") == 0)
			return set->simple.value->symbol->stmt;
	}
	return NULL;
}

static void emit_owner(struct emitter *emitter, const struct stmt *stmt, enum scope_kind kind)
{
	uint32_t group = emitter->group;
	struct span span = stmt->span;
	uint32_t label = emit_optional(emitter, stmt->body.first);
	emitter->group = NONE;
	emit(emitter, OP_SCOPE_OPEN, (uint32_t)kind, label, NONE);
	emit_used_globals(emitter, stmt->body.uses);
	if (kind == SCOPE_SCENARIO && (emitter->scheduler = scheduler_of(emitter, stmt)))
		emit_all_limits(emitter, emitter->scheduler->body.block.first, FLAG_SCHEDULER);
	emit_all_limits(emitter, stmt->body.block.first, 0);
	emit_block(emitter, stmt->body.block.first);
	emitter->span = (struct span){span.end - 1, span.end};
	emit(emitter, OP_SCOPE_CLOSE, NONE, NONE, NONE);
	emitter->group = group;
}

static void emit_cgroup(struct emitter *emitter, const struct stmt *stmt)
{
	uint32_t outer = emitter->group;
	uint32_t group = emit_ref(emitter, stmt->body.ref);
	const struct stmt *first = stmt->body.block.first;
	/* What configures the group is evaluated before it is made, so that a machine that lacks
	 * something is a SKIP before anything is touched. */
	VECTOR(uint32_t) values = {0};
	const struct stmt *body = first;
	for (; body && is_head(body); body = body->next) {
		emitter->span = body->span;
		if (body->kind == STMT_LET)
			emit_let(emitter, body);
		else if (body->kind == STMT_SETTING)
			VECTOR_PUSH(&values, emit_expr(emitter, body->simple.value));
	}
	emitter->span = stmt->body.ref->span;
	uint32_t create = emit(emitter, OP_GROUP_CREATE, group, NONE, NONE);
	emitter->program->code.data[create].flags = FLAG_BLOCK;
	size_t next = 0;
	for (const struct stmt *set = first; set != body; set = set->next) {
		if (set->kind != STMT_SETTING)
			continue;
		enum knob knob = knob_find(name_text(emitter, set->name));
		char type = type_table[set->simple.value->type].reg;
		enum op op = type == 'C' ? OP_KNOB_C : type == 'F' ? OP_KNOB_F : OP_KNOB_I;
		emitter->span = set->span;
		uint32_t at = emit(emitter, op, group, (uint32_t)knob, values.data[next++]);
		emitter->program->code.data[at].flags = FLAG_QUIET;
		emitter->program->knobs |= 1u << knob;
	}
	VECTOR_FREE(&values);
	emitter->span = stmt->body.ref->span;
	emit(emitter, OP_GROUP_READY, group, NONE, NONE);
	emitter->group = group;
	emit_all_limits(emitter, first, 0);
	emit_block(emitter, body);
	emitter->group = outer;
}

/* A hold's or repeat's length: a duration, or a share of the scenario's. */
static uint32_t emit_time(struct emitter *emitter, const struct expr *expr)
{
	uint32_t value = emit_expr(emitter, expr);
	if (expr->type != TYPE_PERCENT)
		return value;
	uint32_t duration = emit_register(emitter, 'I');
	emit(emitter, OP_CALL, duration, WORD_duration, 0);
	uint32_t length = emit_register(emitter, 'I');
	emit(emitter, OP_SCALE, length, duration, value);
	return length;
}

/* A loop's counter: a register of its own, since the body may change what it was made from. */
static uint32_t emit_counter(struct emitter *emitter, const struct stmt *stmt, uint32_t start)
{
	uint32_t counter = emit_register(emitter, 'I');
	emit(emitter, OP_MOVE, counter, start, NONE);
	if (stmt->body.symbol)
		stmt->body.symbol->reg = counter;
	return counter;
}

static void emit_for(struct emitter *emitter, const struct stmt *stmt)
{
	bool times = stmt->kind == STMT_TIMES;
	uint32_t start = times ? emit_integer(emitter, 0) : emit_expr(emitter, stmt->body.first);
	uint32_t end = emit_expr(emitter, times ? stmt->body.first : stmt->body.second);
	uint32_t counter = emit_counter(emitter, stmt, start);
	uint32_t skip = emit(emitter, OP_JUMP_LE, end, counter, 0);
	uint32_t body = emit_here(emitter);
	emit_block(emitter, stmt->body.block.first);
	emitter->span = stmt->span;
	emit(emitter, OP_FOR_STEP, counter, end, body);
	emit_patch(emitter, skip);
}

static void emit_every(struct emitter *emitter, const struct stmt *stmt)
{
	uint32_t period = emit_time(emitter, stmt->body.first);
	uint32_t length = stmt->body.second ? emit_time(emitter, stmt->body.second) : NONE;
	uint32_t counter = emit_counter(emitter, stmt, emit_integer(emitter, 0));
	uint32_t next = emit_register(emitter, 'I'), end = emit_register(emitter, 'I');
	emit(emitter, OP_EVERY_START, next, end, length);
	uint32_t test = emit(emitter, OP_EVERY_TEST, next, end, 0);
	emit_block(emitter, stmt->body.block.first);
	emitter->span = stmt->span;
	emit(emitter, OP_EVERY_NEXT, next, end, period);
	emit(emitter, OP_ADD_I, counter, counter, emit_integer(emitter, 1));
	emit(emitter, OP_JUMP, test, NONE, NONE);
	emit_patch(emitter, test);
}

static void emit_await(struct emitter *emitter, const struct stmt *stmt)
{
	uint32_t deadline = emit_register(emitter, 'I');
	emit(emitter, OP_AWAIT_START, deadline, emit_optional(emitter, stmt->simple.second), NONE);
	uint32_t again = emit_here(emitter);
	emitter->patient = true;
	uint32_t condition = emit_expr(emitter, stmt->simple.value);
	emitter->patient = false;
	uint32_t done = emit(emitter, OP_JUMP_IF, condition, 0, NONE);
	emit(emitter, OP_AWAIT_TURN, deadline, again, NONE);
	emit_patch(emitter, done);
}

static void emit_if(struct emitter *emitter, const struct stmt *stmt)
{
	VECTOR(uint32_t) exits = {0};
	for (const struct arm *arm = stmt->arms; arm; arm = arm->next) {
		size_t mark = emit_mark(emitter);
		uint32_t skip = emit_condition(emitter, arm->condition);
		emit_release(emitter, mark);
		emit_block(emitter, arm->block.first);
		if (arm->next)
			VECTOR_PUSH(&exits, emit(emitter, OP_JUMP, 0, NONE, NONE));
		patch_if(emitter, skip);
	}
	for (size_t i = 0; i < exits.length; i++)
		emit_patch(emitter, exits.data[i]);
	VECTOR_FREE(&exits);
}

/* Append "left.tasks is 3" for each side that is not a literal, of every comparison in it. */
static void emit_sides(struct emitter *emitter, uint32_t text, const struct expr *expr, bool *any)
{
	enum tree_op op = expr->op;
	if (expr->kind == EXPR_UNARY) {
		emit_sides(emitter, text, expr->left, any);
	} else if (expr->kind == EXPR_BINARY && (op == TREE_AND || op == TREE_OR)) {
		emit_sides(emitter, text, expr->left, any);
		emit_sides(emitter, text, expr->right, any);
	}
	if (expr->kind != EXPR_BINARY || op < TREE_EQ || op > TREE_GE)
		return;
	const struct expr *sides[2] = {expr->left, expr->right};
	for (int i = 0; i < 2; i++) {
		if (sides[i]->constant)
			continue;
		if (*any)
			emit(emitter, OP_TEXT_S, text, emit_string(emitter, ", "), NONE);
		emit(emitter, OP_TEXT_S, text, emit_source_text(emitter, sides[i]->span), NONE);
		emit(emitter, OP_TEXT_S, text, emit_string(emitter, " is "), NONE);
		emit_text_part(emitter, text, sides[i]);
		*any = true;
	}
}

/* The text of that, evaluated when the condition has failed; "" where there is nothing to tell. */
static uint32_t emit_observed(struct emitter *emitter, const struct expr *expr, bool *any)
{
	uint32_t text = emit_register(emitter, 'S');
	emit(emitter, OP_TEXT_START, text, NONE, NONE);
	*any = false;
	emit_sides(emitter, text, expr, any);
	return text;
}

static void emit_expect(struct emitter *emitter, const struct stmt *stmt)
{
	const struct expr *value = stmt->simple.value;
	uint32_t failed = emit_jump_unless(emitter, value);
	emit(emitter, OP_CHECK_PASSED, NONE, NONE, NONE);
	uint32_t done = emit(emitter, OP_JUMP, 0, NONE, NONE);
	emit_patch(emitter, failed);
	bool any;
	uint32_t observed = emit_observed(emitter, value, &any);
	uint32_t message = emit_optional(emitter, stmt->simple.second);
	emitter->span = stmt->span;
	emit(emitter, OP_CHECK_FAILED, observed, emit_source_text(emitter, value->span), message);
	emit_patch(emitter, done);
}

static void emit_needs(struct emitter *emitter, const struct stmt *stmt)
{
	uint32_t condition = emit_expr(emitter, stmt->simple.value);
	uint32_t reason;
	if (stmt->simple.second) {
		reason = emit_expr(emitter, stmt->simple.second);
	} else {
		reason = emit_register(emitter, 'S');
		emit(emitter, OP_TEXT_START, reason, NONE, NONE);
		emit(emitter, OP_TEXT_S, reason, emit_string(emitter, "needs "), NONE);
		emit(emitter, OP_TEXT_S, reason,
		     emit_source_text(emitter, stmt->simple.value->span), NONE);
		bool any;
		uint32_t observed = emit_observed(emitter, stmt->simple.value, &any);
		if (any) {
			emit(emitter, OP_TEXT_S, reason, emit_string(emitter, "; here "), NONE);
			emit(emitter, OP_TEXT_S, reason, observed, NONE);
		}
	}
	emit(emitter, OP_NEED, condition, reason, NONE);
}

static void emit_move(struct emitter *emitter, const struct stmt *stmt)
{
	const struct expr *what = stmt->group.value;
	if (!stmt->group.ref) {
		uint32_t workers = emit_expr(emitter, what);
		emit(emitter, OP_MOVE_WORKERS, workers, emit_ref(emitter, stmt->group.other), NONE);
		return;
	}
	uint32_t from = emit_ref(emitter, stmt->group.ref);
	uint32_t to = emit_ref(emitter, stmt->group.other);
	if (what->type == TYPE_CPUSET)
		emit(emitter, OP_MOVE_ALL, from, to, NONE);
	else if (what->type == TYPE_PERCENT)
		emit(emitter, OP_MOVE_SHARE, from, to, emit_expr(emitter, what));
	else
		emit(emitter, OP_MOVE_COUNT, from, to, emit_expr(emitter, what));
}

static void emit_message(struct emitter *emitter, const struct stmt *stmt)
{
	static const enum op ops[] = {
		[STMT_SKIP] = OP_SKIP, [STMT_FAIL] = OP_FAIL, [STMT_NOTE] = OP_NOTE};
	uint32_t skip = emit_condition(emitter, stmt->simple.second);
	emit(emitter, ops[stmt->kind], emit_expr(emitter, stmt->simple.value), NONE, NONE);
	patch_if(emitter, skip);
}

static void emit_group_stmt(struct emitter *emitter, const struct stmt *stmt)
{
	if (stmt->kind == STMT_STOP && stmt->group.symbol) {
		emit(emitter, OP_STOP_WORKERS, stmt->group.symbol->reg, NONE, NONE);
		return;
	}
	static const enum op ops[] = {[STMT_CREATE] = OP_GROUP_CREATE,
				      [STMT_REMOVE] = OP_GROUP_REMOVE,
				      [STMT_STOP] = OP_STOP_GROUP,
				      [STMT_FREEZE] = OP_FREEZE,
				      [STMT_THAW] = OP_THAW};
	uint32_t group = emit_ref(emitter, stmt->group.ref);
	if (stmt->kind == STMT_SET && stmt->group.affinity) {
		emit(emitter, OP_GROUP_AFFINITY, group, emit_affinity(emitter, stmt->group.value),
		     NONE);
	} else if (stmt->kind == STMT_SET) {
		emit_knob(emitter, group, (enum knob)stmt->group.knob, stmt->group.value, 0);
	} else if (stmt->kind == STMT_CLEAR) {
		emit(emitter, OP_KNOB_CLEAR, group, stmt->group.knob, NONE);
		emitter->program->knobs |= 1u << stmt->group.knob;
	} else if (stmt->kind == STMT_SWAP) {
		uint32_t other = emit_ref(emitter, stmt->group.other);
		emit(emitter, OP_KNOB_SWAP, group, other, stmt->group.knob);
		emitter->program->knobs |= 1u << stmt->group.knob;
	} else {
		emit(emitter, ops[stmt->kind], group, NONE, NONE);
	}
}

static void emit_setting(struct emitter *emitter, const struct stmt *stmt)
{
	int index = sema_find_setting(scenario_settings, SCENARIO_SETTINGS,
				      name_text(emitter, stmt->name));
	if (index != SCENARIO_CATEGORY && index != SCENARIO_TAGS && index != SCENARIO_SCHEDULER)
		emit(emitter, OP_CONTEXT, (uint32_t)index, emit_expr(emitter, stmt->simple.value),
		     NONE);
}

/* dispatch */
static void emit_stmt(struct emitter *emitter, const struct stmt *stmt)
{
	if (emitter->scheduler && !is_head(stmt)) {
		emit_scheduler(emitter, emitter->scheduler);
		emitter->scheduler = NULL;
		emitter->span = stmt->span;
	}
	switch ((enum stmt_kind)stmt->kind) {
	case STMT_LET:
		if (!stmt->simple.symbol->constant)
			emit_let(emitter, stmt);
		return; /* what it uses is kept until the block ends */
	case STMT_SETTING:
		emit_setting(emitter, stmt);
		break;
	case STMT_NEEDS:
		emit_needs(emitter, stmt);
		break;
	case STMT_STEP:
		emit_owner(emitter, stmt, SCOPE_STEP);
		break;
	case STMT_SCOPE:
		emit_owner(emitter, stmt, SCOPE_SCOPE);
		break;
	case STMT_CGROUP:
		emit_cgroup(emitter, stmt);
		break;
	case STMT_CREATE:
	case STMT_REMOVE:
	case STMT_SET:
	case STMT_CLEAR:
	case STMT_SWAP:
	case STMT_STOP:
	case STMT_FREEZE:
	case STMT_THAW:
		emit_group_stmt(emitter, stmt);
		break;
	case STMT_SPAWN:
		emit_spawn(emitter, stmt, emit_register(emitter, 'H'));
		break;
	case STMT_MOVE:
		emit_move(emitter, stmt);
		break;
	case STMT_SLEEP:
		emit(emitter, OP_SLEEP, emit_expr(emitter, stmt->simple.value), NONE, NONE);
		break;
	case STMT_HOLD:
		if (stmt->simple.value)
			emit(emitter, OP_HOLD, emit_time(emitter, stmt->simple.value), NONE, NONE);
		else
			emit(emitter, OP_HOLD_REST, NONE, NONE, NONE);
		break;
	case STMT_AWAIT:
		emit_await(emitter, stmt);
		break;
	case STMT_EVERY:
		emit_every(emitter, stmt);
		break;
	case STMT_TIMES:
	case STMT_FOR:
		emit_for(emitter, stmt);
		break;
	case STMT_IF:
		emit_if(emitter, stmt);
		break;
	case STMT_SKIP:
	case STMT_FAIL:
	case STMT_NOTE:
		emit_message(emitter, stmt);
		break;
	case STMT_EXPECT:
		emit_expect(emitter, stmt);
		break;
	case STMT_CALL:
		emit_invoke(emitter, stmt->simple.value);
		break;
	case STMT_CUSTOM:
		emit_custom(emitter, stmt->simple.value);
		break;
	case STMT_RUN:
		emit_run(emitter, stmt);
		break;
	case STMT_WAIT:
	case STMT_KILL:
		emit_end(emitter, stmt);
		break;
	case STMT_SCHEDULER_OP:
		emit_scheduler_op(emitter, stmt);
		break;
	case STMT_USE:
	case STMT_FN:
	case STMT_PROC:
	case STMT_EXTERN: /* those up to METRIC by emit_foreign_tables() */
	case STMT_PAYLOAD:
	case STMT_SCHEDULER:
	case STMT_FLAG:
	case STMT_FLAG_ARGS:
	case STMT_METRIC:
	case STMT_REQUIRES: /* of the scenario's entry */
	case STMT_EXCLUDES:
	case STMT_LIMITS: /* by the block around it */
	case STMT_PARAM:
	case STMT_SCENARIO:
	case STMT_ERROR:
		break;
	}
}

static void emit_block(struct emitter *emitter, const struct stmt *first)
{
	size_t block = emit_mark(emitter);
	for (const struct stmt *stmt = first; stmt; stmt = stmt->next) {
		size_t mark = emit_mark(emitter);
		emitter->span = stmt->span;
		emit_stmt(emitter, stmt);
		/* What `let` and `run … as` name is kept until the block ends. */
		if (stmt->kind != STMT_LET && !(stmt->kind == STMT_RUN && stmt->group.other_name))
			emit_release(emitter, mark);
	}
	emit_release(emitter, block);
}

const char *emit_keep(struct emitter *emitter, name_id name)
{
	const char *text = name_text(emitter, name);
	return arena_copy(&emitter->program->arena, text, strlen(text));
}

static const char *literal_text(struct emitter *emitter, const struct expr *expr)
{
	return expr && expr->kind == EXPR_STRING ? emit_keep(emitter, expr->name) : "";
}

static void emit_scenario(struct emitter *emitter, const struct stmt *stmt)
{
	struct scenario scenario = {.name = emit_keep(emitter, stmt->name),
				    .doc = literal_text(emitter, stmt->body.second),
				    .category = "",
				    .entry = emit_here(emitter),
				    .span = stmt->name_span,
				    .bound = *stmt->body.bound};
	for (const struct stmt *set = stmt->body.block.first; set; set = set->next) {
		if (set->kind == STMT_SETTING &&
		    strcmp(name_text(emitter, set->name), "category") == 0)
			scenario.category = literal_text(emitter, set->simple.value);
		else if (set->kind == STMT_REQUIRES)
		scenario.requires |= set->flags.mask;
		else if (set->kind == STMT_EXCLUDES) scenario.excludes |= set->flags.mask;
	}
	emitter->scenario++;
	VECTOR_PUSH(&emitter->program->scenarios, scenario);
	size_t mark = emit_mark(emitter);
	emitter->span = stmt->name_span;
	emit_owner(emitter, stmt, SCOPE_SCENARIO);
	emit(emitter, OP_END, NONE, NONE, NONE);
	emit_release(emitter, mark);
}

/* A fn or a proc, behind those that it calls, itself or through what it runs. Its registers are its
 * own for good: it may be called while any other code is half-way through. */
static void emit_routine(struct emitter *emitter, struct symbol *symbol)
{
	const struct stmt *stmt = symbol->stmt;
	if (symbol->emitted)
		return;
	symbol->emitted = true;
	for (const struct use *use = symbol->uses; use; use = use->next) {
		if (use->symbol->kind != SYMBOL_LET)
			emit_routine(emitter, use->symbol);
	}
	if (symbol->kind != SYMBOL_FN && symbol->kind != SYMBOL_PROC)
		return; /* an extern, payload or scheduler has no code of its own */
	for (const struct parameter *param = stmt->routine.params; param; param = param->next)
		param->symbol->reg = emit_permanent(emitter, type_table[param->symbol->type].reg);
	emitter->span = stmt->span;
	symbol->entry = emit_here(emitter);
	size_t mark = emit_mark(emitter);
	if (symbol->kind == SYMBOL_FN) {
		const struct expr *value = stmt->routine.value;
		symbol->reg = emit_permanent(emitter, type_table[symbol->type].reg);
		uint32_t result = symbol->type == TYPE_FLOAT ? emit_float(emitter, value)
							     : emit_expr(emitter, value);
		if (symbol->type == TYPE_AFFINITY && value->type == TYPE_CPUSET)
			emit(emitter, OP_AFFINITY, symbol->reg, result, NONE);
		else
			emit_copy(emitter, symbol->reg, result);
	} else {
		emit_block(emitter, stmt->routine.block.first);
	}
	emitter->span = stmt->span;
	emit(emitter, OP_RETURN, NONE, NONE, NONE);
	emit_release(emitter, mark);
	for (int type = 0; type < 128; type++)
		emitter->free_regs[type].length = 0;
}

/* Registers of global names and code of fns and procs come first: scenarios refer to them. */
static void emit_globals(struct emitter *emitter)
{
	for (const struct stmt *stmt = emitter->tree->first; stmt; stmt = stmt->next) {
		struct symbol *symbol = stmt->kind == STMT_LET ? stmt->simple.symbol : NULL;
		if (symbol && !symbol->constant)
			symbol->reg = emit_permanent(emitter, type_table[symbol->type].reg);
	}
	for (const struct stmt *stmt = emitter->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_FN || stmt->kind == STMT_PROC)
			emit_routine(emitter, stmt->routine.symbol);
	}
}

static void emit_param(struct emitter *emitter, const struct stmt *stmt)
{
	struct symbol *symbol = stmt->simple.symbol;
	symbol->reg = emit_permanent(emitter, type_table[symbol->type].reg);
	struct param param = {.name = emit_keep(emitter, stmt->name),
			      .doc = literal_text(emitter, stmt->simple.second),
			      .type = symbol->type,
			      .reg = symbol->reg,
			      .span = stmt->name_span};
	VECTOR_PUSH(&emitter->program->params, param);
	const struct expr *value = stmt->simple.value;
	struct constant constant = {.reg = symbol->reg};
	if (value->kind == EXPR_STRING) {
		const char *text = emit_keep(emitter, value->name);
		constant.string = (uint32_t)emitter->program->strings.length;
		VECTOR_PUSH(&emitter->program->strings, text);
	} else if (type_table[symbol->type].reg == 'F') {
		constant.number =
			type_table[value->type].reg == 'F' ? value->number : (double)value->integer;
	} else {
		constant.integer = value->integer;
	}
	VECTOR_PUSH(&emitter->program->constants, constant);
}

void emit_program(const struct tree *tree, struct program *program)
{
	*program = (struct program){0};
	struct emitter emitter = {.tree = tree, .program = program, .group = NONE};
	map_init(&emitter.keys, &emitter.arena);
	for (const struct stmt *stmt = tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_PARAM)
			emit_param(&emitter, stmt);
	}
	emit_foreign_tables(&emitter);
	emit_globals(&emitter);
	for (const struct stmt *stmt = tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_SCENARIO)
			emit_scenario(&emitter, stmt);
	}
	for (int i = 0; i < 128; i++)
		VECTOR_FREE(&emitter.free_regs[i]);
	VECTOR_FREE(&emitter.constant_regs);
	VECTOR_FREE(&emitter.string_of_name);
	VECTOR_FREE(&emitter.held);
	map_free(&emitter.keys);
	arena_free(&emitter.arena);
}
