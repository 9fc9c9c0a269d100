#include "tool/pages.h"

#include "code/program.h"
#include "host/knobs.h"
#include "host/work.h"
#include "report/compare.h"
#include "sema/flags.h"
#include "sema/metrics.h"
#include "sema/sema.h"
#include "source/diag.h"

#include <ctype.h>
#include <string.h>

const char *const pages[] = {"types",   "words",       "work", "knobs", "settings",
			     "metrics", "diagnostics", "ops",  "flags", NULL};

/* Text inside a cell of a table, or a paragraph. */
static void put_cell(struct text *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|' || *text == '<' || *text == '*')
			text_putc(out, '\\');
		text_putc(out, *text);
	}
}

static void put_head(struct text *out, const char *title, const char *intro, const char *columns)
{
	text_printf(out, "# %s\n\n%s\n\n", title, intro);
	text_printf(out, "| %s |\n|", columns);
	for (const char *at = columns; at; at = strchr(at + 1, '|'))
		text_puts(out, "---|");
	text_putc(out, '\n');
}

static void put_types(struct text *out)
{
	put_head(out, "Types",
		 "Every value has one of these types. Nothing is converted silently but an int "
		 "where "
		 "a float is wanted.",
		 "type | for example | what it is");
	for (enum type type = TYPE_ERROR + 1; type < TYPE_COUNT; type++) {
		text_printf(out, "| `%s` | `%s` | ", type_table[type].name,
			    type_table[type].example);
		put_cell(out, type_table[type].doc);
		text_puts(out, " |\n");
	}
}

static void put_words(struct text *out)
{
	put_head(out, "Words",
		 "Functions and context values. A word without arguments is written without "
		 "parentheses; arguments may be named (`overlap(0, 2, f: 50%)`), and one with a "
		 "question mark may be left out; where there are dots, up to eight may be given. A "
		 "CPU set that this machine cannot give ends the "
		 "scenario as a SKIP.",
		 "word | gives | what it is");
	for (enum word word = 0; word < WORD_COUNT; word++) {
		const struct word_info *info = &word_table[word];
		text_printf(out, "| `%s", info->name);
		for (int i = 0; info->args[i].name; i++) {
			if (!info->args[i].again)
				text_printf(out, "%s%s%s: %s", i ? ", " : "(", info->args[i].name,
					    info->args[i].optional ? "?" : "",
					    type_name(info->args[i].type));
			else if (!info->args[i - 1].again)
				text_puts(out, ", …");
		}
		text_printf(out, "%s` | %s | ", info->args[0].name ? ")" : "",
			    info->result == TYPE_SAME ? "the same" : type_name(info->result));
		put_cell(out, info->doc);
		text_puts(out, " |\n");
	}
}

static void put_work(struct text *out)
{
	put_head(out, "Kinds of work",
		 "What `spawn` can make workers do. Parameters may be left out or named: "
		 "`bursty(sleep: 5ms)`.",
		 "work | what its workers do | parameters");
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++) {
		const struct work_info *info = &work_table[kind];
		text_printf(out, "| `%s` | ", info->name);
		put_cell(out, info->doc);
		if (info->members != 1 || *info->member_param) {
			text_puts(out, "; in groups of ");
			work_put_members(out, kind);
		}
		text_puts(out, " | ");
		for (enum phase_kind phase = 0; phase < PHASE_COUNT && kind == WORK_sequence;
		     phase++)
			text_printf(out, "%s`%s(length)` (%s)", phase ? "; " : "",
				    phase_table[phase].name, phase_table[phase].doc);
		for (int i = 0; info->params[i].name; i++) {
			text_printf(out, "%s`%s` = ", i ? "; " : "", info->params[i].name);
			work_put_param(out, info->params[i].kind, info->params[i].initial);
			text_printf(out, " (%s)", info->params[i].doc);
		}
		text_puts(out, " |\n");
	}
}

static void put_knobs(struct text *out)
{
	put_head(out, "Cgroup knobs",
		 "Settings of a `cgroup` block, and what `set`, `clear` and `swap` name. A knob "
		 "that "
		 "this machine's controllers lack ends the scenario as a SKIP.",
		 "knob | value | controller | cgroup v1 | cgroup v2 | what it is");
	static const char *const kinds[] = {
		[KNOB_KIND_CPUSET] = "cpuset", [KNOB_KIND_NODES] = "cpuset",
		[KNOB_KIND_INT] = "int",       [KNOB_KIND_PERCENT] = "percent",
		[KNOB_KIND_BOOL] = "bool",     [KNOB_KIND_SIZE] = "size"};
	for (enum knob knob = 0; knob < KNOB_COUNT; knob++) {
		const struct knob_info *info = &knob_table[knob];
		text_printf(out, "| `%s` | %s | %s | %s | %s | ", info->name, kinds[info->kind],
			    info->controller, *info->v1_file ? info->v1_file : "none",
			    info->v2_file);
		put_cell(out, info->doc);
		text_puts(out, " |\n");
	}
}

static void put_setting_rows(struct text *out, const char *of, const struct setting_info *table,
			     int count)
{
	for (int i = 0; i < count; i++) {
		text_printf(out, "| %s | `%s` | %s | ", of, table[i].name,
			    table[i].type ? type_name(table[i].type) : "list of strings");
		put_cell(out, table[i].doc);
		text_puts(out, " |\n");
	}
}

