/* Reading. The first refusal counts; behind it all numbers are 0 and all lists empty. */
#include "code/image.h"

#include "code/image_format.h"
#include "code/verify.h"
#include "host/knobs.h"

#include <string.h>

struct reader {
	const char *at;
	const char *end;
	struct program *program;
	struct source_set *sources;
	struct error *error;
	bool refused;
};

static bool refuse(struct reader *reader, const char *what)
{
	if (!reader->refused)
		error_set(reader->error, ERROR_REFUSED, "damaged: %s", what);
	reader->refused = true;
	reader->at = reader->end;
	return false;
}

static uint64_t get_number(struct reader *reader, size_t bytes)
{
	uint64_t value = 0;
	if ((size_t)(reader->end - reader->at) < bytes) {
		refuse(reader, "its content ends too soon");
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)(unsigned char)reader->at[i] << (8 * i);
	reader->at += bytes;
	return value;
}

static uint32_t get_u32(struct reader *reader)
{
	return (uint32_t)get_number(reader, 4);
}

/* The length of a list whose items have at least `least` bytes each: they are all there, if they
 * are that small. */
static uint32_t get_count(struct reader *reader, size_t least)
{
	uint32_t count = get_u32(reader);
	if (count <= (size_t)(reader->end - reader->at) / least)
		return count;
	refuse(reader, "a list is longer than the file");
	return 0;
}

static bool is_utf8(const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t bytes = text_utf8_length(text + at, length - at);
		if (!bytes)
			return false;
		at += bytes;
	}
	return true;
}

/* UTF-8 without NUL bytes, in place; the length is behind it. */
static const char *get_text(struct reader *reader, size_t *length)
{
	*length = get_count(reader, 1);
	const char *text = reader->at;
	if (!is_utf8(text, *length)) {
		refuse(reader, "a text is not UTF-8");
		*length = 0;
	}
	reader->at += *length;
	return text;
}

static const char *get_string(struct reader *reader)
{
	size_t length;
	const char *text = get_text(reader, &length);
	return arena_copy(&reader->program->arena, text, length);
}

static const char *get_identifier(struct reader *reader)
{
	static const char letters[] =
		"_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const char *name = get_string(reader);
	if (!*name || (*name >= '0' && *name <= '9') || name[strspn(name, letters)])
		refuse(reader, "a name is no identifier");
	return name;
}

/* Of a file, as reports show it: nothing in it may command a terminal. */
static bool is_file_name(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)name[i];
		bool c1 = byte == 0xc2 && (unsigned char)name[i + 1] < 0xa0;
		if (byte < 0x20 || byte == 0x7f || c1)
			return false;
	}
	return length > 0;
}

static void get_sources(struct reader *reader)
{
	uint32_t count = get_count(reader, 8);
	if (count > IMAGE_SOURCES_MAX)
		refuse(reader, "it has too many sources");
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		size_t name_length, length;
		const char *name = get_text(reader, &name_length);
		const char *text = get_text(reader, &length);
		if (!is_file_name(name, name_length)) {
			refuse(reader, "the name of a source cannot be shown");
			return;
		}
		struct text terminated = {0};
		text_add(&terminated, name, name_length);
		source_add(reader->sources, text_string(&terminated), text, length);
		text_free(&terminated);
	}
}

/* No place, or bytes of one source. */
static bool is_inside(const struct source_set *sources, struct span span)
{
	size_t low = 0, high = sources->files.length;
	if (span.start == UINT32_MAX && span.end == UINT32_MAX)
		return true;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (sources->files.data[middle].base <= span.start)
			low = middle;
		else
			high = middle;
	}
	if (!high)
		return false;
	const struct source *file = &sources->files.data[low];
	return span.start <= span.end && span.end <= file->base + file->length;
}

