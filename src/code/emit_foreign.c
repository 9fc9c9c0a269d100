/* Externs, payloads, schedulers and flags: their tables, and the ops that use them. */
#include "code/emitter.h"
#include "sema/flags.h"

#include <string.h>

static const struct stmt *find_setting(const struct emitter *emitter, const struct stmt *program,
				       const char *name)
{
	for (const struct stmt *set = program->body.block.first; set; set = set->next) {
		if (set->kind == STMT_SETTING &&
		    strcmp(map_text(emitter->tree->names, set->name), name) == 0)
			return set;
	}
	return NULL;
}

static void add_hook(struct emitter *emitter, const struct stmt *stmt)
{
	struct hook hook = {.name = emit_keep(emitter, stmt->name),
			    .work = stmt->routine.work,
			    .result = stmt->routine.symbol->type,
			    .span = stmt->name_span};
	for (const struct parameter *param = stmt->routine.params; param; param = param->next)
		hook.params[hook.param_count++] = param->symbol->type;
	stmt->routine.symbol->entry = (uint32_t)emitter->program->hooks.length;
	VECTOR_PUSH(&emitter->program->hooks, hook);
}

static enum payload_output output_of(const struct emitter *emitter, const struct stmt *payload)
{
	const struct stmt *set = find_setting(emitter, payload, "output");
	const char *word = set ? map_text(emitter->tree->names, set->simple.value->name) : "none";
	return strcmp(word, "json") == 0   ? PAYLOAD_OUTPUT_JSON
	       : strcmp(word, "text") == 0 ? PAYLOAD_OUTPUT_TEXT
					   : PAYLOAD_OUTPUT_NONE;
}

static enum payload_relation relation_of(const struct limit *limit)
{
	static const enum payload_relation relations[] = {
		[TREE_EQ] = PAYLOAD_EQ, [TREE_NE] = PAYLOAD_NE, [TREE_LT] = PAYLOAD_LT,
		[TREE_LE] = PAYLOAD_LE, [TREE_GT] = PAYLOAD_GT, [TREE_GE] = PAYLOAD_GE};
	if (limit->off)
		return PAYLOAD_IS_FREE;
	return limit->value ? relations[limit->op] : PAYLOAD_IS_GIVEN;
}

static void add_payload(struct emitter *emitter, const struct stmt *stmt)
{
	struct payload payload = {.name = emit_keep(emitter, stmt->name),
				  .output = output_of(emitter, stmt),
				  .span = stmt->name_span};
	size_t metrics = 0, limits = 0;
	for (const struct stmt *item = stmt->body.block.first; item; item = item->next) {
		metrics += item->kind == STMT_METRIC;
		for (const struct limit *limit = item->kind == STMT_LIMITS ? item->limits.first
									   : NULL;
		     limit; limit = limit->next)
			limits++;
	}
	struct arena *arena = &emitter->program->arena;
	payload.metrics = arena_alloc(arena, metrics * sizeof(*payload.metrics));
	payload.limits = arena_alloc(arena, limits * sizeof(*payload.limits));
	for (const struct stmt *item = stmt->body.block.first; item; item = item->next) {
		if (item->kind == STMT_METRIC)
			payload.metrics[payload.metric_count++] = (struct payload_metric){
				emit_keep(emitter, item->name),
				emit_keep(emitter, item->simple.value->name)};
		for (const struct limit *limit = item->kind == STMT_LIMITS ? item->limits.first
									   : NULL;
		     limit; limit = limit->next)
			payload.limits[payload.limit_count++] = (struct payload_limit){
				limit->metric_id, relation_of(limit), limit->span};
	}
	stmt->body.symbol->entry = (uint32_t)emitter->program->payloads.length;
	stmt->body.symbol->reg = emit_permanent(emitter, 'L');
	VECTOR_PUSH(&emitter->program->payloads, payload);
}

