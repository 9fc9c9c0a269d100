/* ktstr plan: the same programs on hosts that are only imagined. */
#include "host/host.h"
#include "report/plan_table.h"
#include "report/report.h"
#include "sema/sema.h"
#include "tool/ktstr.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct planning {
	struct ktstr_options options;
	struct ktstr_programs programs;
	struct run_summary summary;
	VECTOR(struct plan_cell) verdicts;
	struct text out;
	struct arena arena; /* of the verdicts, and the profiles' names */
	bool first;         /* of several JSON objects */
};

static const char *keep(struct planning *planning, const char *text)
{
	return arena_copy(&planning->arena, text, strlen(text));
}

static void keep_verdict(struct planning *planning, const struct report *report,
			 const struct result *result)
{
	const char *reason = result->reasons.length ? result->reasons.data[0].message : "";
	VECTOR_PUSH(&planning->verdicts,
		    (struct plan_cell){.scenario = keep(planning, result->name),
				       .category = keep(planning, result->category),
				       .topology = keep(planning, report->environment->topology),
				       .status = result->status,
				       .reason = keep(planning, reason)});
	summary_add(&planning->summary, result);
}

/* Plan the selected scenarios of one program on one host. */
static void plan_program(struct planning *planning, struct compilation *compilation,
			 struct host *host)
{
	const struct program *program = &compilation->program;
	VECTOR(struct result) results = {0};
	struct environment environment = {0};
	bool table = planning->options.topologies.length > 1;
	snprintf(environment.topology, sizeof(environment.topology), "%s", host->topology.name);
	for (size_t i = 0; i < program->scenarios.length; i++) {
		const struct scenario *scenario = &program->scenarios.data[i];
		struct run_options run = planning->options.run;
		struct profile_names profiles = {0};
		if (ktstr_is_selected(&planning->options, scenario))
			ktstr_profiles(&planning->options, program, scenario, &planning->arena,
				       &profiles);
		for (size_t j = 0; j < profiles.all.length; j++) {
			struct result result;
			run.profile = profiles.all.data[j];
			run_scenario(program, i, host, &run, &result);
			VECTOR_PUSH(&results, result);
		}
		VECTOR_FREE(&profiles.all);
	}
	struct report report = {.sources = &compilation->sources,
				.environment = &environment,
				.results = results.data,
				.count = results.length,
				.color = console_use_color(planning->options.color, STDOUT_FILENO),
				.quiet = planning->options.quiet};
	for (size_t i = 0; i < results.length; i++) {
		keep_verdict(planning, &report, &results.data[i]);
		if (planning->options.format == FORMAT_HUMAN && !table)
			report_plan_text(&report, &results.data[i], &planning->out);
	}
	if (planning->options.format == FORMAT_JSON) {
		text_puts(&planning->out, planning->first ? "" : ",\n");
		report_plan_json(&report, &planning->out);
		planning->first = false;
	}
	for (size_t i = 0; i < results.length; i++)
		result_free(&results.data[i]);
	VECTOR_FREE(&results);
}

static bool plan_topology(struct planning *planning, const char *text)
{
	for (size_t i = 0; i < planning->programs.all.length; i++) {
		struct topology topology;
		struct error error;
		if (!(text ? topology_read_text(&topology, text, &error)
			   : topology_read_machine(&topology, &error))) {
			console_error("ktstr", "--topo: %s", error.message);
			return false;
		}
		struct host *host = host_plan_open(&topology);
		plan_program(planning, planning->programs.all.data[i], host);
		host_close(host);
	}
	return true;
}

