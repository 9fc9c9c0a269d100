#include "sema/foreign.h"

#include "sema/flags.h"

#include <assert.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

/* Of one payload. */
enum { METRICS_MAX = 64 };

const struct flag_info flag_table[FLAG_COUNT] = {
#define FLAG(name, needs, doc) [FLAG_##name] = {#name, needs, doc},
#include "sema/flags.def"
#undef FLAG
};

const struct setting_info payload_settings[PAYLOAD_SETTINGS] = {
	[PAYLOAD_EXEC] = {"exec", TYPE_STRING, "the program: a path, or a name found in PATH"},
	[PAYLOAD_ARGS] = {"args", TYPE_ERROR, "its arguments, a list of strings"},
	[PAYLOAD_TIMEOUT] = {"timeout", TYPE_DURATION,
			     "how long `wait` waits before it is killed and has failed; 60s"},
	[PAYLOAD_OUTPUT] = {"output", TYPE_STRING,
			    "what its metrics are read from: \"json\", \"text\", or \"none\""},
};

const struct setting_info scheduler_settings[SCHEDULER_SETTINGS] = {
	[SCHEDULER_EXEC] = {"exec", TYPE_STRING, "the program: a path, or a name found in PATH"},
	[SCHEDULER_ARGS] = {"args", TYPE_ERROR, "its arguments, a list of strings"},
	[SCHEDULER_ATTACH_TIMEOUT] = {"attach_timeout", TYPE_DURATION,
				      "how long it may take to attach; 10s"},
};

/* The number of a flag, -1 where there is none of this name. */
static int find_flag(const struct checker *check, name_id name)
{
	for (size_t i = 0; i < check->flags.length; i++) {
		if (check->flags.data[i].name == name)
			return (int)i;
	}
	return -1;
}

static uint64_t known_flag(struct checker *check, const struct item *item)
{
	int flag = find_flag(check, item->name);
	if (flag >= 0) {
		check->flags.data[flag].used = true;
		return UINT64_C(1) << flag;
	}
	const char *name = checker_text(check, item->name);
	struct text_nearest nearest;
	text_nearest_start(&nearest, name);
	for (size_t i = 0; i < check->flags.length; i++)
		text_nearest_offer(&nearest, checker_text(check, check->flags.data[i].name));
	if (tree_is_suspect(check->tree, item->name))
		return 0;
	diag_report(check->diags, DIAG_UNKNOWN_FLAG, item->name_span,
		    nearest.best ? "there is no flag '%s'; did you mean '%s'?"
				 : "there is no flag '%s'",
		    name, nearest.best);
	if (!nearest.best)
		diag_note(check->diags, "a flag is declared with `flag %s` at the top of the file",
			  name);
	return 0;
}

static uint64_t known_flags(struct checker *check, const struct item *list)
{
	uint64_t mask = 0;
	for (const struct item *item = list; item; item = item->next) {
		uint64_t bit = known_flag(check, item);
		if (bit & mask)
			diag_report(check->diags, DIAG_DUPLICATE_NAME, item->name_span,
				    "'%s' is in this list already",
				    checker_text(check, item->name));
		mask |= bit;
	}
	return mask;
}

static void add_flag(struct checker *check, name_id name, struct span span, uint64_t needs)
{
	VECTOR_PUSH(&check->flags,
		    (struct declared_flag){.name = name, .span = span, .needs = needs});
}

static void declare_flag(struct checker *check, struct stmt *stmt)
{
	const char *name = checker_text(check, stmt->name);
	int before = find_flag(check, stmt->name);
	if (before >= 0) {
		diag_report(check->diags, DIAG_DUPLICATE_NAME, stmt->name_span,
			    before < FLAG_COUNT ? "the flag '%s' is there in every file"
						: "the flag '%s' is declared already",
			    name);
		if (before >= FLAG_COUNT)
			diag_label(check->diags, check->flags.data[before].span, "declared here");
		return;
	}
	if (check->flags.length == FLAGS_MAX) {
		diag_report(check->diags, DIAG_MANY_DECLARATIONS, stmt->name_span,
			    "there are more than %d flags", FLAGS_MAX);
		return;
	}
	/* What it needs is declared before it, so that no two need each other. */
	stmt->flags.mask = known_flags(check, stmt->flags.list);
	add_flag(check, stmt->name, stmt->name_span, stmt->flags.mask);
	if (stmt->flags.doc && stmt->flags.doc->kind != EXPR_STRING)
		expr_want(check, stmt->flags.doc, TYPE_STRING, "the text");
}

