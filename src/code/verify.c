#include "code/verify.h"

#include "host/knobs.h"
#include "host/work.h"
#include "sema/metrics.h"
#include "sema/sema.h"
#include "sema/words.h"

#include <string.h>

struct verifier {
	const struct program *program;
	struct error *error;
	uint32_t at; /* the instruction being looked at */
};

static bool refuse(const struct verifier *verifier, const char *what)
{
	const struct program *program = verifier->program;
	uint32_t op = program->code.data[verifier->at].op;
	return error_set(verifier->error, ERROR_REFUSED, "instruction %u (%s): %s", verifier->at,
			 op < OP_COUNT ? op_table[op].name : "?", what);
}

static bool is_register(const struct verifier *verifier, uint32_t reg, char type)
{
	return reg < verifier->program->registers.length &&
	       verifier->program->registers.data[reg] == type;
}

/* `count` entries from `start` on are in the pool. */
static bool in_pool(const struct verifier *verifier, uint32_t start, size_t count)
{
	return start <= verifier->program->pool.length &&
	       count <= verifier->program->pool.length - start;
}

static bool check_word(const struct verifier *verifier, const struct instruction *instruction)
{
	if (instruction->b >= WORD_COUNT)
		return refuse(verifier, "there is no such word");
	const struct word_info *word = &word_table[instruction->b];
	if (instruction->a >= verifier->program->registers.length)
		return refuse(verifier, "the result's register is not there");
	char result = verifier->program->registers.data[instruction->a];
	bool numeric = result == 'I' || result == 'F';
	if (word->result == TYPE_SAME ? !numeric : result != type_table[word->result].reg)
		return refuse(verifier, "the result's register is of the wrong type");
	size_t count = 0;
	while (word->args[count].name)
		count++;
	if (count && !in_pool(verifier, instruction->c, count))
		return refuse(verifier, "its arguments are outside the pool");
	for (size_t i = 0; i < count; i++) {
		uint32_t reg = verifier->program->pool.data[instruction->c + i];
		enum type type = word->args[i].type;
		char wanted = type == TYPE_NUMERIC    ? result
			      : type == TYPE_FRACTION ? 'F'
						      : type_table[type].reg;
		if (reg == NONE && word->args[i].optional)
			continue;
		if (!is_register(verifier, reg, wanted))
			return refuse(verifier, "an argument is of the wrong type");
	}
	return true;
}

static bool check_work(const struct verifier *verifier, const struct instruction *instruction)
{
	if (instruction->b >= WORK_COUNT)
		return refuse(verifier, "there is no such work");
	size_t count = 0;
	while (work_table[instruction->b].params[count].name)
		count++;
	if (count && !in_pool(verifier, instruction->c, count))
		return refuse(verifier, "its parameters are outside the pool");
	for (size_t i = 0; i < count; i++) {
		uint32_t reg = verifier->program->pool.data[instruction->c + i];
		if (reg != NONE && !is_register(verifier, reg, 'I'))
			return refuse(verifier, "a parameter is of the wrong type");
	}
	return true;
}

static bool check_spawn(const struct verifier *verifier, const struct instruction *instruction)
{
	if (!in_pool(verifier, instruction->b, SPAWN_ARGS))
		return refuse(verifier, "its arguments are outside the pool");
	for (size_t i = 0; i < SPAWN_ARGS; i++) {
		char type = SPAWN_ARG_TYPES[i];
		bool optional = type >= 'a';
		uint32_t reg = verifier->program->pool.data[instruction->b + i];
		if (reg == NONE && optional)
			continue;
		if (!is_register(verifier, reg, optional ? (char)(type - 'a' + 'A') : type))
			return refuse(verifier, "an argument is of the wrong type");
	}
	return true;
}

/* The knob of a KNOB_* takes values of the register type that its op has. */
static bool check_knob(const struct verifier *verifier, const struct instruction *instruction)
{
	if (instruction->op == OP_KNOB_CLEAR || instruction->op == OP_KNOB_SWAP)
		return true;
	enum knob_kind kind = knob_table[instruction->b].kind;
	bool set = kind == KNOB_KIND_CPUSET || kind == KNOB_KIND_NODES;
	enum op wanted = set ? OP_KNOB_C : kind == KNOB_KIND_PERCENT ? OP_KNOB_F : OP_KNOB_I;
	return instruction->op == wanted || refuse(verifier, "this knob has other values");
}

/* `count` registers of the pool from `start` on, each of the type that goes with it. */
static bool check_args(const struct verifier *verifier, uint32_t start, const enum type *types,
		       size_t count)
{
	if (count && !in_pool(verifier, start, count))
		return refuse(verifier, "its arguments are outside the pool");
	for (size_t i = 0; i < count; i++) {
		if (!is_register(verifier, verifier->program->pool.data[start + i],
				 type_table[types[i]].reg))
			return refuse(verifier, "an argument is of the wrong type");
	}
	return true;
}

