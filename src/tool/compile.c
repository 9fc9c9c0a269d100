#include "tool/compile.h"

#include "code/emit.h"
#include "code/image.h"
#include "code/verify.h"
#include "sema/sema.h"
#include "syntax/parse.h"

/* What was read is an image: take the program and the sources that are in it. */
static bool load_image(struct compilation *c, struct error *error)
{
	struct source_set files = c->sources;
	const struct source *file = &files.files.data[0];
	c->sources = (struct source_set){0};
	c->image = true;
	bool fine = image_read(file->text, file->length, &c->program, &c->sources, error) ||
		    error_wrap(error, "%s", file->name);
	source_set_free(&files);
	return fine;
}

static void start(struct compilation *c, bool warnings_are_errors,
		  const struct sema_machines *machines)
{
	*c = (struct compilation){0};
	diag_init(&c->diags, &c->sources);
	c->diags.warnings_are_errors = warnings_are_errors;
	map_init(&c->names, &c->arena);
	c->tree = (struct tree){
		.arena = &c->arena, .names = &c->names, .diags = &c->diags, .machines = machines};
}

static bool finish(struct compilation *c, bool emit, const char *path, struct error *error)
{
	sema_reserve_names(&c->names);
	parse_program(&c->tree, &c->sources);
	sema_check(&c->tree);
	diag_sort(&c->diags);
	if (!emit || c->diags.errors)
		return true;
	emit_program(&c->tree, &c->program);
	return verify_program(&c->program, error) || error_wrap(error, "internal error: %s", path);
}

bool compile_text(struct compilation *compilation, const char *name, const struct text *text,
		  struct error *error)
{
	start(compilation, false, NULL);
	source_add(&compilation->sources, name, text_string(text), text->length);
	return finish(compilation, true, name, error);
}

bool compile_file(struct compilation *compilation, const char *path, bool emit,
		  bool warnings_are_errors, const struct sema_machines *machines,
		  struct error *error)
{
	struct compilation *c = compilation;
	size_t index;
	start(c, warnings_are_errors, machines);
	if (!source_read(&c->sources, path, &index, error))
		return false;
	const struct source *file = &c->sources.files.data[index];
	if (image_recognize(file->text, file->length))
		return load_image(c, error);
	return finish(c, emit, path, error);
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
