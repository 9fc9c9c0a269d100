#include "report/reader.h"

#include "report/reader_groups.h"
#include "report/reader_json.h"

#include <string.h>

/* The places of spans are entries of the reader's table. */
static struct span read_span(struct reader *reader, const json_t *object)
{
	const char *file = reader_string(object, "file", NULL);
	if (!file)
		return SPAN_NONE;
	/* Those of one file share its name. */
	const struct report_place *last =
		reader->places.length ? &reader->places.data[reader->places.length - 1] : NULL;
	struct report_place place = {.line = (uint32_t)reader_int(object, "line", 1),
				     .column = (uint32_t)reader_int(object, "column", 1)};
	if (last && strcmp(last->file, file) == 0)
		place.file = last->file;
	else
		place.file = arena_copy(&reader->arena, file, strlen(file));
	VECTOR_PUSH(&reader->places, place);
	uint32_t index = (uint32_t)reader->places.length - 1;
	return (struct span){index, index};
}

static bool read_status(const json_t *object, enum status *status, struct error *error)
{
	const char *word = reader_string(object, "status", "");
	for (*status = 0; *status < STATUS_COUNT; ++*status) {
		if (strcmp(word, status_name(*status)) == 0)
			return true;
	}
	return error_set(error, ERROR_REFUSED, "there is no status '%.40s'", word);
}

static bool read_reason(struct reader *reader, struct result *result, const json_t *object,
			struct error *error)
{
	enum status status;
	if (!read_status(object, &status, error))
		return false;
	const json_t *observed = json_object_get(object, "observed");
	VECTOR_PUSH(&result->reasons,
		    (struct reason){
			    .status = status,
			    .check = reader_text(result, object, "check"),
			    .message = reader_text(result, object, "message"),
			    .span = read_span(reader, object),
			    .call = read_span(reader, json_object_get(object, "call")),
			    .cgroup = reader_text(result, object, "cgroup"),
			    .worker = (int)reader_int(object, "worker", -1),
			    .at_ns = reader_int(object, "at_ns", -1),
			    .has_figures = observed != NULL,
			    .observed = reader_number(object, "observed"),
			    .limit = reader_number(object, "limit"),
			    .sustained_ns = reader_int(object, "sustained_ns", 0),
			    .unit = reader_text(result, object, "unit"),
			    .layer = reader_text(result, object, "layer"),
			    .note = reader_text(result, object, "note"),
		    });
	return true;
}

static void read_event(struct reader *reader, struct result *result, const json_t *object)
{
	VECTOR_PUSH(&result->events,
		    (struct event){
			    .t_ns = reader_int(object, "t_ns", 0),
			    .op = reader_text(result, object, "op"),
			    .step = reader_text(result, object, "step"),
			    .cgroup = reader_text(result, object, "cgroup"),
			    .to = reader_text(result, object, "to"),
			    .cpus = reader_text(result, object, "cpus"),
			    .knob = reader_text(result, object, "knob"),
			    .value = reader_text(result, object, "value"),
			    .work = reader_text(result, object, "work"),
			    .replaces = reader_text(result, object, "replaces"),
			    .policy = reader_text(result, object, "policy"),
			    .affinity = reader_text(result, object, "affinity"),
			    .text = reader_text(result, object, "text"),
			    .count = reader_int(object, "count", -1),
			    .length_ns = reader_int(object, "length_ns", -1),
			    .implied = json_is_true(json_object_get(object, "implied")),
			    .span = read_span(reader, object),
		    });
}

static bool read_release(struct result *result, const json_t *object, struct error *error)
{
	struct release_result release = {.t_ns = reader_int(object, "t_ns", 0),
					 .first_ns = reader_int(object, "first_ns", 0),
					 .last_ns = reader_int(object, "last_ns", 0)};
	bool fine = reader_count(object, "workers", &release.workers, error);
	VECTOR_PUSH(&result->releases, release);
	return fine;
}

static void read_step(struct result *result, const json_t *object)
{
	VECTOR_PUSH(&result->steps,
		    (struct step_result){.name = reader_text(result, object, "name"),
					 .start_ns = reader_int(object, "start_ns", 0),
					 .end_ns = reader_int(object, "end_ns", 0)});
}

static void read_swap(struct reader *reader, struct result *result, const json_t *object)
{
	VECTOR_PUSH(&result->swaps,
		    (struct swap_result){
			    .cgroup = reader_text(result, object, "cgroup"),
			    .declared = reader_text(result, object, "declared"),
			    .work = reader_text(result, object, "work"),
			    .count = reader_int(object, "workers", 0),
			    .members = reader_int(object, "members", 1),
			    .replaced = json_is_true(json_object_get(object, "replaced")),
			    .span = read_span(reader, object),
		    });
}

