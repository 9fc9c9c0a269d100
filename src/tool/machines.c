#include "tool/machines.h"

#include "host/host.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

/* One scenario does not go through on one machine. */
struct finding {
	size_t scenario;
	struct span span;
	enum status status;
	bool limit; /* of planning, not of the machine */
	const char *machine;
	char *message;
	bool told;
};

struct findings {
	VECTOR(struct finding) all;
};

static void widen(struct machine_range *range, int64_t count, bool first)
{
	if (first || count < range->least)
		range->least = count;
	if (first || count > range->most)
		range->most = count;
}

bool machines_add(struct machines *machines, const char *name, struct error *error)
{
	struct machine machine = {.name = name};
	const struct topology *topology = &machine.topology;
	bool first = machines->all.length == 0;
	if (!topology_read_text(&machine.topology, name, error))
		return false;
	widen(&machines->range.cpus, topology->cpu_count, first);
	widen(&machines->range.usable, cpuset_count(&topology->usable), first);
	widen(&machines->range.cores, topology->core_count, first);
	widen(&machines->range.llcs, topology->llc_count, first);
	widen(&machines->range.nodes, topology->node_count, first);
	widen(&machines->range.smt, topology->smt, first);
	VECTOR_PUSH(&machines->all, machine);
	return true;
}

void machines_add_presets(struct machines *machines)
{
	const char *name, *label;
	struct error error;
	for (int i = 0; topology_preset(i, &name, &label); i++)
		machines_add(machines, name, &error);
}

void machines_free(struct machines *machines)
{
	for (size_t i = 0; i < machines->all.length; i++)
		topology_free(&machines->all.data[i].topology);
	VECTOR_FREE(&machines->all);
}

static void keep(struct findings *findings, size_t scenario, const struct machine *machine,
		 const struct result *result)
{
	for (size_t i = 0; i < result->reasons.length; i++) {
		const struct reason *reason = &result->reasons.data[i];
		struct finding finding = {.scenario = scenario,
					  .span = reason->span,
					  .status = reason->status,
					  .limit = strcmp(reason->check, "limit") == 0,
					  .machine = machine->name};
		size_t length = strlen(reason->message) + 1;
		finding.message = memory_resize(NULL, length);
		memcpy(finding.message, reason->message, length);
		VECTOR_PUSH(&findings->all, finding);
	}
}

static void plan(struct findings *findings, const struct machine *machine,
		 const struct program *program)
{
	/* Some seconds for all presets; a scenario that turns more often is not planned to its
	 * end. */
	enum { TURNS_MAX = 20 * 1000 * 1000 };
	const struct run_options options = {.duration_ns = -1,
					    .settle_ns = -1,
					    .workers = -1,
					    .timeout_ns = -1,
					    .turns = TURNS_MAX};
	for (size_t i = 0; i < program->scenarios.length; i++) {
		struct topology topology;
		struct result result;
		topology_copy(&topology, &machine->topology);
		struct host *host = host_plan_open(&topology);
		run_scenario(program, i, host, &options, &result);
		host_close(host);
		keep(findings, i, machine, &result);
		result_free(&result);
	}
}

static bool is_same_line(const struct finding *a, const struct finding *b)
{
	return a->status == b->status && a->limit == b->limit && span_equal(a->span, b->span);
}

/* The machines of one reason, or of all at that line: "1n1l2c1t, tiny-1llc". */
static void put_machines(const struct findings *findings, const struct finding *finding,
			 bool one_reason, struct text *out)
{
	const char *last = NULL; /* findings come machine by machine */
	for (size_t i = 0; i < findings->all.length; i++) {
		const struct finding *other = &findings->all.data[i];
		if (!is_same_line(finding, other) || other->machine == last ||
		    (one_reason && strcmp(finding->message, other->message) != 0))
			continue;
		text_printf(out, "%s%s", last ? ", " : "", other->machine);
		last = other->machine;
	}
}

/* The scenarios that meet it: more than one where the line is in a proc. */
static void put_scenarios(const struct findings *findings, const struct finding *finding,
			  const struct program *program, struct text *out)
{
	const char *separator = "";
	for (size_t i = 0; i < program->scenarios.length; i++) {
		bool met = false;
		for (size_t j = 0; j < findings->all.length && !met; j++)
			met = findings->all.data[j].scenario == i &&
			      is_same_line(finding, &findings->all.data[j]);
		if (met)
			text_printf(out, "%s'%s'", separator, program->scenarios.data[i].name);
		separator = out->length ? ", " : "";
	}
}

static bool has_other_reason(const struct findings *findings, const struct finding *finding)
{
	for (size_t i = 0; i < findings->all.length; i++) {
		const struct finding *other = &findings->all.data[i];
		if (is_same_line(finding, other) && strcmp(finding->message, other->message) != 0)
			return true;
	}
	return false;
}

/* A note for each reason, with its machines. */
static void note_reasons(struct findings *findings, const struct finding *finding,
			 struct diag_list *diags)
{
	for (size_t i = 0; i < findings->all.length; i++) {
		struct finding *other = &findings->all.data[i];
		if (!is_same_line(finding, other) || other->told)
			continue;
		struct text names = {0};
		put_machines(findings, other, true, &names);
		diag_note(diags, "%s: %s", text_string(&names), other->message);
		text_free(&names);
		for (size_t j = i; j < findings->all.length; j++) {
			struct finding *same = &findings->all.data[j];
			same->told |= is_same_line(other, same) &&
				      strcmp(other->message, same->message) == 0;
		}
	}
}

static void report(struct findings *findings, struct finding *finding,
		   const struct program *program, struct diag_list *diags)
{
	struct text names = {0}, scenarios = {0};
	enum diag_code code = finding->limit                   ? DIAG_NOT_PLANNED
			      : finding->status == STATUS_SKIP ? DIAG_SKIPS_ON
							       : DIAG_BREAKS_ON;
	const char *what = finding->limit                   ? "is not planned to its end"
			   : finding->status == STATUS_SKIP ? "is skipped"
			   : finding->status == STATUS_FAIL ? "fails"
							    : "breaks";
	bool several = has_other_reason(findings, finding);
	put_machines(findings, finding, false, &names);
	put_scenarios(findings, finding, program, &scenarios);
	diag_report(diags, code, finding->span, "%s %s on %s%s%s", text_string(&scenarios), what,
		    text_string(&names), several ? "" : ": ", several ? "" : finding->message);
	text_free(&names);
	text_free(&scenarios);
	if (several)
		note_reasons(findings, finding, diags);
	for (size_t i = 0; i < findings->all.length; i++)
		findings->all.data[i].told |= is_same_line(finding, &findings->all.data[i]);
}

void machines_check(const struct machines *machines, struct compilation *compilation)
{
	const struct program *program = &compilation->program;
	struct findings findings = {0};
	for (size_t i = 0; i < machines->all.length; i++)
		plan(&findings, &machines->all.data[i], program);
	for (size_t i = 0; i < findings.all.length; i++) {
		struct finding *finding = &findings.all.data[i];
		if (!finding->told)
			report(&findings, finding, program, &compilation->diags);
	}
	for (size_t i = 0; i < findings.all.length; i++)
		free(findings.all.data[i].message);
	VECTOR_FREE(&findings.all);
	diag_sort(&compilation->diags);
}
