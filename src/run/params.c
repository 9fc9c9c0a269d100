/* Values of params from the command line: read by the language's own front end. */
#include "run/run.h"

#include "sema/sema.h"
#include "syntax/parse.h"

#include <string.h>

static const struct param *find_param(const struct program *program, const char *name)
{
	for (size_t i = 0; i < program->params.length; i++) {
		if (strcmp(program->params.data[i].name, name) == 0)
			return &program->params.data[i];
	}
	return NULL;
}

bool run_has_param(const struct program *program, const char *name)
{
	return find_param(program, name) != NULL;
}

static bool unknown(const struct program *program, const char *name, struct error *error)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, name);
	for (size_t i = 0; i < program->params.length; i++)
		text_nearest_offer(&nearest, program->params.data[i].name);
	return error_set(error, ERROR_REFUSED,
			 nearest.best ? "there is no param '%s'; did you mean '%s'?"
				      : "there is no param '%s'",
			 name, nearest.best);
}

static void store(struct program *program, const struct param *param,
		  const struct constant *constant)
{
	for (size_t i = 0; i < program->constants.length; i++) {
		if (program->constants.data[i].reg == param->reg)
			program->constants.data[i] = *constant;
	}
}

static bool store_string(struct program *program, const struct param *param, const char *text)
{
	struct constant constant = {.reg = param->reg, .string = (uint32_t)program->strings.length};
	VECTOR_PUSH(&program->strings, arena_copy(&program->arena, text, strlen(text)));
	store(program, param, &constant);
	return true;
}

/* Read the text as a literal; false unless it is one of the param's type. */
static bool read_literal(const char *literal, const struct param *param, struct constant *constant)
{
	struct text text = {0};
	struct source_set sources = {0};
	struct arena arena = ARENA_INIT;
	struct diag_list diags;
	struct map names;
	text_printf(&text, "param _value = %s", literal);
	diag_init(&diags, &sources);
	map_init(&names, &arena);
	sema_reserve_names(&names);
	struct tree tree = {.arena = &arena, .names = &names, .diags = &diags};
	size_t index = source_add(&sources, "-D", text_string(&text), text.length);
	parse_source(&tree, &sources.files.data[index]);
	sema_check(&tree);
	const struct expr *value = tree.first ? tree.first->simple.value : NULL;
	bool fine = !diags.errors && value && tree.first->kind == STMT_PARAM && !tree.first->next &&
		    value->constant;
	if (fine && value->type == TYPE_INT && param->type == TYPE_FLOAT)
		constant->number = (double)value->integer;
	else if (fine && value->type == param->type && type_table[param->type].reg == 'F')
		constant->number = value->number;
	else if (fine && value->type == param->type)
		constant->integer = value->integer;
	else
		fine = false;
	VECTOR_FREE(&tree.suspects);
	map_free(&names);
	arena_free(&arena);
	diag_free(&diags);
	source_set_free(&sources);
	text_free(&text);
	return fine;
}

bool run_set_param(struct program *program, const struct param_value *value, struct error *error)
{
	const struct param *param = find_param(program, value->name);
	if (!param)
		return unknown(program, value->name, error);
	program->redefined = true;
	if (param->type == TYPE_STRING)
		return store_string(program, param, value->text);
	struct constant constant = {.reg = param->reg};
	if (!read_literal(value->text, param, &constant))
		return error_set(error, ERROR_REFUSED,
				 "param '%s' is %s, for example `%s`; not `%s`", param->name,
				 type_phrase(param->type), type_table[param->type].example,
				 value->text);
	store(program, param, &constant);
	return true;
}

bool run_read_duration(const char *text, int64_t *ns)
{
	const struct param any = {.type = TYPE_DURATION};
	struct constant constant;
	if (!read_literal(text, &any, &constant))
		return false;
	*ns = constant.integer;
	return true;
}

bool run_read_flags(const struct program *program, const char *text, uint64_t *flags,
		    struct error *error)
{
	*flags = 0;
	while (*text) {
		size_t length = strcspn(text, ",");
		size_t found = program_flag(program, text, length);
		if (found == program->flags.length)
			return error_set(error, ERROR_UNAVAILABLE,
					 "the program has no flag '%.*s', which is to be on",
					 length > 64 ? 64 : (int)length, text);
		*flags |= UINT64_C(1) << found;
		text += length + (text[length] == ',');
	}
	/* What a flag needs has a lower number. */
	for (size_t i = program->flags.length; i-- > 0;) {
		if (*flags >> i & 1)
			*flags |= program->flags.data[i].needs;
	}
	return true;
}