static bool read_lists(struct reader *reader, struct result *result, const json_t *object,
		       struct error *error)
{
	size_t index;
	json_t *item;
	json_array_foreach(json_object_get(object, "reasons"), index, item)
	{
		if (!read_reason(reader, result, item, error))
			return error_wrap(error, "reasons[%zu]", index);
	}
	json_array_foreach(json_object_get(object, "notes"), index, item)
	{
		const char *note = json_string_value(item);
		const char *kept = result_text(result, note ? note : "");
		VECTOR_PUSH(&result->notes, kept);
	}
	json_array_foreach(json_object_get(object, "releases"), index, item)
	{
		if (!read_release(result, item, error))
			return error_wrap(error, "releases[%zu]", index);
	}
	json_array_foreach(json_object_get(object, "swaps"), index, item)
		read_swap(reader, result, item);
	json_array_foreach(json_object_get(object, "steps"), index, item) read_step(result, item);
	json_array_foreach(json_object_get(object, "groups"), index, item)
	{
		if (!reader_add_group(result, item, error))
			return error_wrap(error, "groups[%zu]", index);
	}
	json_array_foreach(json_object_get(object, "payloads"), index, item)
		reader_add_payload(result, item);
	json_array_foreach(json_object_get(object, "events"), index, item)
		read_event(reader, result, item);
	return true;
}

/* `machines` has the numbers that the file's environments got. */
static bool read_result(struct reader *reader, const json_t *object, const uint32_t *machines,
			size_t machine_count, size_t place, struct error *error)
{
	if (!reader_string(object, "name", NULL))
		return error_set(error, ERROR_REFUSED, "it has no name");
	int64_t machine = reader_int(object, "environment", 0);
	if (machine < 0 || (size_t)machine >= machine_count)
		return error_set(error, ERROR_REFUSED, "there is no such environment");
	VECTOR_PUSH(&reader->results, (struct result){.index = (uint32_t)place});
	struct result *result = &reader->results.data[reader->results.length - 1];
	result->name = reader_text(result, object, "name");
	result->doc = reader_text(result, object, "description");
	result->category = reader_text(result, object, "category");
	result->profile = reader_text(result, object, "profile");
	result->span = read_span(reader, object);
	result->duration_ns = reader_int(object, "duration_ns", 0);
	result->environment = machines[machine];
	result->seed = reader->environments.data[result->environment].seed;
	return reader_count(object, "checks_held", &result->checks, error) &&
	       reader_count32(object, "index", &result->index, error) &&
	       reader_count32(object, "round", &result->round, error) &&
	       read_status(object, &result->status, error) &&
	       read_lists(reader, result, object, error);
}

static void copy_field(char *field, size_t size, const json_t *object, const char *key)
{
	snprintf(field, size, "%s", reader_string(object, key, ""));
}

static bool read_environment(struct reader *reader, const json_t *object,
			     struct environment *environment, struct error *error)
{
	const json_t *topology = json_object_get(object, "topology");
	const char *backend = reader_string(object, "backend", "");
	*environment = (struct environment){
		.host.backend = arena_copy(&reader->arena, backend, strlen(backend)),
		.cpu_count = (int)reader_int(topology, "cpus", 0),
		.core_count = (int)reader_int(topology, "cores", 0),
		.llc_count = (int)reader_int(topology, "llcs", 0),
		.node_count = (int)reader_int(topology, "nodes", 0)};
	copy_field(environment->hostname, sizeof(environment->hostname), object, "hostname");
	copy_field(environment->started, sizeof(environment->started), object, "started");
	copy_field(environment->kernel, sizeof(environment->kernel), object, "kernel");
	copy_field(environment->cmdline, sizeof(environment->cmdline), object, "cmdline");
	copy_field(environment->cpu_model, sizeof(environment->cpu_model), object, "cpu_model");
	copy_field(environment->topology, sizeof(environment->topology), topology, "name");
	copy_field(environment->host.detail, sizeof(environment->host.detail), object, "cgroup");
	return reader_count(object, "seed", &environment->seed, error);
}

/* But for the time. */
static bool is_same_machine(const struct environment *a, const struct environment *b)
{
	return strcmp(a->hostname, b->hostname) == 0 && strcmp(a->kernel, b->kernel) == 0 &&
	       strcmp(a->cmdline, b->cmdline) == 0 && strcmp(a->cpu_model, b->cpu_model) == 0 &&
	       strcmp(a->topology, b->topology) == 0 &&
	       strcmp(a->host.backend, b->host.backend) == 0 &&
	       strcmp(a->host.detail, b->host.detail) == 0 && a->seed == b->seed;
}

