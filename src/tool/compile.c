#include "tool/compile.h"

#include "code/emit.h"
#include "code/verify.h"
#include "sema/sema.h"
#include "syntax/parse.h"

bool compile_file(struct compilation *compilation, const char *path, bool emit,
		  bool warnings_are_errors, struct error *error)
{
	struct compilation *c = compilation;
	size_t index;
	*c = (struct compilation){0};
	diag_init(&c->diags, &c->sources);
	c->diags.warnings_are_errors = warnings_are_errors;
	map_init(&c->names, &c->arena);
	c->tree = (struct tree){.arena = &c->arena, .names = &c->names, .diags = &c->diags};
	if (!source_read(&c->sources, path, &index, error))
		return false;
	sema_reserve_names(&c->names);
	parse_source(&c->tree, &c->sources.files.data[index]);
	sema_check(&c->tree);
	diag_sort(&c->diags);
	if (!emit || c->diags.errors)
		return true;
	emit_program(&c->tree, &c->program);
	return verify_program(&c->program, error) || error_wrap(error, "internal error: %s", path);
}

void compile_free(struct compilation *compilation)
{
	program_free(&compilation->program);
	VECTOR_FREE(&compilation->tree.suspects);
	map_free(&compilation->names);
	arena_free(&compilation->arena);
	diag_free(&compilation->diags);
	source_set_free(&compilation->sources);
}
