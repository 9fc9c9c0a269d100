/* The programs of a command: found, compiled, and given what the command line says to them. */
#include "run/profile.h"
#include "tool/catalog.h"
#include "tool/foreign.h"
#include "tool/ktstr.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_diags(struct compilation *compilation, const struct ktstr_options *options)
{
	struct text out = {0};
	struct diag_style style = {.color = console_use_color(options->color, STDERR_FILENO),
				   .limit = 20};
	diag_render(&compilation->diags, &style, &out);
	text_write(&out, STDERR_FILENO);
	text_free(&out);
}

/* Give the params their values; one that no program has is a mistake. */
static bool set_params(struct ktstr_programs *programs, const struct ktstr_options *options)
{
	for (size_t i = 0; i < options->params.length; i++) {
		const struct param_value *value = &options->params.data[i];
		struct error error = {0};
		bool used = false, fine = true;
		for (size_t j = 0; fine && j < programs->all.length; j++) {
			struct program *program = &programs->all.data[j]->program;
			bool has = run_has_param(program, value->name);
			fine = run_set_param(program, value, &error) || !has;
			used |= has;
		}
		if (!used || !fine) {
			console_error("ktstr", "-D: %s", error.message);
			return false;
		}
	}
	return true;
}

/* A flag that no program has is a mistake of the command line; one that some have not is a SKIP of
 * their scenarios. `more` are words that would do as well. */
static bool is_flag_known(const struct ktstr_programs *programs, const char *option,
			  const char *name, size_t length, const char *const *more)
{
	VECTOR(const char *) known = {0};
	char word[64];
	bool found = false;
	snprintf(word, sizeof(word), "%.*s", (int)(length < 63 ? length : 63), name);
	for (size_t i = 0; i < programs->all.length && !found; i++) {
		const struct program *program = &programs->all.data[i]->program;
		found = program_flag(program, name, length) < program->flags.length;
		for (size_t j = 0; j < program->flags.length; j++)
			VECTOR_PUSH(&known, program->flags.data[j].name);
	}
	for (; *more; more++)
		VECTOR_PUSH(&known, *more);
	VECTOR_PUSH(&known, NULL);
	if (!found)
		console_unknown("ktstr", option, word, known.data);
	VECTOR_FREE(&known);
	return found;
}

static bool are_flags_known(const struct ktstr_programs *programs, const char *option,
			    const char *text, const char *separator, const char *const *more)
{
	for (const char *end = text;; text = end + 1) {
		size_t length = strcspn(text, separator);
		end = text + length;
		if (!is_flag_known(programs, option, text, length, more))
			return false;
		if (!*end)
			return true;
	}
}

#define ALL "all"

static bool is_profile_known(const struct ktstr_programs *programs, const char *profile)
{
	static const char *const more[] = {"default", ALL, NULL};
	struct error error;
	uint64_t flags;
	if (strcmp(profile, ALL) == 0 || strcmp(profile, "default") == 0)
		return true;
	if (!are_flags_known(programs, "flag or profile", profile, "+", more))
		return false;
	for (size_t i = 0; i < programs->all.length; i++) {
		if (!profile_read(&programs->all.data[i]->program, profile, &flags, &error) &&
		    error.kind == ERROR_REFUSED) {
			console_error("ktstr", "--profile %s: %s", profile, error.message);
			return false;
		}
	}
	return true;
}

/* All profiles of everything can be more than anybody wants. */
static bool are_profiles_few(const struct ktstr_programs *programs,
			     const struct ktstr_options *options)
{
	for (size_t i = 0; i < programs->all.length; i++) {
		const struct program *program = &programs->all.data[i]->program;
		for (size_t j = 0; j < program->scenarios.length; j++) {
			const struct scenario *scenario = &program->scenarios.data[j];
			struct profile_list list;
			if (!ktstr_is_selected(options, scenario))
				continue;
			profile_list(&list, program, scenario);
			size_t count = list.all.length;
			bool cut = list.cut;
			profile_list_free(&list);
			if (!cut)
				continue;
			console_error("ktstr",
				      "--profile all: '%s' has more than %zu profiles; "
				      "name those that you want",
				      scenario->name, count);
			return false;
		}
	}
	return true;
}

static bool check_flags(const struct ktstr_programs *programs, const struct ktstr_options *options)
{
	static const char *const none[] = {NULL};
	if (!programs->all.length)
		return true;
	if (options->run.flags && !are_flags_known(programs, "flag", options->run.flags, ",", none))
		return false;
	for (size_t i = 0; i < options->profiles.length; i++) {
		const char *profile = options->profiles.data[i];
		if (!is_profile_known(programs, profile) ||
		    (strcmp(profile, ALL) == 0 && !are_profiles_few(programs, options)))
			return false;
	}
	return true;
}