static void declare_built_in_flags(struct checker *check)
{
	struct map *names = check->tree->names;
	for (enum flag flag = 0; flag < FLAG_COUNT; flag++) {
		const struct flag_info *info = &flag_table[flag];
		int needs = find_flag(check, map_find(names, info->needs, strlen(info->needs)));
		add_flag(check, map_intern(names, info->name, strlen(info->name)), SPAN_NONE,
			 needs >= 0 ? UINT64_C(1) << needs : 0);
	}
}

/* What a C function can be given. */
static bool is_plain(enum type type)
{
	return type_is_numeric(type) || type == TYPE_BOOL;
}

static bool fits_hook(enum type type)
{
	return is_plain(type) || type == TYPE_STRING || type == TYPE_CPUSET;
}

static void declare_extern(struct checker *check, struct stmt *stmt)
{
	bool work = stmt->routine.work;
	struct symbol *symbol = scope_declare(check, work ? SYMBOL_WORK : SYMBOL_HOOK, stmt->name,
					      stmt->name_span, stmt);
	symbol->global = true;
	symbol->type = TYPE_ERROR;
	stmt->routine.symbol = symbol;
	routine_declare_types(check, stmt, work ? WORK_PARAMS_MAX : ROUTINE_PARAMS_MAX);
	for (struct parameter *param = stmt->routine.params; param; param = param->next) {
		enum type type = param->symbol->type;
		if (type == TYPE_ERROR || (work ? is_plain(type) : fits_hook(type)) ||
		    (!work && type == TYPE_CGROUP))
			continue;
		diag_report(
			check->diags, DIAG_TYPE_MISMATCH, param->type_span,
			work ? "a worker's body takes numbers, times, sizes, shares and bools, "
			       "not %s"
			     : "a hook takes numbers, times, sizes, shares, bools, strings, CPU "
			       "sets and cgroups, not %s",
			type_phrase(type));
	}
	if (!stmt->routine.type_name)
		return;
	enum type result =
		routine_named_type(check, stmt->routine.type_name, stmt->routine.type_span);
	if (work)
		diag_report(check->diags, DIAG_SYNTAX, stmt->routine.type_span,
			    "a worker's body gives no value");
	else if (result != TYPE_ERROR && !fits_hook(result))
		diag_report(check->diags, DIAG_TYPE_MISMATCH, stmt->routine.type_span,
			    "a hook cannot give %s", type_phrase(result));
	else
		symbol->type = result;
}

static void declare_program(struct checker *check, struct stmt *stmt)
{
	enum symbol_kind kind = stmt->kind == STMT_PAYLOAD ? SYMBOL_PAYLOAD : SYMBOL_SCHEDULER;
	stmt->body.symbol = scope_declare(check, kind, stmt->name, stmt->name_span, stmt);
	stmt->body.symbol->global = true;
	stmt->body.symbol->type = TYPE_ERROR;
}

void foreign_declare_all(struct checker *check, struct stmt *first)
{
	declare_built_in_flags(check);
	for (struct stmt *stmt = first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_FLAG)
			declare_flag(check, stmt);
		else if (stmt->kind == STMT_EXTERN)
			declare_extern(check, stmt);
		else if (stmt->kind == STMT_PAYLOAD || stmt->kind == STMT_SCHEDULER)
			declare_program(check, stmt);
	}
}

void foreign_check_extern(struct checker *check, struct stmt *stmt)
{
	if (!stmt->routine.symbol)
		return; /* in a broken block, where nothing calls it */
	for (struct parameter *param = stmt->routine.params; param; param = param->next) {
		enum type type = param->symbol->type;
		if (param->initial && type == TYPE_CGROUP)
			expr_become_group(check, param->initial);
		if (param->initial && type != TYPE_ERROR)
			expr_want(check, param->initial, type, "the default of this parameter");
		/* Their names mean something in calls only. */
		for (struct parameter *before = stmt->routine.params; before != param;
		     before = before->next) {
			if (before->name == param->name)
				diag_report(check->diags, DIAG_DUPLICATE_NAME, param->span,
					    "'%s' is declared already",
					    checker_text(check, param->name));
		}
	}
}

