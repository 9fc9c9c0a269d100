/* The library's functions that ask the run for something: each fills one request. */
#include "api/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ctx->cgroups is the context itself, by another name. */
static struct ktstr_context *context_of(struct ktstr_cgroups *cgroups)
{
	return (struct ktstr_context *)cgroups;
}

struct wire_reply *client_ask(struct ktstr_context *ctx, const struct wire_request *request)
{
	struct wire_reply *reply = &ctx->inside->reply;
	reply->error[0] = '\0';
	reply->lacking = false;
	reply->value = 0;
	text_clear(&reply->bytes);
	reply->fine = ctx->inside->ask(ctx->inside, request, reply);
	return reply;
}

bool client_refuse(struct ktstr_context *ctx, const char *message)
{
	struct wire_reply *reply = &ctx->inside->reply;
	reply->lacking = false;
	snprintf(reply->error, sizeof(reply->error), "%s", message);
	return false;
}

static bool asked(struct ktstr_context *ctx, const struct wire_request *request)
{
	return client_ask(ctx, request)->fine;
}

const char *ktstr_error(const struct ktstr_context *ctx)
{
	return ctx->inside->reply.error;
}

bool ktstr_cgroup_create(struct ktstr_cgroups *cgroups, const char *name)
{
	return asked(context_of(cgroups), &(struct wire_request){WIRE_CREATE, .text = name});
}

bool ktstr_cgroup_remove(struct ktstr_cgroups *cgroups, const char *name)
{
	return asked(context_of(cgroups), &(struct wire_request){WIRE_REMOVE, .text = name});
}

bool ktstr_cgroup_set_cpuset(struct ktstr_cgroups *cgroups, const char *name,
			     const struct ktstr_cpuset *set)
{
	return asked(context_of(cgroups),
		     &(struct wire_request){WIRE_SET_CPUS, .text = name, .set = set});
}

bool ktstr_cgroup_clear_cpuset(struct ktstr_cgroups *cgroups, const char *name)
{
	return ktstr_cgroup_set_cpuset(cgroups, name, NULL);
}

bool ktstr_cgroup_get_cpuset(struct ktstr_cgroups *cgroups, const char *name,
			     struct ktstr_cpuset *set)
{
	const struct wire_reply *reply = client_ask(
		context_of(cgroups), &(struct wire_request){WIRE_GET_CPUS, .text = name});
	if (reply->fine)
		*set = reply->set;
	return reply->fine;
}

bool ktstr_cgroup_count_tasks(struct ktstr_cgroups *cgroups, const char *name, int64_t *count)
{
	const struct wire_reply *reply = client_ask(
		context_of(cgroups), &(struct wire_request){WIRE_COUNT_TASKS, .text = name});
	if (reply->fine)
		*count = reply->value;
	return reply->fine;
}

bool ktstr_cgroup_freeze(struct ktstr_cgroups *cgroups, const char *name, bool frozen)
{
	return asked(context_of(cgroups),
		     &(struct wire_request){WIRE_FREEZE, .a = frozen, .text = name});
}

bool ktstr_cgroup_move_task(struct ktstr_cgroups *cgroups, const char *name, int64_t tid)
{
	return ktstr_cgroup_move_tasks(cgroups, name, &tid, 1);
}

bool ktstr_cgroup_move_tasks(struct ktstr_cgroups *cgroups, const char *name, const int64_t *tids,
			     size_t count)
{
	return asked(context_of(cgroups), &(struct wire_request){WIRE_MOVE_TASKS, .text = name,
								 .items = tids, .count = count});
}

struct ktstr_handle ktstr_spawn(struct ktstr_context *ctx, const char *group,
				const struct ktstr_work *work)
{
	struct text text = {0};
	wire_put_spawn(&text, work, ctx->workers_per_cgroup, group);
	const struct wire_reply *reply =
		client_ask(ctx, &(struct wire_request){WIRE_SPAWN, .text = text_string(&text)});
	text_free(&text);
	return (struct ktstr_handle){reply->fine ? (int32_t)reply->value : 0};
}

