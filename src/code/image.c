#include "code/image.h"

#include "code/image_format.h"
#include "sema/sema.h"

#include <string.h>

/* The bytes that tell an image from a text; what is behind them tells whether it is whole. */
enum { RECOGNIZED = 4 };

/* The tables word by word, prose included: it says what the numbers mean. */
static const char tables[] =
#define OP(...) #__VA_ARGS__ "\n"
#include "code/ops.def"
#undef OP
#define TYPE(...) #__VA_ARGS__ "\n"
#include "sema/types.def"
#undef TYPE
#define WORD(...) #__VA_ARGS__ "\n"
#include "sema/words.def"
#undef WORD
#define METRIC(...) #__VA_ARGS__ "\n"
#include "sema/metrics.def"
#undef METRIC
#define FLAG(...) #__VA_ARGS__ "\n"
#include "sema/flags.def"
#undef FLAG
#define KNOB(...) #__VA_ARGS__ "\n"
#include "host/knobs.def"
#undef KNOB
#define WORK(...) #__VA_ARGS__ "\n"
#include "host/work.def"
#undef WORK
#define PHASE(...) #__VA_ARGS__ "\n"
#include "host/phases.def"
#undef PHASE
	SPAWN_ARG_TYPES;

uint64_t image_hash(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t image_fingerprint(void)
{
	uint64_t hash = image_hash(IMAGE_HASH_START, tables, sizeof(tables));
	for (int i = 0; i < SCENARIO_SETTINGS; i++)
		hash = image_hash(hash, scenario_settings[i].name,
				  strlen(scenario_settings[i].name) + 1);
	return hash;
}

bool image_recognize(const char *bytes, size_t length)
{
	return length > 0 &&
	       memcmp(bytes, IMAGE_MAGIC, length < RECOGNIZED ? length : RECOGNIZED) == 0;
}

static void put_number(struct text *out, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		text_putc(out, (char)(value >> (8 * i) & 0xff));
}

static void put_u32(struct text *out, uint32_t value)
{
	put_number(out, value, 4);
}

static void put_text(struct text *out, const char *text, size_t length)
{
	put_u32(out, (uint32_t)length);
	text_add(out, text, length);
}

static void put_string(struct text *out, const char *string)
{
	put_text(out, string, strlen(string));
}

static void put_span(struct text *out, struct span span)
{
	put_u32(out, span.start);
	put_u32(out, span.end);
}

static uint64_t constant_bits(const struct program *program, const struct constant *constant)
{
	uint64_t bits;
	switch (program->registers.data[constant->reg]) {
	case 'S': /* the rest of the union is anything */
		return constant->string;
	case 'F':
		memcpy(&bits, &constant->number, sizeof(bits));
		return bits;
	default:
		return (uint64_t)constant->integer;
	}
}

static void put_values(struct text *out, const struct program *program)
{
	put_u32(out, (uint32_t)program->strings.length);
	for (size_t i = 0; i < program->strings.length; i++)
		put_string(out, program->strings.data[i]);
	put_u32(out, (uint32_t)program->registers.length);
	for (size_t i = 0; i < program->registers.length; i++)
		text_putc(out, program->registers.data[i]);
	put_u32(out, (uint32_t)program->constants.length);
	for (size_t i = 0; i < program->constants.length; i++) {
		put_u32(out, program->constants.data[i].reg);
		put_number(out, constant_bits(program, &program->constants.data[i]), 8);
	}
	put_u32(out, (uint32_t)program->pool.length);
	for (size_t i = 0; i < program->pool.length; i++)
		put_u32(out, program->pool.data[i]);
}

static void put_code(struct text *out, const struct program *program)
{
	put_u32(out, (uint32_t)program->code.length);
	for (size_t i = 0; i < program->code.length; i++) {
		const struct instruction *instruction = &program->code.data[i];
		put_number(out, instruction->op, 2);
		put_number(out, instruction->flags, 2);
		put_u32(out, instruction->a);
		put_u32(out, instruction->b);
		put_u32(out, instruction->c);
		put_span(out, program->spans.data[i]);
	}
}

static void put_payload(struct text *out, const struct payload *payload)
{
	put_string(out, payload->name);
	put_u32(out, payload->output);
	put_u32(out, payload->metric_count);
	for (uint32_t i = 0; i < payload->metric_count; i++) {
		put_string(out, payload->metrics[i].name);
		put_string(out, payload->metrics[i].path);
	}
	put_u32(out, payload->limit_count);
	for (uint32_t i = 0; i < payload->limit_count; i++) {
		put_u32(out, payload->limits[i].metric);
		put_u32(out, payload->limits[i].relation);
		put_span(out, payload->limits[i].span);
	}
	put_span(out, payload->span);
}

static void put_foreign(struct text *out, const struct program *program)
{
	put_u32(out, (uint32_t)program->flags.length);
	for (size_t i = 0; i < program->flags.length; i++) {
		put_string(out, program->flags.data[i].name);
		put_string(out, program->flags.data[i].doc);
		put_number(out, program->flags.data[i].needs, 8);
	}
	put_u32(out, (uint32_t)program->hooks.length);
	for (size_t i = 0; i < program->hooks.length; i++) {
		const struct hook *hook = &program->hooks.data[i];
		put_string(out, hook->name);
		put_number(out, hook->work, 1);
		put_u32(out, hook->result);
		put_u32(out, hook->param_count);
		for (uint32_t j = 0; j < hook->param_count; j++)
			put_u32(out, hook->params[j]);
		put_span(out, hook->span);
	}
	put_u32(out, (uint32_t)program->libraries.length);
	for (size_t i = 0; i < program->libraries.length; i++) {
		put_string(out, program->libraries.data[i].name);
		put_span(out, program->libraries.data[i].span);
	}
	put_u32(out, (uint32_t)program->payloads.length);
	for (size_t i = 0; i < program->payloads.length; i++)
		put_payload(out, &program->payloads.data[i]);
	put_u32(out, (uint32_t)program->schedulers.length);
	for (size_t i = 0; i < program->schedulers.length; i++) {
		put_string(out, program->schedulers.data[i].name);
		put_span(out, program->schedulers.data[i].span);
	}
}

static void put_float(struct text *out, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	put_number(out, bits, 8);
}

static void put_bound(struct text *out, const struct bound *bound)
{
	const struct bound_form *const forms[] = {&bound->lines, &bound->rest};
	for (int i = 0; i < 2; i++) {
		put_float(out, forms[i]->fixed_ns);
		put_float(out, forms[i]->duration);
		put_float(out, forms[i]->settle);
		put_float(out, forms[i]->roundings);
	}
	put_float(out, bound->turns);
	put_number(out, (uint64_t)bound->duration_ns, 8);
	put_number(out, (uint64_t)bound->settle_ns, 8);
	put_number(out, (uint64_t)bound->timeout_ns, 8);
	put_u32(out, bound->depends);
}

static void put_names(struct text *out, const struct program *program)
{
	put_u32(out, (uint32_t)program->params.length);
	for (size_t i = 0; i < program->params.length; i++) {
		const struct param *param = &program->params.data[i];
		put_string(out, param->name);
		put_string(out, param->doc);
		put_u32(out, param->type);
		put_u32(out, param->reg);
		put_span(out, param->span);
	}
	put_u32(out, (uint32_t)program->scenarios.length);
	for (size_t i = 0; i < program->scenarios.length; i++) {
		const struct scenario *scenario = &program->scenarios.data[i];
		put_string(out, scenario->name);
		put_string(out, scenario->doc);
		put_string(out, scenario->category);
		put_u32(out, scenario->entry);
		put_number(out, scenario->requires, 8);
		put_number(out, scenario->excludes, 8);
		put_span(out, scenario->span);
		put_bound(out, &scenario->bound);
	}
	put_foreign(out, program);
	put_u32(out, program->knobs);
}

void image_write(const struct program *program, const struct source_set *sources, struct text *out)
{
	struct text content = {0};
	put_u32(&content, (uint32_t)sources->files.length);
	for (size_t i = 0; i < sources->files.length; i++) {
		const struct source *file = &sources->files.data[i];
		put_string(&content, file->name);
		put_text(&content, file->text, file->length);
	}
	put_values(&content, program);
	put_code(&content, program);
	put_names(&content, program);
	text_add(out, IMAGE_MAGIC, IMAGE_MAGIC_BYTES);
	put_u32(out, IMAGE_FORMAT);
	put_number(out, image_fingerprint(), 8);
	put_number(out, content.length, 8);
	put_number(out, image_hash(IMAGE_HASH_START, content.data, content.length), 8);
	text_add(out, content.data, content.length);
	text_free(&content);
}
