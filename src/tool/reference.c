#include "tool/reference.h"

#include "code/program.h"
#include "host/knobs.h"
#include "host/work.h"
#include "sema/flags.h"
#include "sema/metrics.h"
#include "sema/sema.h"
#include "source/diag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void reference_ops(struct text *out)
{
	static const char *const kinds[] = {
#define KIND(kind) [OPERAND_##kind] = #kind
		KIND(RI),     KIND(RF),      KIND(RS),    KIND(RC),   KIND(RW),    KIND(RA),
		KIND(RP),     KIND(RM),      KIND(RG),    KIND(RH),   KIND(OI),    KIND(OS),
		KIND(OG),     KIND(WI),      KIND(WF),    KIND(WS),   KIND(WC),    KIND(WW),
		KIND(WA),     KIND(WP),      KIND(WM),    KIND(WG),   KIND(WH),    KIND(WX),
		KIND(JUMP),   KIND(WORD),    KIND(WORK),  KIND(ARGS), KIND(SPAWN), KIND(KNOB),
		KIND(METRIC), KIND(SETTING), KIND(SCOPE), KIND(PHASE),
		KIND(RL),   KIND(WL),   KIND(HX),    KIND(HOOK), KIND(RUN),    KIND(SCHEDULER)
#undef KIND
	};
	for (int op = 0; op < OP_COUNT; op++) {
		struct text name = {0}, operands = {0};
		for (const char *at = op_table[op].name; *at; at++)
			text_putc(&name, (char)tolower(*at));
		for (int i = 0; i < 3 && op_table[op].operands[i] != OPERAND___; i++)
			text_printf(&operands, "%s%s", i ? " " : "",
				    kinds[op_table[op].operands[i]]);
		text_printf(out, "%-13s %-16s %s\n", text_string(&name), text_string(&operands),
			    op_table[op].effect);
		text_free(&name);
		text_free(&operands);
	}
}

static void put_word(struct text *out, const struct word_info *word)
{
	struct text call = {0};
	text_puts(&call, word->name);
	for (int i = 0; word->args[i].name; i++) {
		if (!word->args[i].again)
			text_printf(&call, "%s%s%s", i ? ", " : "(", word->args[i].name,
				    word->args[i].optional ? "?" : "");
		else if (!word->args[i - 1].again)
			text_puts(&call, ", …");
	}
	if (word->args[0].name)
		text_putc(&call, ')');
	text_printf(out, "  %-20s %-9s %s\n", text_string(&call),
		    word->result == TYPE_SAME ? "number" : type_name(word->result), word->doc);
	text_free(&call);
}

static void put_phases(struct text *out)
{
	for (enum phase_kind phase = 0; phase < PHASE_COUNT; phase++)
		text_printf(out, "      %s(length): %s\n", phase_table[phase].name,
			    phase_table[phase].doc);
}

static void put_work(struct text *out, const struct work_info *work)
{
	enum work_kind kind = (enum work_kind)(work - work_table);
	text_printf(out, "  %-20s %s", work->name, work->doc);
	if (work->members != 1 || *work->member_param) {
		text_puts(out, "; in groups of ");
		work_put_members(out, kind);
		text_puts(out, " workers");
	}
	text_putc(out, '\n');
	if (kind == WORK_sequence)
		put_phases(out);
	for (int i = 0; work->params[i].name; i++) {
		text_printf(out, "      %s = ", work->params[i].name);
		work_put_param(out, work->params[i].kind, work->params[i].initial);
		text_printf(out, ": %s, from ", work->params[i].doc);
		work_put_param(out, work->params[i].kind, work->params[i].least);
		text_puts(out, " to ");
		work_put_param(out, work->params[i].kind, work->params[i].most);
		text_putc(out, '\n');
	}
}

static void put_knob(struct text *out, const struct knob_info *knob)
{
	text_printf(out, "  %-20s %s\n      %s controller: %s on cgroup v1, %s on v2\n", knob->name,
		    knob->doc, knob->controller, *knob->v1_file ? knob->v1_file : "nothing",
		    knob->v2_file);
}

