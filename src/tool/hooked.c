#include "tool/hooked.h"

#include "api/scenario.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool hooked_compile(const struct hooked *hooked, const char *name, struct compilation *compilation,
		    struct error *error)
{
	const struct registered *registered = registry_find_scenario(&hooked->registry, name);
	struct text text = {0}, title = {0};
	if (!registered)
		return false;
	const char *slash = strrchr(registered->library, '/');
	text_printf(&title, "%s:%s", slash ? slash + 1 : registered->library, name);
	scenario_put_text(registered->entry, &text);
	bool fine = compile_text(compilation, text_string(&title), &text, error);
	text_free(&text);
	text_free(&title);
	return fine;
}

/* Beside the file that says it, or beside what was compiled of it: the name itself, NAME.so,
 * libNAME.so. */
static bool find_used(struct compilation *compilation, const char *given,
		      const struct used_library *used, struct text *path)
{
	static const char *const forms[][2] = {{"", ""}, {"", ".so"}, {"lib", ".so"}};
	struct source_place place;
	struct text folder = {0};
	const char *file = given;
	if (!compilation->image && source_locate(&compilation->sources, used->span.start, &place))
		file = place.file->name;
	const char *end = strrchr(file, '/');
	if (*used->name != '/')
		text_add(&folder, file, end ? (size_t)(end - file) + 1 : 0);
	const char *slash = strrchr(used->name, '/');
	size_t head = slash ? (size_t)(slash - used->name) + 1 : 0;
	bool found = false;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !found; i++) {
		text_clear(path);
		text_add(path, text_string(&folder), folder.length);
		text_add(path, used->name, head);
		text_printf(path, "%s%s%s", forms[i][0], used->name + head, forms[i][1]);
		found = access(text_string(path), F_OK) == 0;
	}
	text_free(&folder);
	return found;
}

bool hooked_load_used(struct hooked *hooked, struct compilation *compilation, const char *path,
		      struct error *error)
{
	const struct program *program = &compilation->program;
	bool fine = true;
	for (size_t i = 0; i < program->libraries.length && fine; i++) {
		const struct used_library *used = &program->libraries.data[i];
		struct text found = {0};
		fine = find_used(compilation, path, used, &found)
			       ? registry_load(&hooked->registry, text_string(&found), error)
			       : error_set(error, ERROR_REFUSED,
					   "`use hooks \"%s\"`: there is no %s, %s.so or lib%s.so "
					   "beside the file",
					   used->name, used->name, used->name, used->name);
		text_free(&found);
	}
	return fine;
}

void hooked_free(struct hooked *hooked)
{
	hook_caller_free(hooked->caller);
	registry_free(&hooked->registry);
}