static void add_scheduler(struct emitter *emitter, const struct stmt *stmt)
{
	stmt->body.symbol->entry = (uint32_t)emitter->program->schedulers.length;
	VECTOR_PUSH(&emitter->program->schedulers,
		    (struct scheduler){emit_keep(emitter, stmt->name), stmt->name_span});
}

static void add_flags(struct emitter *emitter)
{
	struct program *program = emitter->program;
	for (enum flag flag = 0; flag < FLAG_COUNT; flag++) {
		uint64_t needs = 0;
		for (enum flag other = 0; other < flag; other++) {
			if (strcmp(flag_table[other].name, flag_table[flag].needs) == 0)
				needs = UINT64_C(1) << other;
		}
		VECTOR_PUSH(&program->flags,
			    (struct flag_declaration){flag_table[flag].name, flag_table[flag].doc,
						      needs});
	}
	for (const struct stmt *stmt = emitter->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind != STMT_FLAG)
			continue;
		const struct expr *doc = stmt->flags.doc;
		VECTOR_PUSH(&program->flags,
			    (struct flag_declaration){emit_keep(emitter, stmt->name),
						      doc && doc->kind == EXPR_STRING
							      ? emit_keep(emitter, doc->name)
							      : "",
						      stmt->flags.mask});
	}
}

void emit_foreign_tables(struct emitter *emitter)
{
	add_flags(emitter);
	for (const struct stmt *stmt = emitter->tree->first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_EXTERN)
			add_hook(emitter, stmt);
		else if (stmt->kind == STMT_USE)
			VECTOR_PUSH(&emitter->program->libraries,
				    (struct used_library){emit_keep(emitter, stmt->name),
							  stmt->name_span});
		else if (stmt->kind == STMT_PAYLOAD)
			add_payload(emitter, stmt);
		else if (stmt->kind == STMT_SCHEDULER)
			add_scheduler(emitter, stmt);
	}
}

uint32_t emit_custom(struct emitter *emitter, const struct expr *call)
{
	const struct symbol *symbol = call->routine;
	const struct hook *hook = &emitter->program->hooks.data[symbol->entry];
	uint32_t values[HOOK_PARAMS_MAX];
	size_t count = 0;
	for (const struct item *item = call->items; item; item = item->next, count++)
		values[count] = hook->params[count] == TYPE_FLOAT ? emit_float(emitter, item->value)
								  : emit_expr(emitter, item->value);
	uint32_t args = emit_pool(emitter, values, count);
	uint32_t result = NONE;
	if (hook->work)
		result = emit_register(emitter, 'W');
	else if (hook->result != TYPE_ERROR)
		result = emit_register(emitter, type_table[hook->result].reg);
	emit(emitter, hook->work ? OP_EXTERN_WORK : OP_CUSTOM, result, symbol->entry, args);
	return result;
}

static uint32_t emit_setting_value(struct emitter *emitter, const struct stmt *program,
				   const char *name)
{
	const struct stmt *set = find_setting(emitter, program, name);
	return set ? emit_expr(emitter, set->simple.value) : NONE;
}

static const struct item *arguments_of(const struct emitter *emitter, const struct stmt *program)
{
	const struct stmt *set = find_setting(emitter, program, "args");
	return set ? set->simple.value->items : NULL;
}

