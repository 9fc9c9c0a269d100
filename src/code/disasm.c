#include "code/disasm.h"

#include "base/json.h"
#include "host/knobs.h"
#include "host/work.h"
#include "sema/metrics.h"
#include "sema/sema.h"
#include "sema/words.h"

#include <ctype.h>
#include <inttypes.h>

/* "i7": the type of a register and its number. */
static void put_register(const struct program *program, uint32_t reg, struct text *out)
{
	if (reg == NONE)
		text_puts(out, "-");
	else
		text_printf(out, "%c%u", tolower(program->registers.data[reg]), reg);
}

static void put_pool(const struct program *program, uint32_t start, size_t count, struct text *out)
{
	text_putc(out, '(');
	for (size_t i = 0; i < count; i++) {
		text_puts(out, i ? " " : "");
		put_register(program, program->pool.data[start + i], out);
	}
	text_putc(out, ')');
}

static size_t args_of(const struct program *program, const struct instruction *instruction)
{
	size_t count = 0;
	if (instruction->op == OP_CUSTOM || instruction->op == OP_EXTERN_WORK) {
		count = program->hooks.data[instruction->b].param_count;
	} else if (instruction->op == OP_CALL) {
		while (word_table[instruction->b].args[count].name)
			count++;
	} else {
		while (work_table[instruction->b].params[count].name)
			count++;
	}
	return count;
}

/* "fio (g1 s2 - (s3 s4) (f5))": the payload, where, what, how long, its arguments, its limits. */
static void put_run(const struct program *program, uint32_t start, struct text *out)
{
	const uint32_t *args = program->pool.data + start;
	const struct payload *payload = &program->payloads.data[args[RUN_ARG_PAYLOAD]];
	size_t values = 0;
	for (uint32_t i = 0; i < payload->limit_count; i++)
		values += payload_limit_has_value(&payload->limits[i]);
	text_printf(out, "%s ", payload->name);
	put_pool(program, start + RUN_ARG_GROUP, RUN_ARG_TIMEOUT - RUN_ARG_GROUP + 1, out);
	text_putc(out, ' ');
	put_pool(program, start + RUN_ARGS, args[RUN_ARG_COUNT], out);
	text_putc(out, ' ');
	put_pool(program, start + RUN_ARGS + args[RUN_ARG_COUNT], values, out);
}

/* "mine (s1 -) s2 llc:s3" */
static void put_scheduler(const struct program *program, uint32_t start, struct text *out)
{
	const uint32_t *args = program->pool.data + start;
	text_printf(out, "%s ", program->schedulers.data[args[SCHEDULER_ARG_SCHEDULER]].name);
	put_pool(program, start + SCHEDULER_ARG_EXEC, 2, out);
	for (uint32_t i = 0; i < args[SCHEDULER_ARG_COUNT]; i++) {
		const uint32_t *pair = args + SCHEDULER_ARG_FIRST + 2 * i;
		text_putc(out, ' ');
		if (pair[0] != NONE)
			text_printf(out, "%s:", program->flags.data[pair[0]].name);
		put_register(program, pair[1], out);
	}
}

static void put_operand(const struct program *program, const struct instruction *instruction,
			enum operand operand, uint32_t value, struct text *out)
{
	static const char *const scopes[] = {"scenario", "step", "scope"};
	switch ((int)operand) {
	case OPERAND_JUMP:
		text_printf(out, "@%u", value);
		break;
	case OPERAND_WORD:
		text_puts(out, word_table[value].name);
		break;
	case OPERAND_WORK:
		text_puts(out, work_table[value].name);
		break;
	case OPERAND_PHASE:
		text_puts(out, phase_table[value].name);
		break;
	case OPERAND_ARGS:
		put_pool(program, value, args_of(program, instruction), out);
		break;
	case OPERAND_SPAWN:
		put_pool(program, value, SPAWN_ARGS, out);
		break;
	case OPERAND_KNOB:
		text_puts(out, knob_table[value].name);
		break;
	case OPERAND_METRIC:
		text_puts(out, metric_table[value].name);
		break;
	case OPERAND_SETTING:
		text_puts(out, scenario_settings[value].name);
		break;
	case OPERAND_HOOK:
		text_puts(out, program->hooks.data[value].name);
		break;
	case OPERAND_RUN:
		put_run(program, value, out);
		break;
	case OPERAND_SCHEDULER:
		put_scheduler(program, value, out);
		break;
	case OPERAND_SCOPE:
		text_puts(out, scopes[value]);
		break;
	default:
		put_register(program, value, out);
	}
}

