/* Files that use other files. */
#include "syntax/library.h"
#include "syntax/parse.h"

#include <stdlib.h>
#include <string.h>

enum { MODULES_MAX = 256 };

struct modules {
	struct tree *tree;
	struct source_set *sources;
	VECTOR(char *) read; /* real paths of the files that are there already */
	VECTOR(const struct library_module *) taken; /* of the library, likewise */
};

static bool is_read(const struct modules *modules, const char *real)
{
	for (size_t i = 0; i < modules->read.length; i++) {
		if (strcmp(modules->read.data[i], real) == 0)
			return true;
	}
	return false;
}

/* The path of a used file, from the folder of the file that uses it. */
static void resolve(const struct modules *modules, const struct stmt *use, struct text *path)
{
	struct source_place place;
	const char *name = map_text(modules->tree->names, use->name);
	if (*name != '/' && source_locate(modules->sources, use->span.start, &place)) {
		const char *slash = strrchr(place.file->name, '/');
		if (slash)
			text_add(path, place.file->name, (size_t)(slash - place.file->name) + 1);
	}
	text_puts(path, name);
}

static struct stmt_list load(struct modules *modules, size_t index, bool used);

static struct stmt_list load_file(struct modules *modules, const struct stmt *use)
{
	struct stmt_list none = {0};
	struct text path = {0};
	struct error error;
	size_t index;
	resolve(modules, use, &path);
	char *real = realpath(text_string(&path), NULL);
	if (real && is_read(modules, real)) {
		free(real);
	} else if (modules->read.length == MODULES_MAX) {
		diag_report(modules->tree->diags, DIAG_NO_SUCH_FILE, use->name_span,
			    "more than %d files are used", MODULES_MAX);
		free(real);
	} else if (!source_read(modules->sources, text_string(&path), &index, &error)) {
		diag_report(modules->tree->diags, DIAG_NO_SUCH_FILE, use->name_span, "%s",
			    error.message);
		free(real);
	} else {
		VECTOR_PUSH(&modules->read, real);
		none = load(modules, index, true);
	}
	text_free(&path);
	return none;
}

static void unknown_module(const struct modules *modules, const struct stmt *use, const char *near)
{
	struct diag_list *diags = modules->tree->diags;
	const char *name = map_text(modules->tree->names, use->name);
	struct text names = {0};
	for (size_t i = 0; i < library_module_count; i++)
		text_printf(&names, "%sstd/%s", i ? ", " : "", library_modules[i].name);
	if (near)
		diag_report(diags, DIAG_UNKNOWN_MODULE, use->name_span,
			    "the standard library has no module '%s'; did you mean 'std/%s'?", name,
			    near);
	else
		diag_report(diags, DIAG_UNKNOWN_MODULE, use->name_span,
			    "the standard library has no module '%s'", name);
	diag_note(diags, "its modules are %s", text_string(&names));
	diag_note(diags, "a file of your own in a folder `std` is used as \"./std/….kts\"");
	text_free(&names);
}

static struct stmt_list load_module(struct modules *modules, const struct stmt *use)
{
	struct stmt_list none = {0};
	const char *near;
	const struct library_module *module =
		library_find(map_text(modules->tree->names, use->name), &near);
	if (!module) {
		unknown_module(modules, use, near);
		return none;
	}
	for (size_t i = 0; i < modules->taken.length; i++) {
		if (modules->taken.data[i] == module)
			return none;
	}
	VECTOR_PUSH(&modules->taken, module);
	return load(modules,
		    source_add(modules->sources, module->file, module->text, module->length), true);
}

static struct stmt_list load_used(struct modules *modules, const struct stmt *use)
{
	return library_is_meant(map_text(modules->tree->names, use->name))
		       ? load_module(modules, use)
		       : load_file(modules, use);
}

static void append(struct stmt_list *list, struct stmt_list more)
{
	if (!more.first)
		return;
	if (list->last)
		list->last->next = more.first;
	else
		list->first = more.first;
	list->last = more.last;
}

/* Parse a file; what it uses comes first. */
static struct stmt_list load(struct modules *modules, size_t index, bool used)
{
	struct stmt_list list = {0};
	parse_source(modules->tree, &modules->sources->files.data[index]);
	struct stmt *next, *other = NULL;
	struct stmt_list own = {0};
	for (struct stmt *stmt = modules->tree->first; stmt; stmt = next) {
		next = stmt->next;
		stmt->next = NULL;
		if (stmt->kind == STMT_USE && other) {
			diag_report(modules->tree->diags, DIAG_LATE_USE, stmt->span,
				    "`use` stands at the top of its file");
			diag_label(modules->tree->diags, other->span, "this comes before it");
		} else if (stmt->kind == STMT_USE && !stmt->hooks) {
			append(&list, load_used(modules, stmt));
		} else if (!used || stmt->kind != STMT_SCENARIO) {
			tree_append_stmt(&own, stmt);
		}
		if (stmt->kind != STMT_USE && !other)
			other = stmt;
	}
	append(&list, own);
	return list;
}

void parse_program(struct tree *tree, struct source_set *sources)
{
	struct modules modules = {.tree = tree, .sources = sources};
	char *real = realpath(sources->files.data[0].name, NULL);
	if (real)
		VECTOR_PUSH(&modules.read, real);
	tree->first = load(&modules, 0, false).first;
	for (size_t i = 0; i < modules.read.length; i++)
		free(modules.read.data[i]);
	VECTOR_FREE(&modules.read);
	VECTOR_FREE(&modules.taken);
}
