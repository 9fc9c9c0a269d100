#include "code/emitter.h"

#include <assert.h>
#include <string.h>

uint32_t emit(struct emitter *emitter, enum op op, uint32_t a, uint32_t b, uint32_t c)
{
	struct program *program = emitter->program;
	const uint32_t values[3] = {a, b, c};
	for (int i = 0; i < 3; i++) {
		enum operand operand = op_table[op].operands[i];
		char type = operand_register(operand);
		if (operand == OPERAND___)
			assert(values[i] == NONE);
		else if (type && !(operand_is_optional(operand) && values[i] == NONE))
			assert(program->registers.data[values[i]] == type);
	}
	VECTOR_PUSH(&program->code,
		    (struct instruction){.op = (uint16_t)op, .a = a, .b = b, .c = c});
	VECTOR_PUSH(&program->spans, emitter->span);
	return (uint32_t)program->code.length - 1;
}

uint32_t emit_here(const struct emitter *emitter)
{
	return (uint32_t)emitter->program->code.length;
}

void emit_patch(struct emitter *emitter, uint32_t jump)
{
	struct instruction *instruction = &emitter->program->code.data[jump];
	uint32_t *operands[3] = {&instruction->a, &instruction->b, &instruction->c};
	for (int i = 0; i < 3; i++) {
		if (op_table[instruction->op].operands[i] == OPERAND_JUMP)
			*operands[i] = emit_here(emitter);
	}
}

uint32_t emit_permanent(struct emitter *emitter, char type)
{
	VECTOR_PUSH(&emitter->program->registers, type);
	return (uint32_t)emitter->program->registers.length - 1;
}

uint32_t emit_register(struct emitter *emitter, char type)
{
	uint32_t reg;
	if (emitter->free_regs[(int)type].length)
		reg = emitter->free_regs[(int)type].data[--emitter->free_regs[(int)type].length];
	else
		reg = emit_permanent(emitter, type);
	VECTOR_PUSH(&emitter->held, reg);
	return reg;
}

size_t emit_mark(const struct emitter *emitter)
{
	return emitter->held.length;
}

void emit_release(struct emitter *emitter, size_t mark)
{
	while (emitter->held.length > mark) {
		uint32_t reg = emitter->held.data[--emitter->held.length];
		int type = (unsigned char)emitter->program->registers.data[reg];
		VECTOR_PUSH(&emitter->free_regs[type], reg);
	}
}

/* The register of a constant, made when first asked for. */
static uint32_t constant(struct emitter *emitter, char type, const void *value, size_t size)
{
	char key[16] = {type};
	memcpy(key + 1, value, size);
	uint32_t before = emitter->keys.count;
	uint32_t id = map_intern(&emitter->keys, key, 1 + size);
	if (id <= before)
		return emitter->constant_regs.data[id - 1];
	uint32_t reg = emit_permanent(emitter, type);
	VECTOR_PUSH(&emitter->constant_regs, reg);
	struct constant constant = {.reg = reg};
	memcpy(&constant.integer, value, size);
	VECTOR_PUSH(&emitter->program->constants, constant);
	return reg;
}

uint32_t emit_integer(struct emitter *emitter, int64_t value)
{
	return constant(emitter, 'I', &value, sizeof(value));
}

uint32_t emit_number(struct emitter *emitter, double value)
{
	return constant(emitter, 'F', &value, sizeof(value));
}

static uint32_t string_constant(struct emitter *emitter, uint32_t string)
{
	return constant(emitter, 'S', &string, sizeof(string));
}

uint32_t emit_string(struct emitter *emitter, const char *text)
{
	struct program *program = emitter->program;
	VECTOR_PUSH(&program->strings, arena_copy(&program->arena, text, strlen(text)));
	return string_constant(emitter, (uint32_t)program->strings.length - 1);
}

static uint32_t name_string(struct emitter *emitter, name_id name)
{
	while (emitter->string_of_name.length <= name)
		VECTOR_PUSH(&emitter->string_of_name, 0);
	uint32_t known = emitter->string_of_name.data[name];
	if (known)
		return string_constant(emitter, known - 1);
	uint32_t reg = emit_string(emitter, map_text(emitter->tree->names, name));
	emitter->string_of_name.data[name] = (uint32_t)emitter->program->strings.length;
	return reg;
}