static struct span get_span(struct reader *reader)
{
	struct span span = {.start = get_u32(reader)};
	span.end = get_u32(reader);
	if (!reader->refused && !is_inside(reader->sources, span))
		refuse(reader, "a place is outside the sources");
	return span;
}

static void get_values(struct reader *reader)
{
	struct program *program = reader->program;
	uint32_t count = get_count(reader, 4);
	VECTOR_RESERVE(&program->strings, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++)
		VECTOR_PUSH(&program->strings, get_string(reader));
	count = get_count(reader, 1);
	VECTOR_RESERVE(&program->registers, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++)
		VECTOR_PUSH(&program->registers, (char)get_number(reader, 1));
	count = get_count(reader, 12);
	VECTOR_RESERVE(&program->constants, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct constant constant = {.reg = get_u32(reader)};
		uint64_t bits = get_number(reader, 8);
		char type = constant.reg < program->registers.length
				    ? program->registers.data[constant.reg]
				    : 0;
		if (type == 'S' && bits > UINT32_MAX)
			refuse(reader, "a constant is no string");
		if (type == 'S')
			constant.string = (uint32_t)bits;
		else if (type == 'F')
			memcpy(&constant.number, &bits, sizeof(bits));
		else
			constant.integer = (int64_t)bits;
		VECTOR_PUSH(&program->constants, constant);
	}
	count = get_count(reader, 4);
	VECTOR_RESERVE(&program->pool, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++)
		VECTOR_PUSH(&program->pool, get_u32(reader));
}

static void get_code(struct reader *reader)
{
	struct program *program = reader->program;
	uint32_t count = get_count(reader, 24);
	VECTOR_RESERVE(&program->code, count);
	VECTOR_RESERVE(&program->spans, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct instruction instruction = {.op = (uint16_t)get_number(reader, 2)};
		instruction.flags = (uint16_t)get_number(reader, 2);
		instruction.a = get_u32(reader);
		instruction.b = get_u32(reader);
		instruction.c = get_u32(reader);
		if (instruction.flags >
		    (FLAG_QUIET | FLAG_STRICT | FLAG_BLOCK | FLAG_PATIENT | FLAG_SCHEDULER))
			refuse(reader, "an instruction has flags that there are not");
		VECTOR_PUSH(&program->code, instruction);
		VECTOR_PUSH(&program->spans, get_span(reader));
	}
}

static void get_params(struct reader *reader)
{
	struct program *program = reader->program;
	uint32_t count = get_count(reader, 24);
	VECTOR_RESERVE(&program->params, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct param param = {.name = get_identifier(reader)};
		param.doc = get_string(reader);
		param.type = (enum type)get_u32(reader);
		param.reg = get_u32(reader);
		param.span = get_span(reader);
		VECTOR_PUSH(&program->params, param);
	}
}

static double get_float(struct reader *reader)
{
	uint64_t bits = get_number(reader, 8);
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static struct bound_form get_form(struct reader *reader)
{
	struct bound_form form = {.fixed_ns = get_float(reader)};
	form.duration = get_float(reader);
	form.settle = get_float(reader);
	form.roundings = get_float(reader);
	return form;
}

static struct bound get_bound(struct reader *reader)
{
	struct bound bound = {.lines = get_form(reader)};
	bound.rest = get_form(reader);
	bound.turns = get_float(reader);
	bound.duration_ns = (int64_t)get_number(reader, 8);
	bound.settle_ns = (int64_t)get_number(reader, 8);
	bound.timeout_ns = (int64_t)get_number(reader, 8);
	bound.depends = get_u32(reader);
	if (!bound_is_sound(&bound))
		refuse(reader, "a scenario's longest time is none");
	return bound;
}

static void get_scenarios(struct reader *reader)
{
	struct program *program = reader->program;
	uint32_t count = get_count(reader, 140);
	VECTOR_RESERVE(&program->scenarios, count);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct scenario scenario = {.name = get_identifier(reader)};
		scenario.doc = get_string(reader);
		scenario.category = get_string(reader);
		scenario.entry = get_u32(reader);
		scenario.requires = get_number(reader, 8);
		scenario.excludes = get_number(reader, 8);
		scenario.span = get_span(reader);
		scenario.bound = get_bound(reader);
		if (i && scenario.entry <= program->scenarios.data[i - 1].entry)
			refuse(reader, "the scenarios are out of order");
		VECTOR_PUSH(&program->scenarios, scenario);
	}
}

