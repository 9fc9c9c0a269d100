/* ktstr list and ktstr show: what there is to run, and what it takes to run it. */
#include "base/json.h"
#include "host/host_plan.h"
#include "run/profile.h"
#include "sema/sema.h"
#include "tool/bounds.h"
#include "tool/ktstr.h"

#include <assert.h>
#include <string.h>

struct listing {
	struct ktstr_options options;
	struct ktstr_programs programs;
	bool whole; /* of show: all that is known */
	struct text out;
	struct json json;
	size_t count;
	size_t name_width; /* of list */
};

/* A scenario of a program; what the tree knows of it is not in an image. */
struct entry {
	struct compilation *compilation;
	size_t index;
	const struct scenario *scenario;
	const struct stmt *stmt; /* NULL: read from an image */
	struct profile_list profiles;
};

static const struct stmt *find_stmt(struct compilation *compilation, const char *name)
{
	name_id id = map_find(&compilation->names, name, strlen(name));
	const struct stmt *stmt = compilation->tree.first;
	while (stmt && !(stmt->kind == STMT_SCENARIO && stmt->name == id))
		stmt = stmt->next;
	return stmt;
}

/* The next `needs` of a scenario, as its line has it behind that word; NULL behind the last. */
static const struct stmt *next_need(const struct stmt *stmt)
{
	while (stmt && stmt->kind != STMT_NEEDS)
		stmt = stmt->next;
	return stmt;
}

static void put_need(struct text *out, struct compilation *compilation, const struct stmt *need)
{
	struct source_place place;
	if (!source_locate(&compilation->sources, need->span.start, &place))
		return;
	const char *text = place.file->text + (need->span.start - place.file->base);
	size_t length = need->span.end - need->span.start, word = strlen("needs");
	while (word < length && strchr(" \t\n", text[word]))
		word++;
	for (size_t i = word; i < length; i++) {
		bool blank = strchr(" \t\r\n", text[i]) != NULL;
		if (!blank)
			text_putc(out, text[i]);
		else if (out->data[out->length - 1] != ' ')
			text_putc(out, ' ');
	}
}

static void put_flags(struct text *out, const struct program *program, uint64_t flags)
{
	bool any = false;
	for (size_t i = 0; i < program->flags.length; i++) {
		if (!(flags >> i & 1))
			continue;
		text_printf(out, "%s%s", any ? ", " : "", program->flags.data[i].name);
		any = true;
	}
}

/* Plan it on a preset, and hand on what came of it. */
static void plan_preset(const struct listing *listing, const struct entry *entry, const char *label,
			struct result *result)
{
	struct topology topology;
	struct error error;
	struct run_options options = listing->options.run;
	options.turns = SEMA_TURNS_MAX;
	bool known = topology_read_text(&topology, label, &error);
	assert(known); /* it is one of our own */
	struct host *host = host_plan_open(&topology);
	run_scenario(&entry->compilation->program, entry->index, host, &options, result);
	host_close(host);
}

static const char *reason_of(const struct result *result)
{
	return result->reasons.length ? result->reasons.data[0].message : "";
}

static void put_label(struct text *out, const char *label)
{
	text_printf(out, "  %-10s ", label);
}

static void put_presets(struct listing *listing, const struct entry *entry)
{
	struct text others = {0};
	const char *name, *label;
	int count = 0, runs = 0;
	for (; topology_preset(count, &name, &label); count++) {
		struct result result;
		plan_preset(listing, entry, label, &result);
		runs += result.status == STATUS_PASS;
		if (result.status != STATUS_PASS)
			text_printf(&others, "             %s: %s: %s\n", name,
				    status_name(result.status), reason_of(&result));
		result_free(&result);
	}
	put_label(&listing->out, "runs on");
	text_printf(&listing->out, "%d of %d presets%s\n%s", runs, count,
		    others.length ? ", but not on" : "", text_string(&others));
	text_free(&others);
}

static void put_params(struct listing *listing, const struct program *program)
{
	for (size_t i = 0; i < program->params.length; i++) {
		const struct param *param = &program->params.data[i];
		put_label(&listing->out, i ? "" : "params");
		text_printf(&listing->out, "-D %s=%s%s%s\n", param->name,
			    type_table[param->type].name, *param->doc ? ": " : "", param->doc);
	}
}

static void put_needs(struct listing *listing, const struct entry *entry)
{
	const char *label = "needs";
	const struct stmt *need = entry->stmt ? next_need(entry->stmt->body.block.first) : NULL;
	for (; need; need = next_need(need->next), label = "") {
		put_label(&listing->out, label);
		put_need(&listing->out, entry->compilation, need);
		text_putc(&listing->out, '\n');
	}
}

