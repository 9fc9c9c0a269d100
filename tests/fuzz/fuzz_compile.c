/*
 * Any bytes as a program: compiled, and what compiles is verified and planned. libFuzzer's entry;
 * tests/fuzz/run builds and runs it.
 */
#include "code/emit.h"
#include "code/verify.h"
#include "host/host_plan.h"
#include "run/run.h"
#include "sema/sema.h"
#include "syntax/parse.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void plan(const struct program *program, size_t index)
{
	struct topology topology;
	struct result result;
	struct run_options options = {.duration_ns = -1,
				      .settle_ns = -1,
				      .workers = -1,
				      .timeout_ns = -1,
				      .seed = 7,
				      .turns = 5000,
				      .trace = true};
	if (!topology_read_text(&topology, "1n2l2c1t", NULL))
		abort();
	struct host *host = host_plan_open(&topology);
	run_scenario(program, index, host, &options, &result);
	if (host_plan_left(host))
		abort();
	result_free(&result);
	host_close(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct source_set sources = {0};
	struct diag_list diags;
	struct arena arena = ARENA_INIT;
	struct map names;
	struct program program = {0};
	struct error error;
	diag_init(&diags, &sources);
	map_init(&names, &arena);
	sema_reserve_names(&names);
	struct tree tree = {.arena = &arena, .names = &names, .diags = &diags};
	size_t index = source_add(&sources, "fuzz", (const char *)bytes, length);
	parse_source(&tree, &sources.files.data[index]);
	sema_check(&tree);
	diag_sort(&diags);
	struct text text = {0};
	diag_render(&diags, &(struct diag_style){.limit = 20}, &text);
	diag_render_json(&diags, &(struct diag_style){.limit = 20}, &text);
	text_free(&text);
	if (!diags.errors) {
		emit_program(&tree, &program);
		if (!verify_program(&program, &error)) {
			fprintf(stderr, "%s\n", error.message);
			abort();
		}
		for (size_t i = 0; i < program.scenarios.length && i < 3; i++)
			plan(&program, i);
	}
	program_free(&program);
	VECTOR_FREE(&tree.suspects);
	map_free(&names);
	arena_free(&arena);
	diag_free(&diags);
	source_set_free(&sources);
	return 0;
}