/* *number: that of a machine, which may be known already; the earliest start is kept. */
static bool add_environment(struct reader *reader, const json_t *object, uint32_t *number,
			    struct error *error)
{
	struct environment environment;
	if (!read_environment(reader, object, &environment, error))
		return error_wrap(error, "environment");
	for (size_t i = 0; i < reader->environments.length; i++) {
		struct environment *known = &reader->environments.data[i];
		if (!is_same_machine(known, &environment))
			continue;
		if (strcmp(environment.started, known->started) < 0)
			memcpy(known->started, environment.started, sizeof(known->started));
		*number = (uint32_t)i;
		return true;
	}
	VECTOR_PUSH(&reader->environments, environment);
	*number = (uint32_t)reader->environments.length - 1;
	return true;
}

static bool read_shard(struct reader *reader, const json_t *object, struct error *error)
{
	struct report_shard shard = {0};
	bool fine = reader_count32(object, "index", &shard.index, error) &&
		    reader_count32(object, "count", &shard.count, error) &&
		    reader_count32(object, "total", &shard.total, error);
	VECTOR_PUSH(&reader->shards, shard);
	return fine || error_wrap(error, "shard");
}

static bool read_scenarios(struct reader *reader, const json_t *root, const uint32_t *machines,
			   size_t machine_count, struct error *error)
{
	size_t index;
	json_t *item;
	json_array_foreach(json_object_get(root, "scenarios"), index, item)
	{
		if (!read_result(reader, item, machines, machine_count, index, error))
			return error_wrap(error, "scenarios[%zu]", index);
	}
	return true;
}

static bool read_root(struct reader *reader, const json_t *root, struct error *error)
{
	const char *schema = reader_string(root, "schema", "");
	const json_t *shard = json_object_get(root, "shard");
	const json_t *several = json_object_get(root, "environments");
	size_t count = json_array_size(several);
	if (strcmp(schema, "ktstr.report/1") != 0)
		return error_set(error, ERROR_REFUSED,
				 "its schema is '%.40s', and not ktstr.report/1", schema);
	if (!json_is_array(json_object_get(root, "scenarios")))
		return error_set(error, ERROR_REFUSED, "it has no list of scenarios");
	uint32_t *machines = memory_zeroed(count ? count : 1, sizeof(*machines));
	bool fine = count || add_environment(reader, json_object_get(root, "environment"),
					     &machines[0], error);
	for (size_t i = 0; i < count && fine; i++)
		fine = add_environment(reader, json_array_get(several, i), &machines[i], error);
	fine = fine && (!shard || read_shard(reader, shard, error)) &&
	       read_scenarios(reader, root, machines, count ? count : 1, error);
	free(machines);
	return fine;
}

/* Of a document that was read, or was none: `root` is NULL. */
static bool add_root(struct reader *reader, const char *name, json_t *root,
		     const json_error_t *fault, struct error *error)
{
	if (!root)
		return error_set(error, ERROR_REFUSED, "%s:%d:%d: no JSON: %s", name, fault->line,
				 fault->column, fault->text);
	bool fine = read_root(reader, root, error) || error_wrap(error, "%s", name);
	json_decref(root);
	return fine;
}

bool reader_add_bytes(struct reader *reader, const char *name, const char *bytes, size_t length,
		      struct error *error)
{
	json_error_t fault;
	return add_root(reader, name, json_loadb(bytes, length, 0, &fault), &fault, error);
}

bool reader_add(struct reader *reader, const char *path, struct error *error)
{
	json_error_t fault;
	bool is_stdin = strcmp(path, "-") == 0;
	/* Checked by ourselves, so that the message is not "unable to open". */
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	if (!file)
		return error_set_errno(error, errno, "%s", path);
	json_t *root = json_loadf(file, 0, &fault);
	if (!is_stdin)
		fclose(file);
	return add_root(reader, path, root, &fault, error);
}

void reader_free(struct reader *reader)
{
	for (size_t i = 0; i < reader->results.length; i++)
		result_free(&reader->results.data[i]);
	VECTOR_FREE(&reader->results);
	VECTOR_FREE(&reader->places);
	VECTOR_FREE(&reader->environments);
	VECTOR_FREE(&reader->shards);
	arena_free(&reader->arena);
}

struct report reader_report(const struct reader *reader)
{
	static const struct report_place none;
	return (struct report){.places = reader->places.data ? reader->places.data : &none,
			       .place_count = reader->places.length,
			       .environment = reader->environments.data,
			       .environment_count = reader->environments.length,
			       .results = reader->results.data,
			       .count = reader->results.length};
}