static void check_list(struct checker *check, struct expr *value, const char *what)
{
	if (value->kind != EXPR_LIST) {
		diag_report(check->diags, DIAG_TYPE_MISMATCH, value->span,
			    "`%s` is a list of strings: [\"--fast\", \"4\"]", what);
		return;
	}
	int count = 0;
	for (struct item *item = value->items; item; item = item->next) {
		expr_want(check, item->value, TYPE_STRING, "an argument");
		if (item->name)
			diag_report(check->diags, DIAG_SYNTAX, item->name_span,
				    "what stands in a list has no name");
		if (++count == ARGUMENTS_MAX + 1)
			diag_report(check->diags, DIAG_MANY_DECLARATIONS, item->value->span,
				    "a program is given at most %d arguments", ARGUMENTS_MAX);
	}
}

/* "json", "text" or "none"; what it is not is reported. */
static void check_output(struct checker *check, const struct expr *value)
{
	const char *word = value->kind == EXPR_STRING ? checker_text(check, value->name) : "";
	if (strcmp(word, "json") != 0 && strcmp(word, "text") != 0 && strcmp(word, "none") != 0)
		diag_report(check->diags, DIAG_OUT_OF_RANGE, value->span,
			    "`output` is \"json\", \"text\" or \"none\"");
}

struct setting_table {
	const struct setting_info *settings;
	int count;
	const char *of;
};

static struct setting_table table_of(const struct stmt *stmt)
{
	if (stmt->kind == STMT_PAYLOAD)
		return (struct setting_table){payload_settings, PAYLOAD_SETTINGS, "a payload"};
	if (stmt->kind == STMT_SCHEDULER)
		return (struct setting_table){scheduler_settings, SCHEDULER_SETTINGS,
					      "a scheduler"};
	return (struct setting_table){&scheduler_settings[SCHEDULER_ARGS], 1, "a scheduler's flag"};
}

static void check_setting(struct checker *check, const struct setting_table *table,
			  struct stmt *setting, const struct stmt **seen)
{
	struct expr *value = setting->simple.value;
	int index = settings_find(check, table->settings, table->count, table->of, setting, seen);
	if (index < 0)
		return;
	const struct setting_info *info = &table->settings[index];
	char what[64];
	snprintf(what, sizeof(what), "`%s`", info->name);
	if (info->type == TYPE_ERROR)
		check_list(check, value, info->name);
	else if (expr_want(check, value, info->type, what) && info->type == TYPE_DURATION)
		settings_check_least(check, value, 1, what);
	else if (strcmp(info->name, "output") == 0)
		check_output(check, value);
}

const struct expr *foreign_setting(const struct checker *check, const struct stmt *stmt,
				   const char *name)
{
	for (const struct stmt *set = stmt->body.block.first; set; set = set->next) {
		if (set->kind == STMT_SETTING && strcmp(checker_text(check, set->name), name) == 0)
			return set->simple.value;
	}
	return NULL;
}

static void check_pattern(struct checker *check, const struct expr *value)
{
	regex_t regex;
	const char *pattern = checker_text(check, value->name);
	int code = regcomp(&regex, pattern, REG_EXTENDED);
	if (code) {
		char reason[128];
		regerror(code, &regex, reason, sizeof(reason));
		diag_report(check->diags, DIAG_BAD_PATTERN, value->span,
			    "this is no extended regular expression: %s", reason);
		return;
	}
	if (regex.re_nsub < 1)
		diag_report(check->diags, DIAG_BAD_PATTERN, value->span,
			    "a part in parentheses has to say where the number stands");
	regfree(&regex);
}