static void put_metric(struct text *out, enum metric metric)
{
	const struct metric_info *info = &metric_table[metric];
	text_printf(out, "  %-20s %s", info->name, info->doc);
	if (info->initially_on && info->unit == TYPE_DURATION) {
		text_puts(out, " By default at most ");
		text_put_duration(out, (int64_t)info->initial_limit);
		text_puts(out, ".");
	} else if (info->initially_on && info->unit == TYPE_PERCENT) {
		text_printf(out, " By default at most %g%%.", info->initial_limit * 100);
	} else {
		text_puts(out, info->initially_on ? " On by default." : " Off by default.");
	}
	if (info->unit != TYPE_BOOL)
		text_printf(out, " For example `%s %s %s`%s.", info->name, metric_operator(metric),
			    metric_example(metric),
			    info->source == METRIC_SAMPLES ? ", also with `for 500ms` behind" : "");
	text_putc(out, '\n');
}

static bool wanted(const char *name, const char *of)
{
	return !name || strcmp(name, of) == 0;
}

static void put_title(struct text *out, const char *name, const char *title)
{
	if (!name)
		text_printf(out, "%s%s\n", out->length ? "\n" : "", title);
}

static void put_settings(struct text *out, const char *name, const struct setting_info *settings,
			 int count)
{
	for (int i = 0; i < count; i++) {
		if (wanted(name, settings[i].name))
			text_printf(out, "  %-20s %s\n", settings[i].name, settings[i].doc);
	}
}

bool reference_words(struct text *out, const char *name)
{
	put_title(out, name, "Functions and context values");
	for (int i = 0; i < WORD_COUNT; i++) {
		if (wanted(name, word_table[i].name))
			put_word(out, &word_table[i]);
	}
	put_title(out, name, "Kinds of work");
	for (int i = 0; i < WORK_COUNT; i++) {
		if (wanted(name, work_table[i].name))
			put_work(out, &work_table[i]);
	}
	put_title(out, name, "Cgroup knobs");
	for (int i = 0; i < KNOB_COUNT; i++) {
		if (wanted(name, knob_table[i].name))
			put_knob(out, &knob_table[i]);
	}
	put_title(out, name, "Metrics");
	for (enum metric i = 0; i < METRIC_COUNT; i++) {
		if (wanted(name, metric_table[i].name))
			put_metric(out, i);
	}
	put_title(out, name, "Settings of a scenario");
	put_settings(out, name, scenario_settings, SCENARIO_SETTINGS);
	put_title(out, name, "Settings of a spawn");
	put_settings(out, name, spawn_settings, SPAWN_SETTINGS);
	put_title(out, name, "Settings of a payload");
	put_settings(out, name, payload_settings, PAYLOAD_SETTINGS);
	put_title(out, name, "Settings of a scheduler");
	put_settings(out, name, scheduler_settings, SCHEDULER_SETTINGS);
	put_title(out, name, "Flags");
	for (int i = 0; i < FLAG_COUNT; i++) {
		if (wanted(name, flag_table[i].name))
			text_printf(out, "  %-20s %s\n", flag_table[i].name, flag_table[i].doc);
	}
	return out->length > 0;
}

bool reference_explain(struct text *out, const char *code)
{
	if (strncmp(code, "KTS", 3) == 0 || strncmp(code, "kts", 3) == 0)
		code += 3;
	for (int i = 0; i < DIAG_CODE_COUNT; i++) {
		const struct diag_info *info = &diag_table[i];
		if (!*code || atoi(info->id + 3) != atoi(code))
			continue;
		text_printf(out, "%s (%s): %s\n\n", info->id,
			    info->severity == DIAG_ERROR ? "error" : "warning", info->title);
		size_t column = 0;
		/* Folded at 78 columns. */
		for (const char *at = info->explanation; *at;) {
			size_t length = strcspn(at, " ");
			if (column && column + 1 + length > 78) {
				text_putc(out, '\n');
				column = 0;
			}
			text_printf(out, "%s%.*s", column ? " " : "", (int)length, at);
			column += length + (column != 0);
			at += length + (at[length] == ' ');
		}
		text_putc(out, '\n');
		return true;
	}
	return false;
}
