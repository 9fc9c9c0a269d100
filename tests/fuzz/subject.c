#include "subject.h"

#include "code/emit.h"
#include "code/image.h"
#include "code/image_format.h"
#include "code/verify.h"
#include "host/host_plan.h"
#include "run/run.h"
#include "sema/sema.h"
#include "syntax/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCENARIOS_PLANNED = 3, TURNS_MAX = 1000 };

void subject_fail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

bool subject_same(const struct text *a, const struct text *b)
{
	return a->length == b->length &&
	       memcmp(text_string(a), text_string(b), a->length) == 0;
}

void subject_begin(struct subject *subject, const char *bytes, size_t length)
{
	*subject = (struct subject){0};
	diag_init(&subject->diags, &subject->sources);
	map_init(&subject->names, &subject->arena);
	subject->tree = (struct tree){
		.arena = &subject->arena, .names = &subject->names, .diags = &subject->diags};
	source_add(&subject->sources, "fuzz", bytes, length);
}

void subject_compile(struct subject *subject, const char *bytes, size_t length)
{
	struct error error;
	subject_begin(subject, bytes, length);
	sema_reserve_names(&subject->names);
	parse_source(&subject->tree, &subject->sources.files.data[0]);
	sema_check(&subject->tree);
	diag_sort(&subject->diags);
	if (subject->diags.errors)
		return;
	emit_program(&subject->tree, &subject->program);
	if (!verify_program(&subject->program, &error))
		subject_fail("what was emitted is refused: %s", error.message);
}

void subject_free(struct subject *subject)
{
	program_free(&subject->program);
	VECTOR_FREE(&subject->tree.suspects);
	map_free(&subject->names);
	arena_free(&subject->arena);
	diag_free(&subject->diags);
	source_set_free(&subject->sources);
}

static void put_number(struct text *out, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		text_putc(out, (char)(value >> (8 * i) & 0xff));
}

bool subject_read_content(const char *bytes, size_t length, struct program *program,
			  struct source_set *sources)
{
	struct text image = {0};
	struct error error;
	text_add(&image, IMAGE_MAGIC, IMAGE_MAGIC_BYTES);
	put_number(&image, IMAGE_FORMAT, 4);
	put_number(&image, image_fingerprint(), 8);
	put_number(&image, length, 8);
	put_number(&image, image_hash(IMAGE_HASH_START, bytes, length), 8);
	text_add(&image, bytes, length);
	bool fine = image_read(image.data, image.length, program, sources, &error);
	text_free(&image);
	return fine;
}

static void plan_scenario(const struct program *program, size_t index)
{
	struct topology topology;
	struct result result;
	struct run_options options = {.duration_ns = -1,
				      .settle_ns = -1,
				      .workers = -1,
				      .timeout_ns = -1,
				      .seed = 7,
				      .turns = TURNS_MAX,
				      .trace = true};
	if (!topology_read_text(&topology, "1n2l2c1t", NULL))
		subject_fail("there is no machine to plan on");
	struct host *host = host_plan_open(&topology);
	run_scenario(program, index, host, &options, &result);
	if (host_plan_left(host))
		subject_fail("scenario %zu left something on its host", index);
	result_free(&result);
	host_close(host);
}

void subject_plan(const struct program *program)
{
	for (size_t i = 0; i < program->scenarios.length && i < SCENARIOS_PLANNED; i++)
		plan_scenario(program, i);
}