static void check_metric(struct checker *check, const struct stmt *payload, struct stmt *metric)
{
	struct expr *value = metric->simple.value;
	const char *name = checker_text(check, metric->name);
	const struct expr *word = foreign_setting(check, payload, "output");
	bool text = word && word->kind == EXPR_STRING &&
		    strcmp(checker_text(check, word->name), "text") == 0;
	bool json = word && word->kind == EXPR_STRING &&
		    strcmp(checker_text(check, word->name), "json") == 0;
	if (strcmp(name, "exit_code") == 0)
		diag_report(check->diags, DIAG_RESERVED_NAME, metric->name_span,
			    "every payload has the metric 'exit_code'");
	int count = 1;
	for (const struct stmt *before = payload->body.block.first; before != metric;
	     before = before->next) {
		assert(before); /* the metric is one of them */
		if (before->kind == STMT_METRIC && ++count == METRICS_MAX + 1)
			diag_report(check->diags, DIAG_MANY_DECLARATIONS, metric->name_span,
				    "a payload has at most %d metrics", METRICS_MAX);
		if (before->kind != STMT_METRIC || before->name != metric->name)
			continue;
		diag_report(check->diags, DIAG_DUPLICATE_NAME, metric->name_span,
			    "the metric '%s' is declared already", name);
		diag_label(check->diags, before->name_span, "declared here");
		break;
	}
	if (value->kind != EXPR_STRING) {
		diag_report(check->diags, DIAG_TYPE_MISMATCH, value->span,
			    "a metric is found by a plain string: the path of a number in JSON "
			    "output, or a regular expression for text");
	} else if (!text && !json) {
		diag_report(check->diags, DIAG_MISSING_SETTING, metric->span,
			    "where does this metric come from? Add `output = \"json\"` or "
			    "`output = \"text\"`");
	} else if (text) {
		check_pattern(check, value);
	} else if (!*checker_text(check, value->name)) {
		diag_report(check->diags, DIAG_BAD_PATTERN, value->span,
			    "the path of a number is like \"jobs.0.read.iops\"");
	}
}

/* The number of a payload's metric: exit_code first, then as declared; -1 for none. */
static int find_metric(const struct checker *check, const struct stmt *payload, name_id name)
{
	int number = 0;
	if (strcmp(checker_text(check, name), "exit_code") == 0)
		return 0;
	for (const struct stmt *stmt = payload->body.block.first; stmt; stmt = stmt->next) {
		if (stmt->kind != STMT_METRIC)
			continue;
		number++;
		if (stmt->name == name)
			return number;
	}
	return -1;
}

static void unknown_metric(struct checker *check, const struct stmt *payload,
			   const struct limit *limit)
{
	struct text_nearest nearest;
	const char *name = checker_text(check, limit->metric);
	text_nearest_start(&nearest, name);
	text_nearest_offer(&nearest, "exit_code");
	for (const struct stmt *stmt = payload->body.block.first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_METRIC)
			text_nearest_offer(&nearest, checker_text(check, stmt->name));
	}
	diag_report(check->diags, DIAG_UNKNOWN_METRIC, limit->name_span,
		    nearest.best ? "this payload has no metric '%s'; did you mean '%s'?"
				 : "this payload has no metric '%s'",
		    name, nearest.best);
	if (!nearest.best)
		diag_note(check->diags, "declare it with `metric %s = \"…\"`", name);
}

static void check_payload_limits(struct checker *check, const struct stmt *payload,
				 struct stmt *stmt)
{
	if (stmt->limits.ref)
		diag_report(check->diags, DIAG_SYNTAX, stmt->limits.ref->span,
			    "a payload's limits are about the payload itself: `expect { … }`");
	for (struct limit *limit = stmt->limits.first; limit; limit = limit->next) {
		int metric = find_metric(check, payload, limit->metric);
		if (metric < 0)
			unknown_metric(check, payload, limit);
		limit->metric_id = metric < 0 ? 0 : (uint8_t)metric;
		if (limit->sustained)
			diag_report(check->diags, DIAG_SYNTAX, limit->sustained->span,
				    "a payload's metric is one figure per run");
		if (limit->off && metric > 0)
			diag_report(check->diags, DIAG_SYNTAX, limit->span,
				    "only `exit_code` is judged unless told; leave this line out");
		if (!limit->value)
			continue;
		enum type type = expr_check(check, limit->value);
		if (type != TYPE_ERROR && type != TYPE_INT && type != TYPE_FLOAT)
			diag_report(check->diags, DIAG_TYPE_MISMATCH, limit->value->span,
				    "a payload's metric is a plain number, not %s",
				    type_phrase(type));
	}
}

static void check_flag_args(struct checker *check, struct stmt *stmt)
{
	const struct item item = {.name = stmt->name, .name_span = stmt->name_span};
	const struct setting_table table = table_of(stmt);
	const struct stmt *seen[1] = {0};
	stmt->body.first = NULL;
	known_flag(check, &item);
	for (struct stmt *set = stmt->body.block.first; set; set = set->next) {
		if (set->kind == STMT_SETTING)
			check_setting(check, &table, set, seen);
		else
			diag_report(check->diags, DIAG_MISPLACED, set->span,
				    "a scheduler's flag has `args` and nothing else");
	}
}