uint32_t emit_source_text(struct emitter *emitter, struct span span)
{
	struct source_place place;
	struct text text = {0};
	if (source_locate(emitter->tree->diags->sources, span.start, &place)) {
		const char *from = place.file->text + (span.start - place.file->base);
		uint32_t length = span.end - span.start;
		bool blank = false;
		/* A character is not cut: 10xxxxxx is none's first byte. */
		for (uint32_t i = 0; i < length && (text.length < 200 || (from[i] & 0xc0) == 0x80);
		     i++) {
			bool space = strchr(" \t\r\n", from[i]) != NULL;
			if (!space && blank)
				text_putc(&text, ' ');
			if (!space)
				text_putc(&text, from[i]);
			blank = space;
		}
	}
	uint32_t reg = emit_string(emitter, text_string(&text));
	text_free(&text);
	return reg;
}

uint32_t emit_float(struct emitter *emitter, const struct expr *expr)
{
	if (expr->type != TYPE_INT)
		return emit_expr(emitter, expr);
	if (expr->constant)
		return emit_number(emitter, (double)expr->integer);
	uint32_t from = emit_expr(emitter, expr);
	uint32_t to = emit_register(emitter, 'F');
	emit(emitter, OP_FLOAT, to, from, NONE);
	return to;
}

uint32_t emit_optional(struct emitter *emitter, const struct expr *expr)
{
	return expr ? emit_expr(emitter, expr) : NONE;
}

uint32_t emit_ref(struct emitter *emitter, const struct ref *ref)
{
	uint32_t group = emit_register(emitter, 'G');
	if (ref->symbol) {
		emit(emitter, OP_MOVE_G, group, ref->symbol->reg, NONE);
		ref = ref->next;
	} else if (strcmp(map_text(emitter->tree->names, ref->name), SEMA_HOST) == 0) {
		emit(emitter, OP_GROUP_HOST, group, NONE, NONE);
		return group;
	} else {
		emit(emitter, OP_GROUP_ROOT, group, NONE, NONE);
	}
	for (; ref; ref = ref->next) {
		uint32_t index = emit_optional(emitter, ref->index);
		emit(emitter, OP_GROUP_CHILD, group, group, name_string(emitter, ref->name));
		if (index != NONE)
			emit(emitter, OP_GROUP_MEMBER, group, group, index);
	}
	return group;
}

void emit_copy(struct emitter *emitter, uint32_t to, uint32_t from)
{
	static const enum op ops[128] = {
		['I'] = OP_MOVE,   ['F'] = OP_MOVE_F, ['S'] = OP_COPY_S, ['C'] = OP_COPY_C,
		['W'] = OP_COPY_W, ['A'] = OP_COPY_A, ['P'] = OP_COPY_P, ['M'] = OP_COPY_M,
		['G'] = OP_MOVE_G, ['H'] = OP_MOVE_H};
	emit(emitter, ops[(int)emitter->program->registers.data[to]], to, from, NONE);
}

void emit_invoke(struct emitter *emitter, const struct expr *call)
{
	enum { PARAMS_MAX = 8 };
	const struct stmt *routine = call->routine->stmt;
	uint32_t values[PARAMS_MAX];
	int count = 0;
	/* All arguments first: computing one may call the same fn. */
	for (const struct item *item = call->items; item; item = item->next, count++) {
		const struct expr *value = item->value;
		const struct parameter *param = routine->routine.params;
		for (int i = 0; i < count; i++)
			param = param->next;
		values[count] = param->symbol->type == TYPE_FLOAT ? emit_float(emitter, value)
								  : emit_expr(emitter, value);
		if (param->symbol->type == TYPE_AFFINITY && value->type == TYPE_CPUSET) {
			uint32_t affinity = emit_register(emitter, 'A');
			emit(emitter, OP_AFFINITY, affinity, values[count], NONE);
			values[count] = affinity;
		}
	}
	count = 0;
	for (const struct parameter *param = routine->routine.params; param; param = param->next)
		emit_copy(emitter, param->symbol->reg, values[count++]);
	emit(emitter, OP_INVOKE, call->routine->entry, NONE, NONE);
}