static void put_table(struct planning *planning)
{
	size_t scenario = 8, topology = 8;
	for (size_t i = 0; i < planning->verdicts.length; i++) {
		const struct plan_cell *verdict = &planning->verdicts.data[i];
		size_t name = strlen(verdict->scenario), machine = strlen(verdict->topology);
		scenario = name > scenario ? name : scenario;
		topology = machine > topology ? machine : topology;
	}
	for (size_t i = 0; i < planning->verdicts.length; i++) {
		const struct plan_cell *verdict = &planning->verdicts.data[i];
		text_printf(&planning->out, "%-*s  %-*s  %-6s %s", (int)scenario, verdict->scenario,
			    (int)topology, verdict->topology,
			    verdict->status == STATUS_PASS ? "runs" : status_name(verdict->status),
			    verdict->reason);
		while (planning->out.data[planning->out.length - 1] == ' ')
			planning->out.data[--planning->out.length] = '\0';
		text_putc(&planning->out, '\n');
	}
}

static bool write_pages(struct planning *planning)
{
	const struct ktstr_options *options = &planning->options;
	static const char *const here[] = {"this machine"};
	size_t count = options->topologies.length;
	const struct plan_table table = {.machines = count ? options->topologies.data : here,
					 .machine_count = count ? count : 1,
					 .cells = planning->verdicts.data,
					 .count = planning->verdicts.length};
	struct text page = {0};
	bool fine = true;
	report_plan_html(&table, &page);
	for (size_t i = 0; i < options->reports.length; i++) {
		struct error error;
		if (console_write_file(options->reports.data[i].path, &page, &error))
			continue;
		console_error("ktstr", "%s", error.message);
		fine = false;
	}
	text_free(&page);
	return fine;
}

/* What a plan can be written as. */
static bool check_formats(const struct ktstr_options *options)
{
	if (options->format > FORMAT_JSON) {
		console_error("ktstr", "a plan comes in the formats human and json, not %s",
			      format_table[options->format].name);
		return false;
	}
	for (size_t i = 0; i < options->reports.length; i++) {
		if (options->reports.data[i].format == FORMAT_HTML)
			continue;
		console_error("ktstr", "--report: of a plan there is a page in html, not in %s",
			      format_table[options->reports.data[i].format].name);
		return false;
	}
	return true;
}

static int plan_all(struct planning *planning)
{
	size_t topologies = planning->options.topologies.length;
	bool several = topologies > 1 || planning->programs.all.length > 1;
	bool array = planning->options.format == FORMAT_JSON && several;
	bool fine = true;
	planning->first = true;
	text_puts(&planning->out, array ? "[\n" : "");
	if (!topologies)
		fine = plan_topology(planning, NULL);
	for (size_t i = 0; i < topologies && fine; i++)
		fine = plan_topology(planning, planning->options.topologies.data[i]);
	if (!fine)
		return EXIT_USAGE;
	text_puts(&planning->out, array ? "]\n" : "");
	if (planning->options.format == FORMAT_HUMAN && topologies > 1)
		put_table(planning);
	int code = summary_exit_code(&planning->summary);
	if (code == 5)
		console_error("ktstr", "no scenario was selected");
	if (!text_write(&planning->out, STDOUT_FILENO)) {
		console_error("ktstr", "cannot write the plan: %m");
		return EXIT_INTERNAL;
	}
	return !planning->options.reports.length || write_pages(planning) ? code : EXIT_INTERNAL;
}

int plan_main(int count, char **arguments, ktstr_registry_function *linked)
{
	struct planning planning = {0};
	int code;
	if (ktstr_read_options(&planning.options, count, arguments, &code)) {
		planning.options.run.trace = true;
		planning.options.run.turns = SEMA_TURNS_MAX;
		planning.options.linked = linked;
		if (!check_formats(&planning.options)) {
			code = EXIT_USAGE;
		} else if (!ktstr_names_any(&planning.options)) {
			console_error("ktstr", "which file? For example: ktstr plan FILE.kts");
			code = EXIT_USAGE;
		} else if (ktstr_compile(&planning.programs, &planning.options, &code)) {
			code = plan_all(&planning);
		}
	}
	text_free(&planning.out);
	VECTOR_FREE(&planning.verdicts);
	arena_free(&planning.arena);
	ktstr_free_programs(&planning.programs);
	ktstr_free_options(&planning.options);
	return code;
}