bool ktstr_release(struct ktstr_context *ctx)
{
	return asked(ctx, &(struct wire_request){.verb = WIRE_RELEASE});
}

bool ktstr_move(struct ktstr_context *ctx, struct ktstr_handle handle, const char *group)
{
	return asked(ctx, &(struct wire_request){WIRE_MOVE, .a = handle.number, .text = group});
}

static const struct wire_progress *progress_of(struct ktstr_context *ctx,
					       struct ktstr_handle handle, size_t *count)
{
	const struct wire_reply *reply =
		client_ask(ctx, &(struct wire_request){WIRE_PROGRESS, .a = handle.number});
	*count = reply->fine ? reply->bytes.length / sizeof(struct wire_progress) : 0;
	return (const struct wire_progress *)(const void *)reply->bytes.data;
}

bool ktstr_progress(struct ktstr_context *ctx, struct ktstr_handle handle, uint64_t *units)
{
	size_t count;
	const struct wire_progress *progress = progress_of(ctx, handle, &count);
	if (!ctx->inside->reply.fine)
		return false;
	*units = 0;
	for (size_t i = 0; i < count; i++)
		*units += progress[i].units;
	return true;
}

size_t ktstr_pids(struct ktstr_context *ctx, struct ktstr_handle handle, int64_t *pids, size_t room)
{
	size_t count, found = 0;
	const struct wire_progress *progress = progress_of(ctx, handle, &count);
	for (size_t i = 0; i < count; i++) {
		if (!progress[i].pid)
			continue;
		if (found < room)
			pids[found] = progress[i].pid;
		found++;
	}
	return found;
}

