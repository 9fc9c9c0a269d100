#include "base/json.h"

#include "report/parts.h"
#include "report/report.h"

static void put_plan(struct json *json, const struct report *report, const struct result *result)
{
	json_open_object(json);
	json_member_string(json, "name", result->name);
	if (*result->profile)
		json_member_string(json, "profile", result->profile);
	parts_put_place(json, report, result->span, false);
	json_member_string(json, "status", status_name(result->status));
	json_member_string(json, "reason",
			   result->reasons.length ? result->reasons.data[0].message : "");
	json_put_key(json, "reasons");
	json_open_array(json);
	for (size_t i = 0; i < result->reasons.length; i++)
		parts_put_reason(json, report, &result->reasons.data[i]);
	json_close_array(json);
	parts_put_swaps(json, report, result);
	json_put_key(json, "bound_ns");
	if (result->bound_ns >= 0)
		json_put_int(json, result->bound_ns);
	else
		json_put_null(json);
	json_member_int(json, "duration_ns", result->duration_ns);
	json_put_key(json, "events");
	json_open_array(json);
	for (size_t i = 0; i < result->events.length; i++)
		parts_put_event(json, report, &result->events.data[i]);
	json_close_array(json);
	json_close_object(json);
}

void report_plan_json(const struct report *report, struct text *out)
{
	struct json json;
	json_start(&json, out, true);
	json_open_object(&json);
	json_member_string(&json, "schema", "ktstr.plan/1");
	json_member_string(&json, "topology", report->environment->topology);
	json_put_key(&json, "scenarios");
	json_open_array(&json);
	for (size_t i = 0; i < report->count; i++)
		put_plan(&json, report, &report->results[i]);
	json_close_array(&json);
	json_close_object(&json);
	text_putc(out, '\n');
}