static bool check_hook(const struct verifier *verifier, const struct instruction *instruction)
{
	const struct program *program = verifier->program;
	bool work = instruction->op == OP_EXTERN_WORK;
	if (instruction->b >= program->hooks.length)
		return refuse(verifier, "there is no such extern");
	const struct hook *hook = &program->hooks.data[instruction->b];
	if (hook->work != work)
		return refuse(verifier, "this extern is of the other kind");
	bool gives = hook->result != TYPE_ERROR;
	if (!work && (gives ? !is_register(verifier, instruction->a, type_table[hook->result].reg)
			    : instruction->a != NONE))
		return refuse(verifier, "the result's register is of the wrong type");
	return check_args(verifier, instruction->c, hook->params, hook->param_count);
}

static bool is_optional_register(const struct verifier *verifier, uint32_t reg, char type)
{
	return reg == NONE || is_register(verifier, reg, type);
}

static bool check_run(const struct verifier *verifier, const struct instruction *instruction)
{
	const struct program *program = verifier->program;
	uint32_t start = instruction->b;
	if (!in_pool(verifier, start, RUN_ARGS))
		return refuse(verifier, "its arguments are outside the pool");
	const uint32_t *args = program->pool.data + start;
	if (args[RUN_ARG_PAYLOAD] >= program->payloads.length)
		return refuse(verifier, "there is no such payload");
	const struct payload *payload = &program->payloads.data[args[RUN_ARG_PAYLOAD]];
	size_t values = 0;
	for (uint32_t i = 0; i < payload->limit_count; i++)
		values += payload_limit_has_value(&payload->limits[i]);
	size_t count = args[RUN_ARG_COUNT];
	if (count > PROGRAM_ARGUMENTS_MAX || !in_pool(verifier, start, RUN_ARGS + count + values))
		return refuse(verifier, "its arguments are outside the pool");
	bool fine = is_optional_register(verifier, args[RUN_ARG_GROUP], 'G') &&
		    is_register(verifier, args[RUN_ARG_EXEC], 'S') &&
		    is_optional_register(verifier, args[RUN_ARG_TIMEOUT], 'I');
	for (size_t i = 0; i < count + values; i++)
		fine &= is_register(verifier, args[RUN_ARGS + i], i < count ? 'S' : 'F');
	return fine || refuse(verifier, "an argument is of the wrong type");
}

static bool check_scheduler(const struct verifier *verifier, const struct instruction *instruction)
{
	const struct program *program = verifier->program;
	uint32_t start = instruction->a;
	if (!in_pool(verifier, start, SCHEDULER_ARG_FIRST))
		return refuse(verifier, "its arguments are outside the pool");
	const uint32_t *args = program->pool.data + start;
	size_t count = args[SCHEDULER_ARG_COUNT];
	if (args[SCHEDULER_ARG_SCHEDULER] >= program->schedulers.length)
		return refuse(verifier, "there is no such scheduler");
	if (count > PROGRAM_ARGUMENTS_MAX * (PROGRAM_FLAGS_MAX + 1) ||
	    !in_pool(verifier, start, SCHEDULER_ARG_FIRST + 2 * count))
		return refuse(verifier, "its arguments are outside the pool");
	bool fine = is_register(verifier, args[SCHEDULER_ARG_EXEC], 'S') &&
		    is_optional_register(verifier, args[SCHEDULER_ARG_TIMEOUT], 'I');
	for (const uint32_t *pair = args + SCHEDULER_ARG_FIRST; count; pair += 2, count--)
		fine &= (pair[0] == NONE || pair[0] < program->flags.length) &&
			is_register(verifier, pair[1], 'S');
	return fine || refuse(verifier, "an argument is of the wrong type");
}

static bool check_operand(const struct verifier *verifier, enum operand operand, uint32_t value)
{
	static const uint32_t limits[] = {[OPERAND_KNOB] = KNOB_COUNT,
					  [OPERAND_METRIC] = METRIC_COUNT,
					  [OPERAND_SETTING] = SCENARIO_SETTINGS,
					  [OPERAND_SCOPE] = SCOPE_KIND_COUNT,
					  [OPERAND_PHASE] = PHASE_COUNT};
	char type = operand_register(operand);
	if (type) {
		if (operand_is_optional(operand) && value == NONE)
			return true;
		return is_register(verifier, value, type) ||
		       refuse(verifier, "a register is not there, or of the wrong type");
	}
	if (operand == OPERAND_JUMP)
		return value < verifier->program->code.length ||
		       refuse(verifier, "it jumps out of the program");
	if (operand >= OPERAND_KNOB && operand <= OPERAND_SCOPE)
		return value < limits[operand] || refuse(verifier, "an operand is out of range");
	return true;
}

