/*
 * probe: a program compiled from text in memory, for unit tests. A text with errors fails the test.
 */
#ifndef KTSTR_TESTS_PROBE_H
#define KTSTR_TESTS_PROBE_H

#include "code/emit.h"
#include "code/verify.h"
#include "sema/sema.h"
#include "syntax/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct probe {
	struct source_set sources;
	struct diag_list diags;
	struct arena arena;
	struct map names;
	struct program program;
};

/* Compile what is in the sources, with the modules that it uses. */
static inline void probe_finish(struct probe *probe)
{
	struct error error;
	diag_init(&probe->diags, &probe->sources);
	map_init(&probe->names, &probe->arena);
	sema_reserve_names(&probe->names);
	struct tree tree = {.arena = &probe->arena, .names = &probe->names, .diags = &probe->diags};
	parse_program(&tree, &probe->sources);
	sema_check(&tree);
	if (probe->diags.errors) {
		struct text out = {0};
		diag_render(&probe->diags, &(struct diag_style){.limit = 5}, &out);
		fail_msg("%s", text_string(&out));
	}
	emit_program(&tree, &probe->program);
	VECTOR_FREE(&tree.suspects);
	if (!verify_program(&probe->program, &error))
		fail_msg("%s", error.message);
}

static inline void probe_compile(struct probe *probe, const char *text)
{
	*probe = (struct probe){0};
	source_add(&probe->sources, "probe", text, strlen(text));
	probe_finish(probe);
}

static inline void probe_compile_file(struct probe *probe, const char *path)
{
	struct error error;
	size_t index;
	*probe = (struct probe){0};
	if (!source_read(&probe->sources, path, &index, &error))
		fail_msg("%s", error.message);
	probe_finish(probe);
}

static inline void probe_free(struct probe *probe)
{
	program_free(&probe->program);
	map_free(&probe->names);
	arena_free(&probe->arena);
	diag_free(&probe->diags);
	source_set_free(&probe->sources);
}

#endif