void emit_run(struct emitter *emitter, const struct stmt *stmt)
{
	struct symbol *run = stmt->group.symbol;
	const struct symbol *payload = run->kind == SYMBOL_RUN ? run->payload : run;
	const struct stmt *declared = payload->stmt;
	VECTOR(uint32_t) args = {0};
	uint32_t head[RUN_ARGS] = {
		[RUN_ARG_PAYLOAD] = payload->entry,
		[RUN_ARG_GROUP] =
			stmt->group.ref ? emit_ref(emitter, stmt->group.ref) : emitter->group,
		[RUN_ARG_EXEC] = emit_setting_value(emitter, declared, "exec"),
		[RUN_ARG_TIMEOUT] = emit_setting_value(emitter, declared, "timeout")};
	for (const struct item *item = arguments_of(emitter, declared); item; item = item->next) {
		VECTOR_PUSH(&args, emit_expr(emitter, item->value));
		head[RUN_ARG_COUNT]++;
	}
	for (const struct stmt *item = declared->body.block.first; item; item = item->next) {
		if (item->kind != STMT_LIMITS)
			continue;
		for (const struct limit *limit = item->limits.first; limit; limit = limit->next) {
			if (limit->value)
				VECTOR_PUSH(&args, limit->value->type == TYPE_FLOAT
							   ? emit_expr(emitter, limit->value)
							   : emit_float(emitter, limit->value));
		}
	}
	if (run->kind == SYMBOL_RUN)
		run->reg = emit_register(emitter, 'L');
	uint32_t start = emit_pool(emitter, head, RUN_ARGS);
	emit_pool(emitter, args.data, args.length);
	emit(emitter, OP_RUN, run->reg, start, NONE);
	VECTOR_FREE(&args);
}

void emit_end(struct emitter *emitter, const struct stmt *stmt)
{
	uint32_t run = stmt->simple.symbol->reg;
	if (stmt->kind == STMT_WAIT)
		emit(emitter, OP_WAIT, run, emit_optional(emitter, stmt->simple.value), NONE);
	else
		emit(emitter, OP_KILL, run, NONE, NONE);
}

static uint32_t flag_number(const struct emitter *emitter, name_id name)
{
	const char *text = map_text(emitter->tree->names, name);
	uint32_t number = 0;
	while (strcmp(emitter->program->flags.data[number].name, text) != 0)
		number++;
	return number;
}

static void put_scheduler(struct emitter *emitter, const struct stmt *scheduler, struct span place)
{
	VECTOR(uint32_t) pairs = {0};
	uint32_t head[SCHEDULER_ARG_FIRST] = {
		[SCHEDULER_ARG_SCHEDULER] = scheduler->body.symbol->entry,
		[SCHEDULER_ARG_EXEC] = emit_setting_value(emitter, scheduler, "exec"),
		[SCHEDULER_ARG_TIMEOUT] = emit_setting_value(emitter, scheduler, "attach_timeout")};
	const struct item *item = arguments_of(emitter, scheduler);
	for (; item; item = item->next) {
		VECTOR_PUSH(&pairs, NONE);
		VECTOR_PUSH(&pairs, emit_expr(emitter, item->value));
	}
	for (const struct stmt *flag = scheduler->body.block.first; flag; flag = flag->next) {
		if (flag->kind != STMT_FLAG_ARGS)
			continue;
		for (item = arguments_of(emitter, flag); item; item = item->next) {
			VECTOR_PUSH(&pairs, flag_number(emitter, flag->name));
			VECTOR_PUSH(&pairs, emit_expr(emitter, item->value));
		}
	}
	head[SCHEDULER_ARG_COUNT] = (uint32_t)(pairs.length / 2);
	emitter->span = place;
	uint32_t start = emit_pool(emitter, head, SCHEDULER_ARG_FIRST);
	emit_pool(emitter, pairs.data, pairs.length);
	emit(emitter, OP_SCHEDULER, start, NONE, NONE);
	VECTOR_FREE(&pairs);
}

void emit_scheduler(struct emitter *emitter, const struct stmt *scheduler)
{
	uint32_t number = scheduler->body.symbol->entry;
	put_scheduler(emitter, scheduler, emitter->program->schedulers.data[number].span);
}

/* The kernel has room for one: a replacement stops the old and starts the new. */
void emit_scheduler_op(struct emitter *emitter, const struct stmt *stmt)
{
	const char *verb = map_text(emitter->tree->names, stmt->name);
	if (strcmp(verb, "start") != 0)
		emit(emitter, OP_SCHEDULER_STOP, NONE, NONE, NONE);
	if (stmt->simple.value)
		put_scheduler(emitter, stmt->simple.value->symbol->stmt, stmt->span);
}
