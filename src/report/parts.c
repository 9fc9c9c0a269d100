#include "report/parts.h"

#include <math.h>
#include <string.h>

void parts_put_place(struct json *json, const struct report *report, struct span span, bool column)
{
	struct report_place place;
	if (!report_locate(report, span, &place)) {
		json_put_key(json, "file");
		json_put_null(json);
		return;
	}
	json_member_string(json, "file", place.file);
	json_member_int(json, "line", place.line);
	if (column)
		json_member_int(json, "column", place.column);
}

void parts_put_figure(struct json *json, const char *key, double value, bool whole)
{
	json_put_key(json, key);
	if (isnan(value))
		json_put_null(json);
	else if (whole)
		json_put_int(json, (int64_t)value);
	else
		json_put_double(json, value);
}

void parts_put_reason(struct json *json, const struct report *report, const struct reason *reason)
{
	bool whole = strcmp(reason->unit, "ns") == 0 || strcmp(reason->unit, "count") == 0;
	json_open_object(json);
	json_member_string(json, "status", status_name(reason->status));
	json_member_string(json, "check", reason->check);
	json_member_string(json, "message", reason->message);
	if (*reason->note)
		json_member_string(json, "note", reason->note);
	parts_put_place(json, report, reason->span, true);
	if (!span_is_none(reason->call)) {
		json_put_key(json, "call");
		json_open_object(json);
		parts_put_place(json, report, reason->call, true);
		json_close_object(json);
	}
	if (*reason->cgroup)
		json_member_string(json, "cgroup", reason->cgroup);
	if (reason->worker >= 0)
		json_member_int(json, "worker", reason->worker);
	if (reason->at_ns >= 0)
		json_member_int(json, "at_ns", reason->at_ns);
	if (reason->has_figures) {
		parts_put_figure(json, "observed", reason->observed, whole);
		parts_put_figure(json, "limit", reason->limit, whole);
		json_member_string(json, "unit", reason->unit);
		if (reason->sustained_ns)
			json_member_int(json, "sustained_ns", reason->sustained_ns);
		json_member_string(json, "layer", reason->layer);
	}
	json_close_object(json);
}

static void put_optional(struct json *json, const char *key, const char *value)
{
	if (*value)
		json_member_string(json, key, value);
}

void parts_put_event(struct json *json, const struct report *report, const struct event *event)
{
	json_open_object(json);
	json_member_int(json, "t_ns", event->t_ns);
	json_member_string(json, "op", event->op);
	put_optional(json, "step", event->step);
	put_optional(json, "cgroup", event->cgroup);
	put_optional(json, "to", event->to);
	put_optional(json, "cpus", event->cpus);
	put_optional(json, "knob", event->knob);
	put_optional(json, "value", event->value);
	if (event->count >= 0)
		json_member_int(json, "count", event->count);
	put_optional(json, "work", event->work);
	put_optional(json, "replaces", event->replaces);
	put_optional(json, "policy", event->policy);
	put_optional(json, "affinity", event->affinity);
	if (event->length_ns >= 0)
		json_member_int(json, "length_ns", event->length_ns);
	put_optional(json, "text", event->text);
	if (event->implied)
		json_member_bool(json, "implied", true);
	parts_put_place(json, report, event->span, false);
	json_close_object(json);
}

void parts_put_swaps(struct json *json, const struct report *report, const struct result *result)
{
	if (!result->swaps.length)
		return;
	json_put_key(json, "swaps");
	json_open_array(json);
	for (size_t i = 0; i < result->swaps.length; i++) {
		const struct swap_result *swap = &result->swaps.data[i];
		json_open_object(json);
		json_member_string(json, "cgroup", swap->cgroup);
		json_member_string(json, "declared", swap->declared);
		json_member_string(json, "work", swap->work);
		json_member_int(json, "workers", swap->count);
		json_member_int(json, "members", swap->members);
		json_member_bool(json, "replaced", swap->replaced);
		parts_put_place(json, report, swap->span, false);
		json_close_object(json);
	}
	json_close_array(json);
}
