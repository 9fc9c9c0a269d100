/*
 * Mutations of compiled files that the verifier mostly lets through: instructions and operands
 * change into others of their kind. Every third mutation is one of bytes.
 */
#include "code/image.h"
#include "code/image_format.h"
#include "host/knobs.h"
#include "host/work.h"
#include "sema/metrics.h"
#include "sema/sema.h"
#include "sema/words.h"
#include "subject.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t room, unsigned seed);

enum { CHANGES_MAX = 4, CODE_MAX = 4000 };

/* xorshift32 (Marsaglia 2003). */
static uint32_t draw(uint32_t *random, uint32_t below)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return below ? *random % below : 0;
}

/* A register of a type; any where there is none. */
static uint32_t draw_register(const struct program *program, uint32_t *random, char type)
{
	uint32_t count = (uint32_t)program->registers.length;
	uint32_t start = draw(random, count);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t reg = (start + i) % count;
		if (program->registers.data[reg] == type)
			return reg;
	}
	return start;
}

static uint32_t draw_operand(const struct program *program, uint32_t *random, enum operand operand,
			     uint32_t before)
{
	char type = operand_register(operand);
	if (type)
		return operand_is_optional(operand) && draw(random, 4) == 0
			       ? NONE
			       : draw_register(program, random, type);
	switch ((int)operand) {
	case OPERAND_WX:
		return draw(random, (uint32_t)program->registers.length);
	case OPERAND_JUMP:
		return draw(random, (uint32_t)program->code.length + 1);
	case OPERAND_WORD:
		return draw(random, WORD_COUNT);
	case OPERAND_WORK:
		return draw(random, WORK_COUNT);
	case OPERAND_ARGS:
	case OPERAND_SPAWN:
		return draw(random, (uint32_t)program->pool.length + 1);
	case OPERAND_KNOB:
		return draw(random, KNOB_COUNT);
	case OPERAND_METRIC:
		return draw(random, METRIC_COUNT);
	case OPERAND_SETTING:
		return draw(random, SCENARIO_SETTINGS);
	case OPERAND_SCOPE:
		return draw(random, SCOPE_KIND_COUNT);
	default:
		return before;
	}
}

static void change_instruction(struct program *program, uint32_t *random)
{
	struct instruction *instruction =
		&program->code.data[draw(random, (uint32_t)program->code.length)];
	uint32_t *const operands[3] = {&instruction->a, &instruction->b, &instruction->c};
	bool whole = draw(random, 3) == 0;
	uint32_t one = draw(random, 4);
	if (whole)
		instruction->op = (uint16_t)draw(random, OP_COUNT);
	else if (one == 3)
		instruction->flags = (uint16_t)draw(random, 8);
	for (uint32_t i = 0; i < 3; i++) {
		if (whole || i == one)
			*operands[i] =
				draw_operand(program, random, op_table[instruction->op].operands[i],
					     *operands[i]);
	}
}

/* One instruction in the place of another, or before it: jumps then lead elsewhere. */
static void copy_instruction(struct program *program, uint32_t *random)
{
	uint32_t count = (uint32_t)program->code.length;
	uint32_t from = draw(random, count), to = draw(random, count);
	struct instruction copy = program->code.data[from];
	if (draw(random, 2) == 0 || count >= CODE_MAX) {
		program->code.data[to] = copy;
		return;
	}
	VECTOR_PUSH(&program->code, copy);
	VECTOR_PUSH(&program->spans, program->spans.data[from]);
	memmove(&program->code.data[to + 1], &program->code.data[to],
		(count - to) * sizeof(program->code.data[0]));
	program->code.data[to] = copy;
}

static void drop_instruction(struct program *program, uint32_t *random)
{
	uint32_t count = (uint32_t)program->code.length;
	uint32_t at = draw(random, count);
	memmove(&program->code.data[at], &program->code.data[at + 1],
		(count - at - 1) * sizeof(program->code.data[0]));
	program->code.length--;
	program->spans.length--;
}

static int64_t draw_integer(uint32_t *random)
{
	static const int64_t edges[] = {0,          1,         2,         -1,           4095,
					4096,       65536,     65537,     INT32_MAX,    UINT32_MAX,
					1000000000, INT64_MAX, INT64_MIN, INT64_MAX - 1};
	return draw(random, 2) ? edges[draw(random, sizeof(edges) / sizeof(edges[0]))]
			       : (int64_t)draw(random, 300) - 20;
}

static void change_constant(struct program *program, uint32_t *random)
{
	struct constant *constant =
		&program->constants.data[draw(random, (uint32_t)program->constants.length)];
	int64_t integer = draw_integer(random);
	switch (program->registers.data[constant->reg]) {
	case 'S':
		constant->string = draw(random, (uint32_t)program->strings.length);
		break;
	case 'F':
		constant->number = draw(random, 2) ? (double)integer : (double)integer / 64;
		break;
	default:
		constant->integer = integer;
	}
}

static void change_pool(struct program *program, uint32_t *random)
{
	uint32_t *entry = &program->pool.data[draw(random, (uint32_t)program->pool.length)];
	char type = *entry < program->registers.length ? program->registers.data[*entry] : 'I';
	*entry = draw(random, 5) ? draw_register(program, random, type) : NONE;
}

static void change(struct program *program, uint32_t *random)
{
	uint32_t what = draw(random, 16);
	if (what < 7 && program->code.length)
		change_instruction(program, random);
	else if (what < 9 && program->code.length)
		copy_instruction(program, random);
	else if (what < 10 && program->code.length > 1)
		drop_instruction(program, random);
	else if (what < 13 && program->constants.length)
		change_constant(program, random);
	else if (what < 15 && program->pool.length)
		change_pool(program, random);
	else if (program->scenarios.length)
		program->scenarios.data[draw(random, (uint32_t)program->scenarios.length)].entry =
			draw(random, (uint32_t)program->code.length + 1);
}

/* The content of an image with a few changes; 0 if it is none, or does not fit. */
static size_t mutate_program(uint8_t *bytes, size_t length, size_t room, uint32_t *random)
{
	struct program program = {0};
	struct source_set sources = {0};
	struct text image = {0};
	size_t changed = 0;
	if (!subject_read_content((const char *)bytes, length, &program, &sources))
		return 0;
	for (uint32_t i = draw(random, CHANGES_MAX) + 1; i; i--)
		change(&program, random);
	if (draw(random, 2))
		program.knobs = (1u << KNOB_COUNT) - 1;
	image_write(&program, &sources, &image);
	if (image.length - IMAGE_HEADER_BYTES <= room) {
		changed = image.length - IMAGE_HEADER_BYTES;
		memcpy(bytes, image.data + IMAGE_HEADER_BYTES, changed);
	}
	text_free(&image);
	program_free(&program);
	source_set_free(&sources);
	return changed;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t room, unsigned seed)
{
	uint32_t random = seed | 1;
	size_t changed = 0;
	if (draw(&random, 3))
		changed = mutate_program(bytes, length, room, &random);
	return changed ? changed : LLVMFuzzerMutate(bytes, length, room);
}