static void put_flag_line(struct listing *listing, const struct entry *entry, const char *label,
			  uint64_t flags)
{
	if (!flags)
		return;
	put_label(&listing->out, label);
	put_flags(&listing->out, &entry->compilation->program, flags);
	text_putc(&listing->out, '\n');
}

static void put_bound(struct text *out, const struct scenario *scenario)
{
	bounds_put_longest(&scenario->bound, out);
	if (scenario->bound.depends & BOUND_ON_MACHINE)
		text_puts(out, ", on the largest machine");
	text_putc(out, '\n');
}

static void show_text(struct listing *listing, const struct entry *entry)
{
	struct text *out = &listing->out;
	const struct scenario *scenario = entry->scenario;
	struct source_place place;
	text_printf(out, "%s%s: %s\n", listing->count ? "\n" : "", scenario->name, scenario->doc);
	if (*scenario->category) {
		put_label(out, "category");
		text_printf(out, "%s\n", scenario->category);
	}
	if (source_locate(&entry->compilation->sources, scenario->span.start, &place)) {
		put_label(out, "file");
		text_printf(out, "%s:%u\n", place.file->name, place.line);
	}
	put_needs(listing, entry);
	put_flag_line(listing, entry, "requires", scenario->requires);
	put_flag_line(listing, entry, "excludes", scenario->excludes);
	put_label(out, "profiles");
	text_printf(out, "%zu%s of flags (--profile)\n", entry->profiles.all.length,
		    entry->profiles.cut ? " and more" : "");
	put_label(out, "takes");
	put_bound(out, scenario);
	put_params(listing, &entry->compilation->program);
	put_presets(listing, entry);
}

static void list_text(struct listing *listing, const struct entry *entry)
{
	text_printf(&listing->out, "%-*s %-12s %s\n", (int)listing->name_width,
		    entry->scenario->name, entry->scenario->category, entry->scenario->doc);
}

static void put_json_flags(struct json *json, const char *key, const struct program *program,
			   uint64_t flags)
{
	json_put_key(json, key);
	json_open_array(json);
	for (size_t i = 0; i < program->flags.length; i++) {
		if (flags >> i & 1)
			json_put_string(json, program->flags.data[i].name);
	}
	json_close_array(json);
}

static void put_json_needs(struct json *json, const struct entry *entry)
{
	const struct stmt *need = next_need(entry->stmt->body.block.first);
	json_put_key(json, "needs");
	json_open_array(json);
	for (; need; need = next_need(need->next)) {
		struct text text = {0};
		put_need(&text, entry->compilation, need);
		json_put_string(json, text_string(&text));
		text_free(&text);
	}
	json_close_array(json);
}

static void put_json_presets(struct listing *listing, const struct entry *entry)
{
	struct json *json = &listing->json;
	const char *name, *label;
	json_put_key(json, "presets");
	json_open_array(json);
	for (int i = 0; topology_preset(i, &name, &label); i++) {
		struct result result;
		plan_preset(listing, entry, label, &result);
		json_open_object(json);
		json_member_string(json, "preset", name);
		json_member_string(json, "status", status_name(result.status));
		json_member_string(json, "reason", reason_of(&result));
		json_close_object(json);
		result_free(&result);
	}
	json_close_array(json);
}

static void put_json_whole(struct listing *listing, const struct entry *entry,
			   const struct source *file)
{
	const struct program *program = &entry->compilation->program;
	struct json *json = &listing->json;
	json_put_key(json, "profile_names");
	json_open_array(json);
	for (size_t i = 0; i < entry->profiles.all.length; i++) {
		struct text name = {0};
		profile_put(&name, program, entry->profiles.all.data[i]);
		json_put_string(json, text_string(&name));
		text_free(&name);
	}
	json_close_array(json);
	json_put_key(json, "params");
	json_open_array(json);
	for (size_t i = 0; i < program->params.length; i++) {
		json_open_object(json);
		json_member_string(json, "name", program->params.data[i].name);
		json_member_string(json, "type", type_table[program->params.data[i].type].name);
		json_member_string(json, "description", program->params.data[i].doc);
		json_close_object(json);
	}
	json_close_array(json);
	put_json_presets(listing, entry);
	json_member_string(json, "source", file ? file->text : "");
}