static void get_flags(struct reader *reader)
{
	uint32_t count = get_count(reader, 16);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct flag_declaration flag = {.name = get_identifier(reader)};
		flag.doc = get_string(reader);
		flag.needs = get_number(reader, 8);
		VECTOR_PUSH(&reader->program->flags, flag);
	}
}

static void get_hooks(struct reader *reader)
{
	uint32_t count = get_count(reader, 21);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct hook hook = {.name = get_identifier(reader)};
		uint64_t work = get_number(reader, 1);
		hook.work = work == 1;
		hook.result = (enum type)get_u32(reader);
		hook.param_count = get_count(reader, 4);
		if (work > 1 || hook.param_count > HOOK_PARAMS_MAX) {
			refuse(reader, "an extern does not fit");
			return;
		}
		for (uint32_t j = 0; j < hook.param_count; j++)
			hook.params[j] = (enum type)get_u32(reader);
		hook.span = get_span(reader);
		VECTOR_PUSH(&reader->program->hooks, hook);
	}
}

static void get_libraries(struct reader *reader)
{
	uint32_t count = get_count(reader, 12);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct used_library used = {.name = get_string(reader)};
		used.span = get_span(reader);
		VECTOR_PUSH(&reader->program->libraries, used);
	}
}

static struct payload get_payload(struct reader *reader)
{
	struct arena *arena = &reader->program->arena;
	struct payload payload = {.name = get_identifier(reader)};
	payload.output = (enum payload_output)get_u32(reader);
	payload.metric_count = get_count(reader, 8);
	payload.metrics = arena_alloc(arena, payload.metric_count * sizeof(*payload.metrics));
	for (uint32_t i = 0; i < payload.metric_count && !reader->refused; i++) {
		payload.metrics[i].name = get_identifier(reader);
		payload.metrics[i].path = get_string(reader);
	}
	payload.limit_count = get_count(reader, 16);
	payload.limits = arena_alloc(arena, payload.limit_count * sizeof(*payload.limits));
	for (uint32_t i = 0; i < payload.limit_count && !reader->refused; i++) {
		payload.limits[i].metric = get_u32(reader);
		payload.limits[i].relation = (enum payload_relation)get_u32(reader);
		payload.limits[i].span = get_span(reader);
	}
	payload.span = get_span(reader);
	return payload;
}

static void get_programs(struct reader *reader)
{
	uint32_t count = get_count(reader, 24);
	for (uint32_t i = 0; i < count && !reader->refused; i++)
		VECTOR_PUSH(&reader->program->payloads, get_payload(reader));
	count = get_count(reader, 12);
	for (uint32_t i = 0; i < count && !reader->refused; i++) {
		struct scheduler scheduler = {.name = get_identifier(reader)};
		scheduler.span = get_span(reader);
		VECTOR_PUSH(&reader->program->schedulers, scheduler);
	}
}

/* -D stores into the constant of a param's register. */
static bool params_have_values(const struct program *program)
{
	char *has = memory_zeroed(program->registers.length, 1);
	bool all = true;
	for (size_t i = 0; i < program->constants.length; i++)
		has[program->constants.data[i].reg] = 1;
	for (size_t i = 0; i < program->params.length; i++)
		all &= has[program->params.data[i].reg];
	free(has);
	return all;
}