static bool check_instruction(struct verifier *verifier)
{
	const struct instruction *instruction = &verifier->program->code.data[verifier->at];
	if (instruction->op >= OP_COUNT)
		return refuse(verifier, "there is no such op");
	const struct op_info *info = &op_table[instruction->op];
	const uint32_t values[3] = {instruction->a, instruction->b, instruction->c};
	for (int i = 0; i < 3; i++) {
		if (!check_operand(verifier, info->operands[i], values[i]))
			return false;
	}
	if (instruction->op == OP_CALL)
		return check_word(verifier, instruction);
	if (instruction->op == OP_WORK)
		return check_work(verifier, instruction);
	if (instruction->op == OP_SPAWN)
		return check_spawn(verifier, instruction);
	if (instruction->op == OP_CUSTOM || instruction->op == OP_EXTERN_WORK)
		return check_hook(verifier, instruction);
	if (instruction->op == OP_RUN)
		return check_run(verifier, instruction);
	if (instruction->op == OP_SCHEDULER)
		return check_scheduler(verifier, instruction);
	if (instruction->op >= OP_KNOB_C && instruction->op <= OP_KNOB_SWAP)
		return check_knob(verifier, instruction);
	if (instruction->op == OP_CONTEXT &&
	    (instruction->a == SCENARIO_CATEGORY || instruction->a == SCENARIO_TAGS ||
	     instruction->a == SCENARIO_SCHEDULER))
		return refuse(verifier, "this setting is not of the run");
	return true;
}

static bool is_hook_fit(const struct hook *hook)
{
	if (hook->param_count > (hook->work ? WORK_PARAMS_MAX : HOOK_PARAMS_MAX) ||
	    (unsigned)hook->result >= TYPE_COUNT)
		return false;
	const char *result = hook->work ? "" : "IFSC";
	if (hook->result != TYPE_ERROR && !strchr(result, type_table[hook->result].reg))
		return false;
	for (uint32_t i = 0; i < hook->param_count; i++) {
		enum type type = hook->params[i];
		if (type <= TYPE_ERROR || type >= TYPE_COUNT ||
		    !strchr(hook->work ? "IF" : "IFSCG", type_table[type].reg))
			return false;
	}
	return true;
}

static bool is_payload_fit(const struct payload *payload)
{
	if ((unsigned)payload->output > PAYLOAD_OUTPUT_TEXT)
		return false;
	for (uint32_t i = 0; i < payload->limit_count; i++) {
		const struct payload_limit *limit = &payload->limits[i];
		if (limit->metric > payload->metric_count ||
		    (unsigned)limit->relation >= PAYLOAD_RELATIONS)
			return false;
	}
	return true;
}

static bool check_foreign_tables(const struct verifier *verifier)
{
	const struct program *program = verifier->program;
	struct error *error = verifier->error;
	size_t flags = program->flags.length;
	if (flags > PROGRAM_FLAGS_MAX)
		return error_set(error, ERROR_REFUSED, "it has more than %d flags",
				 PROGRAM_FLAGS_MAX);
	for (size_t i = 0; i < flags; i++) {
		if (program->flags.data[i].needs >> i)
			return error_set(error, ERROR_REFUSED, "flag %zu needs a later one", i);
	}
	uint64_t beyond = flags < 64 ? ~UINT64_C(0) << flags : 0;
	for (size_t i = 0; i < program->scenarios.length; i++) {
		const struct scenario *scenario = &program->scenarios.data[i];
		if ((scenario->requires | scenario->excludes) & beyond)
			return error_set(error, ERROR_REFUSED,
					 "scenario %zu has flags that are not there", i);
	}
	for (size_t i = 0; i < program->hooks.length; i++) {
		if (!is_hook_fit(&program->hooks.data[i]))
			return error_set(error, ERROR_REFUSED, "extern %zu does not fit", i);
	}
	for (size_t i = 0; i < program->payloads.length; i++) {
		if (!is_payload_fit(&program->payloads.data[i]))
			return error_set(error, ERROR_REFUSED, "payload %zu does not fit", i);
	}
	return true;
}