static uint32_t emit_field(struct emitter *emitter, const struct expr *expr)
{
	uint32_t group = emit_ref(emitter, (const struct ref *)(const void *)expr->items);
	if (expr->type == TYPE_CGROUP)
		return group;
	uint32_t reg = emit_register(emitter, expr->extra ? 'I' : 'C');
	emit(emitter, expr->extra ? OP_GROUP_TASKS : OP_GROUP_CPUS, reg, group, NONE);
	return reg;
}

uint32_t emit_pool(struct emitter *emitter, const uint32_t *values, size_t count)
{
	uint32_t start = (uint32_t)emitter->program->pool.length;
	for (size_t i = 0; i < count; i++)
		VECTOR_PUSH(&emitter->program->pool, values[i]);
	return start;
}

static uint32_t emit_arguments(struct emitter *emitter, const struct item *items,
			       const struct word_arg *args)
{
	uint32_t regs[8];
	int count = 0;
	for (const struct item *item = items; item; item = item->next, count++) {
		bool real = args && args[count].type != TYPE_INT && item->value &&
			    (args[count].type == TYPE_FLOAT || args[count].type == TYPE_FRACTION);
		regs[count] = real ? emit_float(emitter, item->value)
				   : emit_optional(emitter, item->value);
	}
	return emit_pool(emitter, regs, (size_t)count);
}

static uint32_t emit_sequence(struct emitter *emitter, const struct expr *expr)
{
	uint32_t work = emit_register(emitter, 'W');
	emit(emitter, OP_WORK, work, WORK_sequence, 0);
	for (const struct item *item = expr->items; item; item = item->next) {
		enum phase_kind phase = phase_find(map_text(emitter->tree->names, item->name));
		emit(emitter, OP_PHASE, work, (uint32_t)phase, emit_expr(emitter, item->value));
	}
	return work;
}

/* min, max and abs come in two machine types; the register types of the arguments decide. */
static uint32_t emit_call(struct emitter *emitter, const struct expr *expr)
{
	if (expr->routine &&
	    (expr->routine->kind == SYMBOL_HOOK || expr->routine->kind == SYMBOL_WORK))
		return emit_custom(emitter, expr);
	if (expr->routine) {
		emit_invoke(emitter, expr);
		/* The result's register is the fn's own, and the next call will write it. */
		uint32_t result = emit_register(emitter, type_table[expr->type].reg);
		emit_copy(emitter, result, expr->routine->reg);
		return result;
	}
	if (!expr->word && expr->extra == WORK_sequence)
		return emit_sequence(emitter, expr);
	if (!expr->word) {
		uint32_t params = emit_arguments(emitter, expr->items, NULL);
		uint32_t work = emit_register(emitter, 'W');
		emit(emitter, OP_WORK, work, expr->extra, params);
		return work;
	}
	enum word word = expr->word - 1u;
	uint32_t args = emit_arguments(emitter, expr->items, word_table[word].args);
	uint32_t reg = emit_register(emitter, type_table[expr->type].reg);
	uint32_t at = emit(emitter, OP_CALL, reg, (uint32_t)word, args);
	if (emitter->patient && word == WORD_map_value)
		emitter->program->code.data[at].flags = FLAG_PATIENT;
	return reg;
}

static uint32_t emit_negation(struct emitter *emitter, uint32_t value)
{
	uint32_t reg = emit_register(emitter, 'I');
	emit(emitter, OP_NOT, reg, value, NONE);
	return reg;
}

static uint32_t emit_compare(struct emitter *emitter, const struct expr *expr)
{
	enum tree_op op = expr->op;
	const struct expr *left = expr->left, *right = expr->right;
	bool swapped = op == TREE_GT || op == TREE_GE;
	if (swapped) {
		left = expr->right;
		right = expr->left;
	}
	char left_reg = type_table[left->type].reg;
	bool real = left_reg == 'F' || type_table[right->type].reg == 'F';
	uint32_t a = real ? emit_float(emitter, left) : emit_expr(emitter, left);
	uint32_t b = real ? emit_float(emitter, right) : emit_expr(emitter, right);
	uint32_t reg = emit_register(emitter, 'I');
	enum op code;
	if (op == TREE_EQ || op == TREE_NE)
		code = real              ? OP_EQ_F
		       : left_reg == 'S' ? OP_EQ_S
		       : left_reg == 'C' ? OP_EQ_C
					 : OP_EQ_I;
	else if (op == TREE_LT || op == TREE_GT)
		code = real ? OP_LT_F : OP_LT_I;
	else
		code = real ? OP_LE_F : OP_LE_I;
	emit(emitter, code, reg, a, b);
	return op == TREE_NE ? emit_negation(emitter, reg) : reg;
}

