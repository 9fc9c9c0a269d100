#include "run/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *status_name(enum status status)
{
	static const char *const names[STATUS_COUNT] = {[STATUS_PASS] = "PASS",
							[STATUS_SKIP] = "SKIP",
							[STATUS_INCONCLUSIVE] = "INCONCLUSIVE",
							[STATUS_TIMEOUT] = "TIMEOUT",
							[STATUS_BROKEN] = "BROKEN",
							[STATUS_FAIL] = "FAIL"};
	return names[status];
}

void result_free(struct result *result)
{
	VECTOR_FREE(&result->reasons);
	VECTOR_FREE(&result->steps);
	VECTOR_FREE(&result->releases);
	VECTOR_FREE(&result->groups);
	VECTOR_FREE(&result->payloads);
	VECTOR_FREE(&result->events);
	VECTOR_FREE(&result->notes);
	VECTOR_FREE(&result->swaps);
	arena_free(&result->arena);
}

const char *result_text(struct result *result, const char *text)
{
	size_t length = strlen(text);
	result->bytes += length;
	return arena_copy(&result->arena, text, length);
}

struct event *result_add_event(struct result *result, const char *op)
{
	VECTOR_PUSH(&result->events, (struct event){.op = op,
						    .step = "",
						    .cgroup = "",
						    .to = "",
						    .cpus = "",
						    .knob = "",
						    .value = "",
						    .work = "",
						    .replaces = "",
						    .policy = "",
						    .affinity = "",
						    .text = "",
						    .count = -1,
						    .length_ns = -1,
						    .span = SPAN_NONE});
	return &result->events.data[result->events.length - 1];
}

struct reason *result_add(struct result *result, enum status status, const char *check,
			  struct span span, const char *format, ...)
{
	char message[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (status > result->status)
		result->status = status;
	result->bytes += sizeof(struct reason);
	VECTOR_PUSH(&result->reasons, (struct reason){.status = status,
						      .check = check,
						      .message = result_text(result, message),
						      .span = span,
						      .call = result->call,
						      .cgroup = "",
						      .worker = -1,
						      .at_ns = -1,
						      .layer = "",
						      .unit = "",
						      .note = ""});
	return &result->reasons.data[result->reasons.length - 1];
}

static void shift(struct span *span, uint32_t base)
{
	if (span_is_none(*span))
		return;
	span->start += base;
	span->end += base;
}

void result_shift(struct result *result, uint32_t base)
{
	shift(&result->span, base);
	for (size_t i = 0; i < result->reasons.length; i++) {
		shift(&result->reasons.data[i].span, base);
		shift(&result->reasons.data[i].call, base);
	}
	for (size_t i = 0; i < result->swaps.length; i++)
		shift(&result->swaps.data[i].span, base);
	for (size_t i = 0; i < result->events.length; i++)
		shift(&result->events.data[i].span, base);
}

void summary_add(struct run_summary *summary, const struct result *result)
{
	summary->counts[result->status]++;
	if (result->interrupted)
		summary->interrupted = result->interrupted;
}

int summary_exit_code(const struct run_summary *summary)
{
	const size_t *counts = summary->counts;
	if (counts[STATUS_FAIL])
		return 1;
	if (counts[STATUS_BROKEN] || counts[STATUS_TIMEOUT])
		return 3;
	if (counts[STATUS_INCONCLUSIVE])
		return 6;
	if (counts[STATUS_PASS])
		return 0;
	return counts[STATUS_SKIP] ? 4 : 5;
}
