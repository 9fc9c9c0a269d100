#include "report/reader_groups.h"

#include "report/reader_json.h"
#include "sema/metrics.h"

static int64_t item_int(const json_t *array, size_t index)
{
	return json_integer_value(json_array_get(array, index));
}

static void read_moves(struct result *result, struct worker_result *worker, const json_t *moves)
{
	struct worker_move *kept;
	worker->move_count = json_array_size(moves);
	worker->moves = kept = ARENA_ARRAY(&result->arena, struct worker_move, worker->move_count);
	for (size_t i = 0; i < worker->move_count; i++) {
		const json_t *move = json_array_get(moves, i);
		kept[i] = (struct worker_move){.at_ns = item_int(move, 0),
					       .from_cpu = (int)item_int(move, 1),
					       .to_cpu = (int)item_int(move, 2)};
	}
}

static bool read_worker(struct result *result, struct worker_result *worker, const json_t *object,
			struct error *error)
{
	*worker = (struct worker_result){
		.pid = reader_int(object, "pid", 0),
		.wall_ns = reader_int(object, "wall_ns", 0),
		.cpu_ns = reader_int(object, "cpu_ns", 0),
		.gap_ns = reader_int(object, "gap_ns", 0),
		.delay_ns = reader_int(object, "run_delay_ns", -1),
		.slices = reader_int(object, "slices", 0),
		.released_ns = reader_int(object, "released_ns", 0),
		.start_ns = reader_int(object, "start_ns", -1),
		.cpus = reader_text(result, object, "cpus"),
		.complete = json_is_true(json_object_get(object, "complete"))};
	read_moves(result, worker, json_object_get(object, "moves"));
	return reader_count(object, "work_units", &worker->units, error) &&
	       reader_count(object, "iterations", &worker->iterations, error) &&
	       reader_count(object, "waits", &worker->waits, error) &&
	       reader_count(object, "migrations", &worker->migrations, error) &&
	       reader_count(object, "strays", &worker->strays, error);
}

static bool read_histogram(struct result *result, struct group_result *group, const json_t *buckets,
			   struct error *error)
{
	struct histogram_count *counts;
	group->wake_count = json_array_size(buckets);
	counts = ARENA_ARRAY(&result->arena, struct histogram_count, group->wake_count);
	group->wakes = counts;
	for (size_t i = 0; i < group->wake_count; i++) {
		const json_t *bucket = json_array_get(buckets, i);
		counts[i].bucket = histogram_bucket(item_int(bucket, 0));
		counts[i].count = (uint64_t)item_int(bucket, 2);
		if (item_int(bucket, 2) < 0)
			return error_set(error, ERROR_REFUSED,
					 "histogram: buckets[%zu] has a negative count", i);
		if (i && counts[i].bucket <= counts[i - 1].bucket)
			return error_set(error, ERROR_REFUSED,
					 "histogram: buckets[%zu] is not above the one before", i);
	}
	return true;
}

static void read_metrics(struct group_result *group, const json_t *object)
{
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		const json_t *value = json_object_get(object, metric_table[metric].name);
		group->metrics[metric] = json_is_number(value)  ? json_number_value(value)
					 : json_is_true(value)  ? 0
					 : json_is_false(value) ? 1
								: (double)NAN;
	}
}

bool reader_add_group(struct result *result, const json_t *object, struct error *error)
{
	const json_t *each = json_object_get(object, "each");
	const json_t *histogram = json_object_get(object, "histogram");
	struct group_result group = {.cgroup = reader_text(result, object, "cgroup"),
				     .work = reader_text(result, object, "work"),
				     .judged = json_is_true(json_object_get(object, "judged")),
				     .worker_count = json_array_size(each)};
	group.workers = ARENA_ARRAY(&result->arena, struct worker_result, group.worker_count);
	for (size_t i = 0; i < group.worker_count; i++) {
		if (!read_worker(result, &group.workers[i], json_array_get(each, i), error))
			return error_wrap(error, "each[%zu]", i);
	}
	group.metrics = ARENA_ARRAY(&result->arena, double, METRIC_COUNT);
	read_metrics(&group, json_object_get(object, "metrics"));
	if (!read_histogram(result, &group, json_object_get(histogram, "buckets"), error))
		return false;
	VECTOR_PUSH(&result->groups, group);
	return true;
}

void reader_add_payload(struct result *result, const json_t *object)
{
	const json_t *metrics = json_object_get(object, "metrics");
	const json_t *signal = json_object_get(object, "signal");
	struct payload_result payload = {
		.name = reader_text(result, object, "name"),
		.cgroup = reader_text(result, object, "cgroup"),
		.pid = reader_int(object, "pid", 0),
		.stopped = json_is_true(json_object_get(object, "stopped")),
		.killed = signal != NULL,
		.code = (int)reader_int(object, signal ? "signal" : "exit_code", 0),
		.wall_ns = reader_int(object, "wall_ns", 0),
		.cut = json_is_true(json_object_get(object, "output_cut")),
		.metric_count = (uint32_t)json_object_size(metrics)};
	payload.metric_names = ARENA_ARRAY(&result->arena, const char *, payload.metric_count);
	payload.metrics = ARENA_ARRAY(&result->arena, double, payload.metric_count);
	uint32_t count = 0;
	for (void *at = json_object_iter((json_t *)metrics); at;
	     at = json_object_iter_next((json_t *)metrics, at)) {
		const json_t *value = json_object_iter_value(at);
		payload.metric_names[count] = result_text(result, json_object_iter_key(at));
		payload.metrics[count++] =
			json_is_number(value) ? json_number_value(value) : (double)NAN;
	}
	VECTOR_PUSH(&result->payloads, payload);
}