static uint32_t emit_logic(struct emitter *emitter, const struct expr *expr)
{
	uint32_t result = emit_register(emitter, 'I');
	emit(emitter, OP_MOVE, result, emit_expr(emitter, expr->left), NONE);
	uint32_t jump =
		emit(emitter, expr->op == TREE_AND ? OP_JUMP_UNLESS : OP_JUMP_IF, result, 0, NONE);
	emit(emitter, OP_MOVE, result, emit_expr(emitter, expr->right), NONE);
	emit_patch(emitter, jump);
	return result;
}

/* duration or size, scaled by a number, or divided by one or by its like. */
static uint32_t emit_scaled(struct emitter *emitter, const struct expr *expr)
{
	const struct expr *left = expr->left, *right = expr->right;
	bool left_scaled = left->type == TYPE_DURATION || left->type == TYPE_SIZE;
	bool right_scaled = right->type == TYPE_DURATION || right->type == TYPE_SIZE;
	if (left_scaled && right_scaled) {
		uint32_t a = emit_expr(emitter, left), b = emit_expr(emitter, right);
		uint32_t ratio = emit_register(emitter, 'F');
		emit(emitter, OP_RATIO, ratio, a, b);
		return ratio;
	}
	const struct expr *amount = left_scaled ? left : right;
	const struct expr *factor = left_scaled ? right : left;
	uint32_t reg = emit_register(emitter, 'I');
	if (factor->type == TYPE_INT) {
		uint32_t a = emit_expr(emitter, amount), b = emit_expr(emitter, factor);
		emit(emitter, expr->op == TREE_MUL ? OP_MUL_I : OP_DIV_I, reg, a, b);
	} else {
		uint32_t a = emit_expr(emitter, amount), b = emit_expr(emitter, factor);
		emit(emitter, expr->op == TREE_MUL ? OP_SCALE : OP_UNSCALE, reg, a, b);
	}
	return reg;
}

static uint32_t emit_binary(struct emitter *emitter, const struct expr *expr)
{
	enum tree_op op = expr->op;
	if (op >= TREE_EQ && op <= TREE_GE)
		return emit_compare(emitter, expr);
	if (op == TREE_AND || op == TREE_OR)
		return emit_logic(emitter, expr);
	char type = type_table[expr->type].reg;
	if (type == 'C') {
		uint32_t a = emit_expr(emitter, expr->left), b = emit_expr(emitter, expr->right);
		uint32_t set = emit_register(emitter, 'C');
		emit(emitter,
		     op == TREE_UNION ? OP_UNION
		     : op == TREE_SUB ? OP_MINUS
				      : OP_INTERSECT,
		     set, a, b);
		return set;
	}
	if (expr->type == TYPE_MEMPOLICY_FLAGS) {
		uint32_t a = emit_expr(emitter, expr->left), b = emit_expr(emitter, expr->right);
		uint32_t flags = emit_register(emitter, 'I');
		emit(emitter, OP_OR_I, flags, a, b);
		return flags;
	}
	bool scaled = expr->left->type == TYPE_DURATION || expr->left->type == TYPE_SIZE ||
		      expr->right->type == TYPE_DURATION || expr->right->type == TYPE_SIZE;
	if (scaled && (op == TREE_MUL || op == TREE_DIV))
		return emit_scaled(emitter, expr);
	static const enum op integer_ops[] = {OP_ADD_I, OP_SUB_I, OP_MUL_I, OP_DIV_I, OP_MOD_I};
	static const enum op real_ops[] = {OP_ADD_F, OP_SUB_F, OP_MUL_F, OP_DIV_F};
	bool real = type == 'F';
	uint32_t a = real ? emit_float(emitter, expr->left) : emit_expr(emitter, expr->left);
	uint32_t b = real ? emit_float(emitter, expr->right) : emit_expr(emitter, expr->right);
	uint32_t reg = emit_register(emitter, type);
	emit(emitter, real ? real_ops[op] : integer_ops[op], reg, a, b);
	return reg;
}