static void put_instruction(const struct program *program, uint32_t index,
			    struct source_set *sources, struct text *out)
{
	const struct instruction *instruction = &program->code.data[index];
	const struct op_info *info = &op_table[instruction->op];
	const uint32_t values[3] = {instruction->a, instruction->b, instruction->c};
	struct source_place place;
	uint32_t line =
		source_locate(sources, program->spans.data[index].start, &place) ? place.line : 0;
	struct text name = {0};
	for (const char *at = info->name; *at; at++)
		text_putc(&name, (char)tolower(*at));
	text_printf(out, "%5u  %4u  %-13s", index, line, text_string(&name));
	text_free(&name);
	for (int i = 0; i < 3 && info->operands[i] != OPERAND___; i++) {
		text_puts(out, i ? ", " : " ");
		put_operand(program, instruction, info->operands[i], values[i], out);
	}
	if (instruction->flags & FLAG_STRICT)
		text_puts(out, " strict");
	if (instruction->flags & FLAG_SCHEDULER)
		text_puts(out, " of-scheduler");
	if (instruction->flags & FLAG_PATIENT)
		text_puts(out, " patient");
	text_putc(out, '\n');
}

/* "bound 2.1s" and what else than the settings it holds for. */
static void put_bound(const struct bound *bound, struct text *out)
{
	text_puts(out, "bound ");
	text_put_duration(out, bound_evaluate_ns(bound, -1, -1));
	text_printf(out, "%s%s%s%s, %.0f turns\n",
		    bound->depends & BOUND_ON_PARAMS ? ", params as declared" : "",
		    bound->depends & BOUND_ON_SETTINGS ? ", settings as declared" : "",
		    bound->depends & BOUND_ON_MACHINE ? ", on the largest machine" : "",
		    bound->depends & BOUND_ON_HOOKS ? ", and what hooks take" : "", bound->turns);
}

static void put_string(struct text *out, const char *string)
{
	struct json json;
	json_start(&json, out, false);
	json_put_string(&json, string);
}

static void put_constants(const struct program *program, struct text *out)
{
	for (size_t i = 0; i < program->constants.length; i++) {
		const struct constant *constant = &program->constants.data[i];
		char type = program->registers.data[constant->reg];
		text_puts(out, "const ");
		put_register(program, constant->reg, out);
		text_puts(out, " = ");
		if (type == 'I')
			text_printf(out, "%" PRId64, constant->integer);
		else if (type == 'F')
			text_put_double(out, constant->number);
		else
			put_string(out, program->strings.data[constant->string]);
		text_putc(out, '\n');
	}
}

void disasm_program(const struct program *program, struct source_set *sources, struct text *out)
{
	for (size_t i = 0; i < program->params.length; i++) {
		const struct param *param = &program->params.data[i];
		text_printf(out, "param %s: %s in ", param->name, type_name(param->type));
		put_register(program, param->reg, out);
		text_putc(out, '\n');
	}
	put_constants(program, out);
	size_t next = 0;
	for (uint32_t index = 0; index < program->code.length; index++) {
		if (next < program->scenarios.length &&
		    program->scenarios.data[next].entry == index) {
			const struct scenario *scenario = &program->scenarios.data[next++];
			text_printf(out, "scenario %s\n", scenario->name);
			put_bound(&scenario->bound, out);
		}
		put_instruction(program, index, sources, out);
	}
}
