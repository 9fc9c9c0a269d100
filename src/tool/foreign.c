#include "tool/foreign.h"

#include "tool/console.h"

#include <unistd.h>

static void tell(struct compilation *compilation, struct span span, const char *what,
		 const char *name, bool color, struct text *out)
{
	struct text message = {0};
	text_printf(&message, "--no-foreign: %s '%s' is foreign code", what, name);
	diag_render_place(&compilation->sources, span, "error", text_string(&message), color, out);
	text_free(&message);
}

bool foreign_refuse(struct compilation *compilation, bool color)
{
	const struct program *program = &compilation->program;
	struct text out = {0};
	for (size_t i = 0; i < program->libraries.length; i++)
		tell(compilation, program->libraries.data[i].span, "library",
		     program->libraries.data[i].name, color, &out);
	for (size_t i = 0; i < program->hooks.length; i++)
		tell(compilation, program->hooks.data[i].span,
		     program->hooks.data[i].work ? "work" : "hook", program->hooks.data[i].name,
		     color, &out);
	for (size_t i = 0; i < program->payloads.length; i++)
		tell(compilation, program->payloads.data[i].span, "payload",
		     program->payloads.data[i].name, color, &out);
	for (size_t i = 0; i < program->schedulers.length; i++)
		tell(compilation, program->schedulers.data[i].span, "scheduler",
		     program->schedulers.data[i].name, color, &out);
	bool none = out.length == 0;
	text_write(&out, STDERR_FILENO);
	text_free(&out);
	return none;
}