static void check_member(struct checker *check, struct stmt *program, struct stmt *stmt)
{
	bool payload = program->kind == STMT_PAYLOAD;
	if (stmt->kind == STMT_METRIC && payload)
		check_metric(check, program, stmt);
	else if (stmt->kind == STMT_LIMITS && payload)
		check_payload_limits(check, program, stmt);
	else if (stmt->kind == STMT_LIMITS)
		limits_check(check, stmt);
	else if (stmt->kind == STMT_FLAG_ARGS && !payload)
		check_flag_args(check, stmt);
	else if (stmt->kind != STMT_ERROR)
		diag_report(check->diags, DIAG_MISPLACED, stmt->span,
			    payload ? "a payload holds settings, metrics and `expect { }`"
				    : "a scheduler holds settings, flags and `expect { }`");
}

void foreign_check_program(struct checker *check, struct stmt *stmt)
{
	struct symbol *symbol = stmt->body.symbol;
	const struct setting_table table = table_of(stmt);
	const struct stmt *seen[PAYLOAD_SETTINGS] = {0};
	if (!symbol)
		return; /* in a broken block */
	check->uses = &symbol->uses;
	check->stamp++;
	check->in_global = true;
	for (struct stmt *item = stmt->body.block.first; item; item = item->next) {
		if (item->kind == STMT_SETTING)
			check_setting(check, &table, item, seen);
		else
			check_member(check, stmt, item);
	}
	if (!foreign_setting(check, stmt, "exec"))
		diag_report(check->diags, DIAG_MISSING_SETTING, stmt->name_span,
			    "%s needs `exec = \"…\"`, the program to start", table.of);
	check->in_global = false;
	check->uses = NULL;
}

/* With all that these flags need. */
static uint64_t closure(const struct checker *check, uint64_t mask)
{
	/* What a flag needs has a lower number. */
	for (size_t i = check->flags.length; i-- > 0;) {
		if (mask >> i & 1)
			mask |= check->flags.data[i].needs;
	}
	return mask;
}

void foreign_check_flags(struct checker *check, struct stmt *stmt)
{
	uint64_t mask = known_flags(check, stmt->flags.list);
	stmt->flags.mask = stmt->kind == STMT_REQUIRES ? closure(check, mask) : mask;
}

void foreign_check_contradictions(struct checker *check, const struct stmt *scenario)
{
	uint64_t wanted = 0;
	for (const struct stmt *stmt = scenario->body.block.first; stmt; stmt = stmt->next) {
		if (stmt->kind == STMT_REQUIRES)
			wanted |= stmt->flags.mask;
	}
	for (const struct stmt *stmt = scenario->body.block.first; stmt; stmt = stmt->next) {
		if (stmt->kind != STMT_EXCLUDES || !(stmt->flags.mask & wanted))
			continue;
		for (const struct item *item = stmt->flags.list; item; item = item->next) {
			int flag = find_flag(check, item->name);
			if (flag >= 0 && wanted >> flag & 1)
				diag_report(check->diags, DIAG_CONTRADICTING_FLAGS, item->name_span,
					    "the flag '%s' is required, too: this scenario could "
					    "never run",
					    checker_text(check, item->name));
		}
	}
}

void foreign_check_scheduler_setting(struct checker *check, struct expr *value)
{
	struct symbol *symbol = value->kind == EXPR_NAME ? scope_find(check, value->name) : NULL;
	if (symbol && symbol->kind == SYMBOL_SCHEDULER) {
		symbol->used = true;
		value->symbol = symbol;
		expr_note_use(check, symbol);
		return;
	}
	if (value->kind == EXPR_NAME && tree_is_suspect(check->tree, value->name))
		return;
	struct text_nearest nearest;
	text_nearest_start(&nearest,
			   value->kind == EXPR_NAME ? checker_text(check, value->name) : "");
	for (size_t i = 0; i < check->declared.length; i++) {
		if (check->declared.data[i]->kind == SYMBOL_SCHEDULER)
			text_nearest_offer(&nearest,
					   checker_text(check, check->declared.data[i]->name));
	}
	diag_report(check->diags, DIAG_UNKNOWN_NAME, value->span,
		    nearest.best ? "`scheduler` names a declared scheduler; did you mean '%s'?"
				 : "`scheduler` names a scheduler that the file declares: "
				   "`scheduler NAME { … }`",
		    nearest.best);
}