static void add_profile(struct profile_names *names, struct arena *arena, const char *name)
{
	for (size_t i = 0; i < names->all.length; i++) {
		if (strcmp(names->all.data[i], name) == 0)
			return;
	}
	VECTOR_PUSH(&names->all, arena_copy(arena, name, strlen(name)));
}

static void add_mask(struct profile_names *names, struct arena *arena,
		     const struct program *program, uint64_t flags)
{
	struct text name = {0};
	profile_put(&name, program, flags);
	add_profile(names, arena, text_string(&name));
	text_free(&name);
}

void ktstr_profiles(const struct ktstr_options *options, const struct program *program,
		    const struct scenario *scenario, struct arena *arena,
		    struct profile_names *names)
{
	struct error error;
	uint64_t flags;
	for (size_t i = 0; i < options->profiles.length; i++) {
		const char *profile = options->profiles.data[i];
		struct profile_list list = {0};
		if (strcmp(profile, ALL) == 0)
			profile_list(&list, program, scenario);
		else if (profile_read(program, profile, &flags, &error))
			add_mask(names, arena, program, flags);
		else
			add_profile(names, arena, profile); /* the run says what is wrong with it */
		for (size_t j = 0; j < list.all.length; j++)
			add_mask(names, arena, program, list.all.data[j]);
		profile_list_free(&list);
	}
	if (!options->profiles.length)
		VECTOR_PUSH(&names->all, NULL);
}

/* Libraries that the command line names, and what is linked in. */
static bool load_libraries(struct ktstr_programs *programs, const struct ktstr_options *options)
{
	struct registry *registry = &programs->hooked.registry;
	struct error error;
	if (options->no_foreign &&
	    (options->libraries.length || options->linked || options->run.scheduler)) {
		console_error("ktstr", "--no-foreign: %s",
			      options->linked          ? "this program has hooks linked in"
			      : options->run.scheduler ? "--scheduler starts a foreign program"
						       : "--hooks loads foreign code");
		return false;
	}
	if (!registry_add_linked(registry, options->linked, &error)) {
		console_error("ktstr", "the hooks of this program: %s", error.message);
		return false;
	}
	for (size_t i = 0; i < options->libraries.length; i++) {
		if (registry_load(registry, options->libraries.data[i], &error))
			continue;
		console_error("ktstr", "--hooks: %s", error.message);
		return false;
	}
	return true;
}

static bool is_file(const char *path)
{
	return strcmp(path, "-") == 0 || access(path, F_OK) == 0;
}

static bool compile_one(struct ktstr_programs *programs, const struct ktstr_options *options,
			const char *path)
{
	struct compilation *compilation = memory_zeroed(1, sizeof(*compilation));
	struct error error;
	VECTOR_PUSH(&programs->all, compilation);
	bool of_library =
		!is_file(path) && registry_find_scenario(&programs->hooked.registry, path) != NULL;
	bool fine = of_library ? hooked_compile(&programs->hooked, path, compilation, &error)
			       : compile_file(compilation, path, true, false, NULL, &error);
	bool refused =
		fine && options->no_foreign && !compilation->diags.errors &&
		!foreign_refuse(compilation, console_use_color(options->color, STDERR_FILENO));
	/* Loading a library runs it. */
	if (fine && !refused && options->uses_hooks && !compilation->diags.errors)
		fine = hooked_load_used(&programs->hooked, compilation, path, &error) ||
		       error_wrap(&error, "%s", path);
	if (!fine)
		console_error("ktstr", "%s", error.message);
	/* `exec` and `plan` say nothing of warnings: `ktstrc check` does. */
	else if (compilation->diags.errors)
		print_diags(compilation, options);
	return fine && !refused && !compilation->diags.errors;
}

/* With no file, the scenarios of the libraries. */
static bool compile_all(struct ktstr_programs *programs, const struct ktstr_options *options)
{
	const struct registry *registry = &programs->hooked.registry;
	bool fine = true;
	for (size_t i = 0; i < options->files.all.length; i++)
		fine &= compile_one(programs, options, options->files.all.data[i]);
	for (size_t i = 0; i < registry->entries.length && !options->files.all.length; i++) {
		const struct ktstr_entry *entry = registry->entries.data[i]->entry;
		if (entry->kind == KTSTR_KIND_SCENARIO)
			fine &= compile_one(programs, options, entry->name);
	}
	return fine;
}