static void put_json(struct listing *listing, const struct entry *entry)
{
	const struct program *program = &entry->compilation->program;
	const struct scenario *scenario = entry->scenario;
	struct json *json = &listing->json;
	struct source_place place = {0};
	json_open_object(json);
	json_member_string(json, "name", scenario->name);
	json_member_string(json, "category", scenario->category);
	json_member_string(json, "description", scenario->doc);
	if (source_locate(&entry->compilation->sources, scenario->span.start, &place)) {
		json_member_string(json, "file", place.file->name);
		json_member_int(json, "line", place.line);
	}
	if (entry->stmt)
		put_json_needs(json, entry);
	put_json_flags(json, "requires", program, scenario->requires);
	put_json_flags(json, "excludes", program, scenario->excludes);
	json_member_int(json, "profiles", (int64_t)entry->profiles.all.length);
	json_member_int(json, "bound_ns", bounds_longest_ns(&scenario->bound));
	if (listing->whole)
		put_json_whole(listing, entry, place.file);
	json_close_object(json);
}

/* Each file once, behind what is said of its scenarios. */
static void put_source(struct listing *listing, struct compilation *compilation)
{
	struct source_place place;
	if (!compilation->program.scenarios.length ||
	    !source_locate(&compilation->sources, compilation->program.scenarios.data[0].span.start,
			   &place))
		return;
	text_putc(&listing->out, '\n');
	text_add(&listing->out, place.file->text, place.file->length);
}

static void put_scenario(struct listing *listing, struct compilation *compilation, size_t index)
{
	const struct scenario *scenario = &compilation->program.scenarios.data[index];
	struct entry entry = {.compilation = compilation,
			      .index = index,
			      .scenario = scenario,
			      .stmt = compilation->image ? NULL
							 : find_stmt(compilation, scenario->name)};
	profile_list(&entry.profiles, &compilation->program, scenario);
	if (listing->options.format == FORMAT_JSON)
		put_json(listing, &entry);
	else if (listing->whole)
		show_text(listing, &entry);
	else
		list_text(listing, &entry);
	profile_list_free(&entry.profiles);
	listing->count++;
}

static void put_all(struct listing *listing)
{
	const struct ktstr_programs *programs = &listing->programs;
	for (size_t i = 0; i < programs->all.length; i++) {
		struct compilation *compilation = programs->all.data[i];
		const struct program *program = &compilation->program;
		size_t before = listing->count;
		for (size_t j = 0; j < program->scenarios.length; j++) {
			if (ktstr_is_selected(&listing->options, &program->scenarios.data[j]))
				put_scenario(listing, compilation, j);
		}
		if (listing->count > before && listing->whole &&
		    listing->options.format != FORMAT_JSON)
			put_source(listing, compilation);
	}
}

static void measure_names(struct listing *listing)
{
	const struct ktstr_programs *programs = &listing->programs;
	listing->name_width = 30;
	for (size_t i = 0; i < programs->all.length; i++) {
		const struct program *program = &programs->all.data[i]->program;
		for (size_t j = 0; j < program->scenarios.length; j++) {
			size_t width = strlen(program->scenarios.data[j].name);
			if (ktstr_is_selected(&listing->options, &program->scenarios.data[j]) &&
			    width > listing->name_width)
				listing->name_width = width;
		}
	}
}

static int put_listing(struct listing *listing)
{
	struct json *json = &listing->json;
	bool as_json = listing->options.format == FORMAT_JSON;
	if (as_json) {
		json_start(json, &listing->out, true);
		json_open_object(json);
		json_member_string(json, "schema", "ktstr.list/1");
		json_put_key(json, "scenarios");
		json_open_array(json);
	}
	measure_names(listing);
	put_all(listing);
	if (as_json) {
		json_close_array(json);
		json_close_object(json);
		text_putc(&listing->out, '\n');
	}
	int code = console_print("ktstr", &listing->out);
	if (code != EXIT_CLEAN || listing->count)
		return code;
	console_error("ktstr", "no scenario was selected");
	return 5;
}

static int list_or_show(bool whole, int count, char **arguments, ktstr_registry_function *linked)
{
	struct listing listing = {.whole = whole};
	int code;
	bool read = ktstr_read_options(&listing.options, count, arguments, &code);
	listing.options.linked = linked;
	listing.options.lists = true;
	if (read && listing.options.format > FORMAT_JSON) {
		console_error("ktstr", "a listing comes in the formats human and json, not %s",
			      format_table[listing.options.format].name);
		code = EXIT_USAGE;
	} else if (read && whole && !ktstr_names_any(&listing.options)) {
		console_error("ktstr", "which scenario? For example: ktstr show cgroup_steady");
		code = EXIT_USAGE;
	} else if (read && ktstr_compile(&listing.programs, &listing.options, &code)) {
		code = put_listing(&listing);
	}
	text_free(&listing.out);
	ktstr_free_programs(&listing.programs);
	ktstr_free_options(&listing.options);
	return code;
}

int list_main(int count, char **arguments, ktstr_registry_function *linked)
{
	return list_or_show(false, count, arguments, linked);
}

int show_main(int count, char **arguments, ktstr_registry_function *linked)
{
	return list_or_show(true, count, arguments, linked);
}