static bool check_tables(const struct verifier *verifier)
{
	const struct program *program = verifier->program;
	struct error *error = verifier->error;
	for (size_t i = 0; i < program->registers.length; i++) {
		if (!program->registers.data[i] ||
		    !strchr("IFSCWAPMGHL", program->registers.data[i]))
			return error_set(error, ERROR_REFUSED, "register %zu has no type", i);
	}
	for (size_t i = 0; i < program->constants.length; i++) {
		const struct constant *constant = &program->constants.data[i];
		char type = constant->reg < program->registers.length
				    ? program->registers.data[constant->reg]
				    : 0;
		bool fine = type == 'I' || type == 'F' ||
			    (type == 'S' && constant->string < program->strings.length);
		if (!fine)
			return error_set(error, ERROR_REFUSED, "constant %zu does not fit", i);
	}
	for (size_t i = 0; i < program->params.length; i++) {
		const struct param *param = &program->params.data[i];
		if (param->type <= TYPE_ERROR || param->type >= TYPE_COUNT ||
		    !is_register(verifier, param->reg, type_table[param->type].reg) ||
		    !strchr("IFS", type_table[param->type].reg))
			return error_set(error, ERROR_REFUSED, "param %zu does not fit", i);
	}
	if (program->spans.length != program->code.length)
		return error_set(error, ERROR_REFUSED, "not every instruction has its place");
	return check_foreign_tables(verifier);
}

/* What is invoked opens and closes blocks of its own, inside those that are open: one at least. */
enum { ROUTINE_DEPTH = 1 };

/* Depth of owning blocks at each instruction: 0 unknown, else depth + 1. */
struct flow {
	uint16_t *depth;
	VECTOR(uint32_t) todo;
};

/* Loops close only where the interpreter can leave them. */
static bool may_go_back(uint16_t op)
{
	return op == OP_JUMP || op == OP_FOR_STEP || op == OP_AWAIT_TURN || op == OP_INVOKE;
}

static bool reach(struct verifier *verifier, struct flow *flow, uint32_t to, uint16_t depth)
{
	if (to >= verifier->program->code.length)
		return refuse(verifier, "it runs past the end of the program");
	if (flow->depth[to] == 0) {
		flow->depth[to] = (uint16_t)(depth + 1);
		VECTOR_PUSH(&flow->todo, to);
	} else if (flow->depth[to] != depth + 1) {
		return refuse(verifier, "blocks are not closed in pairs");
	}
	return true;
}

static bool follow(struct verifier *verifier, struct flow *flow)
{
	const struct instruction *instruction = &verifier->program->code.data[verifier->at];
	const struct op_info *info = &op_table[instruction->op];
	const uint32_t values[3] = {instruction->a, instruction->b, instruction->c};
	uint16_t depth = (uint16_t)(flow->depth[verifier->at] - 1);
	if (instruction->op == OP_END)
		return depth == 0 || refuse(verifier, "a block is still open");
	if (instruction->op == OP_RETURN)
		return depth == ROUTINE_DEPTH || refuse(verifier, "a block is still open");
	if (depth == 0 && instruction->op != OP_SCOPE_OPEN)
		return refuse(verifier, "it stands outside every block");
	if (instruction->op == OP_SCOPE_OPEN && depth == VERIFY_DEPTH_MAX)
		return refuse(verifier, "blocks are nested too deeply");
	depth = (uint16_t)(depth + (instruction->op == OP_SCOPE_OPEN) -
			   (instruction->op == OP_SCOPE_CLOSE));
	for (int i = 0; i < 3; i++) {
		if (info->operands[i] != OPERAND_JUMP)
			continue;
		if (values[i] <= verifier->at && !may_go_back(instruction->op))
			return refuse(verifier, "it jumps back, and is no loop");
		uint16_t there = instruction->op == OP_INVOKE ? ROUTINE_DEPTH : depth;
		if (!reach(verifier, flow, values[i], there))
			return false;
	}
	return instruction->op == OP_JUMP || reach(verifier, flow, verifier->at + 1, depth);
}

static bool check_flow(struct verifier *verifier)
{
	const struct program *program = verifier->program;
	struct flow flow = {.depth = memory_zeroed(program->code.length, sizeof(*flow.depth))};
	bool fine = true;
	for (size_t i = 0; fine && i < program->scenarios.length; i++) {
		verifier->at = 0;
		if (program->scenarios.data[i].entry >= program->code.length)
			fine = error_set(verifier->error, ERROR_REFUSED,
					 "scenario %zu begins outside the program", i);
		else
			fine = reach(verifier, &flow, program->scenarios.data[i].entry, 0);
	}
	while (fine && flow.todo.length) {
		verifier->at = flow.todo.data[--flow.todo.length];
		fine = follow(verifier, &flow);
	}
	VECTOR_FREE(&flow.todo);
	free(flow.depth);
	return fine;
}

bool verify_program(const struct program *program, struct error *error)
{
	struct verifier verifier = {.program = program, .error = error};
	if (!check_tables(&verifier))
		return false;
	for (; verifier.at < program->code.length; verifier.at++) {
		if (!check_instruction(&verifier))
			return false;
	}
	return check_flow(&verifier);
}