/* The symbol of this kind, or NULL, which is reported as there being no such `what`. */
static struct symbol *find_foreign(struct checker *check, name_id name, struct span span,
				   enum symbol_kind kind, const char *what)
{
	struct symbol *symbol = scope_find(check, name);
	if (symbol && symbol->kind == kind)
		return symbol;
	struct text_nearest nearest;
	text_nearest_start(&nearest, checker_text(check, name));
	for (size_t i = 0; i < check->declared.length; i++) {
		if (check->declared.data[i]->kind == kind)
			text_nearest_offer(&nearest,
					   checker_text(check, check->declared.data[i]->name));
	}
	if (!tree_is_suspect(check->tree, name))
		diag_report(check->diags, DIAG_UNKNOWN_NAME, span,
			    nearest.best ? "there is no %s '%s'; did you mean '%s'?"
					 : "there is no %s '%s'",
			    what, checker_text(check, name), nearest.best);
	return NULL;
}

enum type foreign_check_custom(struct checker *check, struct expr *expr, bool statement)
{
	struct symbol *hook = find_foreign(check, expr->name, expr->span, SYMBOL_HOOK, "hook");
	const char *name = checker_text(check, expr->name);
	if (!hook) {
		for (struct item *item = expr->items; item; item = item->next)
			expr_check(check, item->value);
		expr->type = TYPE_ERROR;
		return TYPE_ERROR;
	}
	enum type type = call_check_routine(check, expr, hook);
	bool fine = type != TYPE_ERROR || expr->routine == hook;
	if (fine && (check->in_global || (check->routine && check->routine->kind == SYMBOL_FN))) {
		diag_report(check->diags, DIAG_MISPLACED, expr->span,
			    "a hook is called while a scenario runs, not in a %s",
			    check->in_global ? "value of the whole file" : "fn, which is pure");
	} else if (fine && !statement && type == TYPE_ERROR) {
		diag_report(check->diags, DIAG_WRONG_CALL, expr->span,
			    "the hook '%s' gives no value: call it on a line of its own", name);
		diag_label(check->diags, hook->span, "declared here, without `-> type`");
	}
	return type;
}

enum type foreign_check_work(struct checker *check, struct expr *expr, struct symbol *symbol)
{
	if (expr->kind == EXPR_NAME) {
		expr->kind = EXPR_CALL;
		expr->items = NULL;
		expr->routine = NULL;
	}
	call_check_routine(check, expr, symbol);
	expr->type = expr->routine == symbol ? TYPE_WORK : TYPE_ERROR;
	return expr->type;
}

void foreign_check_run(struct checker *check, struct stmt *stmt)
{
	struct symbol *payload =
		find_foreign(check, stmt->name, stmt->name_span, SYMBOL_PAYLOAD, "payload");
	if (stmt->group.ref)
		expr_check_ref(check, stmt->group.ref);
	if (payload) {
		payload->used = true;
		expr_note_use(check, payload);
	}
	stmt->group.symbol = payload;
	if (!stmt->group.other_name)
		return;
	struct symbol *run = scope_declare(check, SYMBOL_RUN, stmt->group.other_name,
					   stmt->group.other_span, stmt);
	run->type = TYPE_ERROR;
	run->payload = payload;
	stmt->group.symbol = run;
}

void foreign_check_end(struct checker *check, struct stmt *stmt)
{
	if (stmt->kind == STMT_SCHEDULER_OP) {
		if (stmt->simple.value)
			foreign_check_scheduler_setting(check, stmt->simple.value);
		return;
	}
	struct symbol *run = scope_find(check, stmt->name);
	if (!run || run->kind != SYMBOL_RUN)
		run = find_foreign(check, stmt->name, stmt->name_span, SYMBOL_PAYLOAD, "payload");
	if (run)
		run->used = true;
	stmt->simple.symbol = run;
	if (stmt->simple.value && expr_want(check, stmt->simple.value, TYPE_DURATION, "a timeout"))
		settings_check_least(check, stmt->simple.value, 1, "a timeout");
}
