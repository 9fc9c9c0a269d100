/* Payloads in reports. */
#include "report/payloads.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void put_end(struct text *out, const struct payload_result *payload)
{
	const char *signal = payload->killed ? sigabbrev_np(payload->code) : NULL;
	if (payload->stopped)
		text_puts(out, "ended by the scenario");
	else if (payload->killed)
		text_printf(out, "killed by SIG%s", signal ? signal : "?");
	else
		text_printf(out, "exit code %d", payload->code);
}

void payloads_put_text(const struct result *result, struct text *out)
{
	for (size_t i = 0; i < result->payloads.length; i++) {
		const struct payload_result *payload = &result->payloads.data[i];
		text_puts(out, "  payload ");
		text_put_visible(out, payload->name, strlen(payload->name));
		if (*payload->cgroup) {
			text_puts(out, " in ");
			text_put_visible(out, payload->cgroup, strlen(payload->cgroup));
		}
		text_puts(out, ": ");
		put_end(out, payload);
		text_puts(out, ", ");
		text_put_duration_short(out, payload->wall_ns);
		for (uint32_t j = 0; j < payload->metric_count; j++) {
			const char *name = payload->metric_names[j];
			if (isnan(payload->metrics[j]))
				continue;
			text_puts(out, ", ");
			text_put_visible(out, name, strlen(name));
			text_printf(out, " %g", payload->metrics[j]);
		}
		text_putc(out, '\n');
	}
}

static void put_payload(struct json *json, const struct payload_result *payload)
{
	json_open_object(json);
	json_member_string(json, "name", payload->name);
	json_member_string(json, "cgroup", payload->cgroup);
	json_member_int(json, "pid", payload->pid);
	json_member_bool(json, "stopped", payload->stopped);
	if (payload->killed)
		json_member_int(json, "signal", payload->code);
	else
		json_member_int(json, "exit_code", payload->code);
	json_member_int(json, "wall_ns", payload->wall_ns);
	json_member_bool(json, "output_cut", payload->cut);
	json_put_key(json, "metrics");
	json_open_object(json);
	for (uint32_t i = 0; i < payload->metric_count; i++) {
		json_put_key(json, payload->metric_names[i]);
		if (isnan(payload->metrics[i]))
			json_put_null(json);
		else
			json_put_double(json, payload->metrics[i]);
	}
	json_close_object(json);
	json_close_object(json);
}

void payloads_put_json(struct json *json, const struct result *result)
{
	json_put_key(json, "payloads");
	json_open_array(json);
	for (size_t i = 0; i < result->payloads.length; i++)
		put_payload(json, &result->payloads.data[i]);
	json_close_array(json);
}