static unsigned knobs_named(const struct program *program)
{
	unsigned knobs = 0;
	for (size_t i = 0; i < program->code.length; i++) {
		const struct instruction *instruction = &program->code.data[i];
		const struct op_info *info = &op_table[instruction->op];
		const uint32_t values[3] = {instruction->a, instruction->b, instruction->c};
		for (int j = 0; j < 3; j++)
			knobs |= info->operands[j] == OPERAND_KNOB ? 1u << values[j] : 0;
	}
	return knobs;
}

/* What the verifier leaves to the emitter, because no run is unsafe without it. */
static bool check_sense(struct reader *reader)
{
	const struct program *program = reader->program;
	/* Registers cost a run up to 512 times their size in the file. */
	if (program->registers.length >
	    3 * program->code.length + program->pool.length + program->constants.length)
		return refuse(reader, "it has more registers than it can use");
	if (!verify_program(program, reader->error))
		return error_wrap(reader->error, "damaged");
	if (!params_have_values(program))
		return refuse(reader, "a param has no value");
	if (program->knobs >> KNOB_COUNT || knobs_named(program) & ~program->knobs)
		return refuse(reader, "its list of knobs is not that of its lines");
	return true;
}

static bool get_content(struct reader *reader)
{
	get_sources(reader);
	get_values(reader);
	get_code(reader);
	get_params(reader);
	get_scenarios(reader);
	get_flags(reader);
	get_hooks(reader);
	get_libraries(reader);
	get_programs(reader);
	reader->program->knobs = get_u32(reader);
	if (reader->at != reader->end)
		refuse(reader, "there is something behind its end");
	return !reader->refused && check_sense(reader);
}

static bool check_header(struct reader *reader, size_t length)
{
	struct error *error = reader->error;
	size_t left = length < IMAGE_MAGIC_BYTES ? length : IMAGE_MAGIC_BYTES;
	if (!length || memcmp(reader->at, IMAGE_MAGIC, left) != 0)
		return error_set(error, ERROR_REFUSED,
				 image_recognize(reader->at, length)
					 ? "damaged: it was copied as if it were text"
					 : "not a .ktb file");
	if (length > IMAGE_BYTES_MAX)
		return error_set(error, ERROR_REFUSED, "larger than the limit of %d MiB",
				 IMAGE_BYTES_MAX / 1024 / 1024);
	reader->at += left;
	uint32_t format = length < IMAGE_MAGIC_BYTES + 4 ? IMAGE_FORMAT : get_u32(reader);
	if (format != IMAGE_FORMAT)
		return error_set(error, ERROR_REFUSED,
				 "made by another version (format %u, this is %d)", format,
				 IMAGE_FORMAT);
	if (length < IMAGE_HEADER_BYTES)
		return error_set(error, ERROR_REFUSED, "truncated");
	if (get_number(reader, 8) != image_fingerprint())
		return error_set(error, ERROR_REFUSED,
				 "made by another ktstr, whose words and ops differ from this "
				 "one's; build it anew from its source");
	uint64_t content = get_number(reader, 8), checksum = get_number(reader, 8);
	if (content > length - IMAGE_HEADER_BYTES)
		return error_set(error, ERROR_REFUSED, "truncated");
	if (content < length - IMAGE_HEADER_BYTES)
		return error_set(error, ERROR_REFUSED,
				 "damaged: there is something behind its end");
	return image_hash(IMAGE_HASH_START, reader->at, length - IMAGE_HEADER_BYTES) == checksum ||
	       error_set(error, ERROR_REFUSED, "damaged: its checksum does not match");
}

bool image_read(const char *bytes, size_t length, struct program *program,
		struct source_set *sources, struct error *error)
{
	struct reader reader = {.at = bytes,
				.end = bytes + length,
				.program = program,
				.sources = sources,
				.error = error};
	if (check_header(&reader, length) && get_content(&reader))
		return true;
	program_free(program);
	program->knobs = 0;
	source_set_free(sources);
	return false;
}