struct ktstr_report *ktstr_stop(struct ktstr_context *ctx, const struct ktstr_handle *handles,
				size_t count, size_t *reports)
{
	int64_t *items = memory_zeroed(count + 1, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		items[i] = handles[i].number;
	const struct wire_reply *reply =
		client_ask(ctx, &(struct wire_request){WIRE_STOP, .items = items, .count = count});
	free(items);
	*reports = 0;
	if (!reply->fine)
		return NULL;
	*reports = reply->bytes.length / sizeof(struct ktstr_report);
	struct ktstr_report *copy = memory_zeroed(*reports + 1, sizeof(*copy));
	if (*reports)
		memcpy(copy, reply->bytes.data, *reports * sizeof(*copy));
	return copy;
}

bool ktstr_sleep(struct ktstr_context *ctx, int64_t ns)
{
	return asked(ctx, &(struct wire_request){WIRE_SLEEP, .a = ns});
}

bool ktstr_hold(struct ktstr_context *ctx, int64_t ns)
{
	return asked(ctx, &(struct wire_request){WIRE_SLEEP, .a = ns, .b = 1});
}

bool ktstr_wait_for_map(struct ktstr_context *ctx, const char *path, int64_t key, int64_t value,
			int64_t timeout_ns)
{
	const int64_t turn_ns = 5000000;
	for (int64_t waited_ns = 0;; waited_ns += turn_ns) {
		const struct wire_reply *reply =
			client_ask(ctx, &(struct wire_request){WIRE_MAP, .a = key, .text = path});
		if (reply->fine && reply->value == value)
			return true;
		if (!reply->fine && !reply->lacking)
			return false;
		if (waited_ns >= timeout_ns)
			return client_refuse(ctx, "the map did not get the value in time");
		if (!ktstr_sleep(ctx, turn_ns))
			return false;
	}
}

bool ktstr_wait_for_map_write(struct ktstr_context *ctx)
{
	const struct ktstr_scenario *scenario = ctx->inside->scenario;
	if (!ctx->wait_for_map_write)
		return true;
	return ktstr_wait_for_map(ctx, scenario->map_path, scenario->map_key, scenario->map_value,
				  INT64_C(10000000000));
}

struct ktstr_verdict ktstr_pass(void)
{
	return (struct ktstr_verdict){KTSTR_PASS, 0};
}

static struct ktstr_verdict finding(struct ktstr_context *ctx, enum ktstr_status status,
				    const char *message)
{
	const struct wire_reply *reply =
		client_ask(ctx, &(struct wire_request){WIRE_FIND, .a = status, .text = message});
	return (struct ktstr_verdict){status, (int32_t)reply->value};
}

#define FINDING(status)                                                                            \
	char message[1024];                                                                        \
	va_list arguments;                                                                         \
	va_start(arguments, format);                                                               \
	vsnprintf(message, sizeof(message), format, arguments);                                    \
	va_end(arguments);                                                                         \
	return finding(ctx, status, message)

struct ktstr_verdict ktstr_fail(struct ktstr_context *ctx, const char *format, ...)
{
	FINDING(KTSTR_FAIL);
}

struct ktstr_verdict ktstr_skip(struct ktstr_context *ctx, const char *format, ...)
{
	FINDING(KTSTR_SKIP);
}

struct ktstr_verdict ktstr_broken(struct ktstr_context *ctx, const char *format, ...)
{
	FINDING(KTSTR_BROKEN);
}

struct ktstr_verdict ktstr_refused(struct ktstr_context *ctx)
{
	char message[sizeof(ctx->inside->reply.error)];
	struct wire_reply *reply = &ctx->inside->reply;
	bool lacking = reply->lacking;
	snprintf(message, sizeof(message), "%s",
		 reply->error[0] ? reply->error : "the hook says that something was refused");
	struct ktstr_verdict verdict = finding(ctx, lacking ? KTSTR_SKIP : KTSTR_BROKEN, message);
	/* It still is the last refusal. */
	memcpy(reply->error, message, sizeof(message));
	reply->lacking = lacking;
	return verdict;
}

void ktstr_merge(struct ktstr_context *ctx, struct ktstr_verdict *into, struct ktstr_verdict more)
{
	if (!more.number)
		return;
	const struct wire_reply *reply = client_ask(
		ctx, &(struct wire_request){WIRE_MERGE, .a = more.number, .b = into->number});
	into->number = (int32_t)reply->value;
	if (more.status > into->status)
		into->status = more.status;
}

void ktstr_add(struct ktstr_context *ctx, struct ktstr_verdict verdict)
{
	client_ask(ctx, &(struct wire_request){WIRE_MERGE, .a = verdict.number, .b = -1});
}

char *ktstr_verdict_text(struct ktstr_context *ctx, struct ktstr_verdict verdict)
{
	const struct wire_reply *reply =
		client_ask(ctx, &(struct wire_request){WIRE_VERDICT, .a = verdict.number});
	return strdup(text_string(&reply->bytes));
}

void ktstr_note(struct ktstr_context *ctx, const char *format, ...)
{
	char message[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	client_ask(ctx, &(struct wire_request){WIRE_NOTE, .text = message});
}

struct ktstr_verdict client_verdict(struct ktstr_context *ctx, const struct wire_request *request)
{
	const struct wire_reply *reply = client_ask(ctx, request);
	if (!reply->fine)
		return ktstr_refused(ctx);
	struct ktstr_verdict verdict = {KTSTR_PASS, (int32_t)reply->value};
	reply = client_ask(ctx, &(struct wire_request){WIRE_VERDICT, .a = verdict.number});
	verdict.status = (enum ktstr_status)reply->value;
	return verdict;
}

struct ktstr_verdict ktstr_assert_cgroup(struct ktstr_context *ctx,
					 const struct ktstr_checks *checks,
					 const struct ktstr_report *reports, size_t count,
					 const struct ktstr_cpuset *set)
{
	_Static_assert(sizeof(*reports) % sizeof(int64_t) == 0, "it is made of whole items");
	const size_t size = sizeof(*reports) / sizeof(int64_t);
	int64_t *items = memory_zeroed(count * size + 1, sizeof(*items));
	if (count)
		memcpy(items, reports, count * sizeof(*reports));
	struct ktstr_verdict verdict = client_verdict(
		ctx, &(struct wire_request){WIRE_JUDGE, .more = checks ? checks->expect : NULL,
					    .set = set, .items = items, .count = count * size});
	free(items);
	return verdict;
}