/* A name that is neither a file nor a library's scenario is one of the catalog. */
static bool is_of_catalog(const struct registry *registry, const char *name)
{
	return !strpbrk(name, "/.") && !is_file(name) && !registry_find_scenario(registry, name);
}

static bool replace_name(char **name, const struct catalog *catalog)
{
	const char *found = catalog_find(catalog, *name);
	if (!found) {
		console_unknown("ktstr", "file or scenario", *name, catalog->names.data);
		return false;
	}
	free(*name);
	*name = strcpy(memory_resize(NULL, strlen(found) + 1), found);
	return true;
}

/* Put the catalog's files in the place of its names. With no file at all it is taken whole, where
 * something says which part of it is meant. */
static bool find_programs(struct ktstr_options *options, const struct registry *registry)
{
	struct catalog catalog = {0};
	struct error error;
	struct files *files = &options->files;
	bool chosen =
		options->lists || options->glob || options->categories.length || options->gauntlet;
	bool whole = chosen && !files->all.length, fine = true;
	for (size_t i = 0; i < registry->entries.length; i++)
		whole &= registry->entries.data[i]->entry->kind != KTSTR_KIND_SCENARIO;
	bool wanted = whole;
	for (size_t i = 0; i < files->all.length; i++)
		wanted |= is_of_catalog(registry, files->all.data[i]);
	if (wanted && !catalog_open(&catalog, &error)) {
		console_error("ktstr", "%s", error.message);
		fine = false;
	}
	for (size_t i = 0; i < files->all.length && wanted && fine; i++) {
		if (is_of_catalog(registry, files->all.data[i]))
			fine = replace_name(&files->all.data[i], &catalog);
	}
	if (whole && fine) {
		*files = catalog.files;
		catalog.files = (struct files){0};
	}
	catalog_free(&catalog);
	return fine;
}

/* Categories are what the scenarios say. */
static bool check_categories(const struct ktstr_programs *programs,
			     const struct ktstr_options *options)
{
	VECTOR(const char *) known = {0};
	bool fine = true;
	for (size_t i = 0; i < programs->all.length; i++) {
		const struct program *program = &programs->all.data[i]->program;
		for (size_t j = 0; j < program->scenarios.length; j++)
			VECTOR_PUSH(&known, program->scenarios.data[j].category);
	}
	VECTOR_PUSH(&known, NULL);
	for (size_t i = 0; i < options->categories.length && fine; i++) {
		const char *category = options->categories.data[i];
		fine = false;
		for (size_t j = 0; known.data[j] && !fine; j++)
			fine = strcmp(known.data[j], category) == 0;
		if (!fine)
			console_unknown("ktstr", "category", category, known.data);
	}
	VECTOR_FREE(&known);
	return fine;
}

bool ktstr_names_any(const struct ktstr_options *options)
{
	return options->files.all.length || options->libraries.length || options->linked ||
	       options->glob || options->categories.length || options->gauntlet;
}

bool ktstr_compile(struct ktstr_programs *programs, struct ktstr_options *options, int *code)
{
	struct hooked *hooked = &programs->hooked;
	*programs = (struct ktstr_programs){0};
	*code = EXIT_USAGE;
	if (!load_libraries(programs, options) || !find_programs(options, &hooked->registry) ||
	    !compile_all(programs, options))
		return false;
	if (hooked->registry.entries.length) {
		hooked->caller = hook_caller_new(&hooked->registry, options->hooks_in_process,
						 options->run.hook_timeout_ns);
		options->run.hooks = hook_caller_hooks(hooked->caller);
	}
	return set_params(programs, options) && check_categories(programs, options) &&
	       check_flags(programs, options);
}

void ktstr_free_programs(struct ktstr_programs *programs)
{
	for (size_t i = 0; i < programs->all.length; i++) {
		compile_free(programs->all.data[i]);
		free(programs->all.data[i]);
	}
	VECTOR_FREE(&programs->all);
	hooked_free(&programs->hooked);
}

bool ktstr_is_selected(const struct ktstr_options *options, const struct scenario *scenario)
{
	bool selected = !options->categories.length;
	for (size_t i = 0; i < options->categories.length && !selected; i++)
		selected = strcmp(options->categories.data[i], scenario->category) == 0;
	return selected && (!options->glob || fnmatch(options->glob, scenario->name, 0) == 0);
}