static void put_settings(struct text *out)
{
	put_head(out, "Settings",
		 "Lines of the form `name = value` at the head of a block. Those of a cgroup are "
		 "its "
		 "[knobs](knobs.md).",
		 "of a | setting | type | what it is");
	put_setting_rows(out, "scenario", scenario_settings, SCENARIO_SETTINGS);
	put_setting_rows(out, "spawn", spawn_settings, SPAWN_SETTINGS);
	put_setting_rows(out, "payload", payload_settings, PAYLOAD_SETTINGS);
	put_setting_rows(out, "scheduler", scheduler_settings, SCHEDULER_SETTINGS);
}

static void put_initial_limit(struct text *out, const struct metric_info *info)
{
	if (!info->initially_on) {
		text_puts(out, "off");
	} else if (info->unit == TYPE_DURATION) {
		text_puts(out, "at most ");
		text_put_duration(out, (int64_t)info->initial_limit);
	} else if (info->unit == TYPE_PERCENT) {
		text_printf(out, "at most %g%%", info->initial_limit * 100);
	} else {
		text_puts(out, "on");
	}
}

/* "50 us, 25 %" */
static void put_gate(struct text *out, enum metric metric)
{
	double absolute, relative;
	enum type unit = metric_table[metric].unit;
	if (!compare_gate(metric, &absolute, &relative)) {
		text_puts(out, "- | ");
		return;
	}
	if (unit == TYPE_DURATION)
		text_put_duration(out, (int64_t)absolute);
	else if (unit == TYPE_PERCENT)
		text_printf(out, "%g points", absolute * 100);
	else
		text_printf(out, "%g", absolute);
	text_printf(out, ", %g %% | ", relative * 100);
}

static void put_metrics(struct text *out)
{
	static const char *const sources[] = {
		[METRIC_WORKERS] = "workers alike",
		[METRIC_SAMPLES] = "cgroup, sampled",
		[METRIC_CGROUP] = "cgroup",
		[METRIC_RUN] = "run",
	};
	put_head(out, "Metrics",
		 "What `expect { … }` judges when workers are stopped. Those \"of workers alike\" "
		 "are "
		 "judged per cgroup and kind of work, those \"of a cgroup\" for all its workers "
		 "together, from its first worker to its last. `no METRIC` turns one off; inner "
		 "blocks "
		 "win over outer ones, and `expect for GROUP` over both. A limit on a sampled "
		 "metric may "
		 "be sustained: `imbalance <= 4 for 500ms` is violated only where the metric is "
		 "beyond 4 "
		 "at each look for that long. \"Timing\" says that a failure is INCONCLUSIVE on a "
		 "machine "
		 "that is too busy. `ktstr compare` takes a metric for changed from both of the "
		 "figures under \"a change from\".",
		 "metric | of | limit | where nothing is said | judged by | a change from | "
		 "formula");
	for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
		const struct metric_info *info = &metric_table[metric];
		text_printf(out, "| `%s` | %s | ", info->name, sources[info->source]);
		if (info->unit == TYPE_BOOL)
			text_puts(out, "none");
		else
			text_printf(out, "`%s` %s", metric_operator(metric), type_name(info->unit));
		text_puts(out, " | ");
		put_initial_limit(out, info);
		text_puts(out, info->timing ? " | timing | " : " | any run | ");
		put_gate(out, metric);
		put_cell(out, info->doc);
		text_puts(out, " |\n");
	}
}

static void put_diagnostics(struct text *out)
{
	put_head(out, "Diagnostics",
		 "Every mistake that the checker knows; `ktstrc explain CODE` prints the same.",
		 "code | severity | mistake | explanation");
	for (int code = 0; code < DIAG_CODE_COUNT; code++) {
		const struct diag_info *info = &diag_table[code];
		text_printf(out, "| %s | %s | ", info->id,
			    info->severity == DIAG_ERROR ? "error" : "warning");
		put_cell(out, info->title);
		text_puts(out, " | ");
		put_cell(out, info->explanation);
		text_puts(out, " |\n");
	}
}

static void put_ops(struct text *out)
{
	put_head(out, "Instructions",
		 "The bytecode, as `ktstrc disasm` shows it. Registers are named by their type: i "
		 "integer, f float, s string, c CPU set, w work, a affinity, p policy, m memory "
		 "policy, g cgroup, h "
		 "workers, l a running payload. a, b and c are an instruction's operands.",
		 "op | effect");
	for (int op = 0; op < OP_COUNT; op++) {
		text_puts(out, "| `");
		for (const char *at = op_table[op].name; *at; at++)
			text_putc(out, (char)tolower(*at));
		text_puts(out, "` | ");
		put_cell(out, op_table[op].effect);
		text_puts(out, " |\n");
	}
}

static void put_flags(struct text *out)
{
	put_head(out, "Flags",
		 "What a scheduler under test may or may not be asked to do: every file knows "
		 "these, "
		 "and declares its own with `flag NAME`. A scenario `requires` or `excludes` them.",
		 "flag | needs | what it says");
	for (enum flag flag = 0; flag < FLAG_COUNT; flag++) {
		const struct flag_info *info = &flag_table[flag];
		text_printf(out, "| `%s` | %s | ", info->name, info->needs);
		put_cell(out, info->doc);
		text_puts(out, " |\n");
	}
}

bool pages_print(struct text *out, const char *page)
{
	static void (*const printers[])(struct text *) = {
		put_types,   put_words,       put_work, put_knobs, put_settings,
		put_metrics, put_diagnostics, put_ops,  put_flags};
	text_puts(out, "<!-- Printed from the tables by `ktstrc docs`; not to be edited. -->\n");
	for (int i = 0; pages[i]; i++) {
		if (strcmp(pages[i], page) == 0) {
			printers[i](out);
			return true;
		}
	}
	return false;
}