static uint32_t emit_unary(struct emitter *emitter, const struct expr *expr)
{
	uint32_t value = emit_expr(emitter, expr->left);
	if (expr->op == TREE_NOT)
		return emit_negation(emitter, value);
	char type = type_table[expr->type].reg;
	uint32_t reg = emit_register(emitter, type);
	emit(emitter, type == 'F' ? OP_NEG_F : OP_NEG_I, reg, value, NONE);
	return reg;
}

void emit_text_part(struct emitter *emitter, uint32_t text, const struct expr *expr)
{
	static const enum op ops[TYPE_COUNT] = {
		[TYPE_STRING] = OP_TEXT_S,          [TYPE_INT] = OP_TEXT_I,
		[TYPE_FLOAT] = OP_TEXT_F,           [TYPE_PERCENT] = OP_TEXT_PERCENT,
		[TYPE_DURATION] = OP_TEXT_DURATION, [TYPE_SIZE] = OP_TEXT_SIZE,
		[TYPE_BOOL] = OP_TEXT_BOOL,         [TYPE_CPUSET] = OP_TEXT_C};
	emit(emitter, ops[expr->type], text, emit_expr(emitter, expr), NONE);
}

static uint32_t emit_text(struct emitter *emitter, const struct expr *expr)
{
	uint32_t text = emit_register(emitter, 'S');
	emit(emitter, OP_TEXT_START, text, NONE, NONE);
	for (const struct item *item = expr->items; item; item = item->next) {
		if (item->value->kind == EXPR_STRING &&
		    !*map_text(emitter->tree->names, item->value->name))
			continue;
		emit_text_part(emitter, text, item->value);
	}
	return text;
}

uint32_t emit_expr(struct emitter *emitter, const struct expr *expr)
{
	switch ((enum expr_kind)expr->kind) {
	case EXPR_INT:
	case EXPR_DURATION:
	case EXPR_SIZE:
	case EXPR_BOOL:
		return emit_integer(emitter, expr->integer);
	case EXPR_FLOAT:
	case EXPR_PERCENT:
		return emit_number(emitter, expr->number);
	case EXPR_STRING:
		return name_string(emitter, expr->name);
	case EXPR_TEXT:
		return emit_text(emitter, expr);
	case EXPR_NAME:
		return expr->symbol->reg;
	case EXPR_FIELD:
		return emit_field(emitter, expr);
	case EXPR_CALL:
		return emit_call(emitter, expr);
	case EXPR_UNARY:
		return emit_unary(emitter, expr);
	case EXPR_BINARY:
		return emit_binary(emitter, expr);
	case EXPR_INDEX:
	case EXPR_LIST:
	case EXPR_ERROR:
		break;
	}
	assert(false); /* the checker refuses these */
	return 0;
}

uint32_t emit_jump_unless(struct emitter *emitter, const struct expr *condition)
{
	const struct expr *left = condition->left, *right = condition->right;
	enum tree_op op = condition->op;
	bool fused = condition->kind == EXPR_BINARY && op >= TREE_EQ && op <= TREE_GE &&
		     type_table[left->type].reg == 'I' && type_table[right->type].reg == 'I';
	if (!fused)
		return emit(emitter, OP_JUMP_UNLESS, emit_expr(emitter, condition), 0, NONE);
	uint32_t a = emit_expr(emitter, left), b = emit_expr(emitter, right);
	switch ((int)op) {
	case TREE_EQ:
		return emit(emitter, OP_JUMP_NE, a, b, 0);
	case TREE_NE:
		return emit(emitter, OP_JUMP_EQ, a, b, 0);
	case TREE_LT:
		return emit(emitter, OP_JUMP_LE, b, a, 0);
	case TREE_LE:
		return emit(emitter, OP_JUMP_LT, b, a, 0);
	case TREE_GT:
		return emit(emitter, OP_JUMP_LE, a, b, 0);
	default:
		return emit(emitter, OP_JUMP_LT, a, b, 0);
	}
}
