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

static inline void probe_compile(struct probe *probe, const char *text)
{
	struct error error;
	*probe = (struct probe){0};
	diag_init(&probe->diags, &probe->sources);
	map_init(&probe->names, &probe->arena);
	sema_reserve_names(&probe->names);
	struct tree tree = {.arena = &probe->arena, .names = &probe->names, .diags = &probe->diags};
	size_t index = source_add(&probe->sources, "probe", text, strlen(text));
	parse_source(&tree, &probe->sources.files.data[index]);
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

static inline void probe_free(struct probe *probe)
{
	program_free(&probe->program);
	map_free(&probe->names);
	arena_free(&probe->arena);
	diag_free(&probe->diags);
	source_set_free(&probe->sources);
}

#endif
