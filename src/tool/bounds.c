#include "tool/bounds.h"

/* A scenario, out of a tree or out of an image. */
struct proved {
	const char *name;
	struct span span;
	const struct bound *bound;
};

static void put_all(struct compilation *compilation,
		    void (*put)(struct compilation *, const struct proved *, struct text *),
		    struct text *out)
{
	const struct program *program = &compilation->program;
	for (size_t i = 0; compilation->image && i < program->scenarios.length; i++) {
		const struct scenario *scenario = &program->scenarios.data[i];
		put(compilation, &(struct proved){scenario->name, scenario->span, &scenario->bound},
		    out);
	}
	for (const struct stmt *stmt = compilation->tree.first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_SCENARIO)
			put(compilation,
			    &(struct proved){map_text(&compilation->names, stmt->name),
					     stmt->name_span, stmt->body.bound},
			    out);
	}
}

int64_t bounds_longest_ns(const struct bound *bound)
{
	int64_t ns = bound_evaluate_ns(bound, -1, -1);
	return bound->timeout_ns && bound->timeout_ns < ns ? bound->timeout_ns : ns;
}

void bounds_put_longest(const struct bound *bound, struct text *out)
{
	text_puts(out, "at most ");
	text_put_duration(out, bounds_longest_ns(bound));
	if (bound->depends & BOUND_ON_HOOKS)
		text_puts(out, ", and what its hooks take");
}

static void put_line(struct compilation *compilation, const struct proved *proved, struct text *out)
{
	struct source_place place;
	if (source_locate(&compilation->sources, proved->span.start, &place))
		text_printf(out, "%s: ", place.file->name);
	text_printf(out, "scenario %s takes ", proved->name);
	bounds_put_longest(proved->bound, out);
	text_putc(out, '\n');
}

void bounds_put_text(struct compilation *compilation, struct text *out)
{
	put_all(compilation, put_line, out);
}

static void put_object(struct compilation *compilation, const struct proved *proved,
		       struct text *out)
{
	static const struct {
		unsigned flag;
		const char *name;
	} depends[] = {{BOUND_ON_PARAMS, "params"},
		       {BOUND_ON_SETTINGS, "settings"},
		       {BOUND_ON_MACHINE, "machine"},
		       {BOUND_ON_HOOKS, "hooks"}};
	struct source_place place;
	struct json json;
	json_start(&json, out, false);
	json_open_object(&json);
	json_member_string(&json, "scenario", proved->name);
	if (source_locate(&compilation->sources, proved->span.start, &place)) {
		json_member_string(&json, "file", place.file->name);
		json_member_int(&json, "line", place.line);
	}
	json_member_int(&json, "bound_ns", bounds_longest_ns(proved->bound));
	json_put_key(&json, "depends_on");
	json_open_array(&json);
	for (size_t i = 0; i < sizeof(depends) / sizeof(depends[0]); i++) {
		if (proved->bound->depends & depends[i].flag)
			json_put_string(&json, depends[i].name);
	}
	json_close_array(&json);
	json_close_object(&json);
	text_putc(out, '\n');
}

void bounds_put_json(struct compilation *compilation, struct text *out)
{
	put_all(compilation, put_object, out);
}
