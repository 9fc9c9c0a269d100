/* ktstr exec: compile, open the host, run, report, clean up, and only then obey a signal. */
#include "host/host.h"
#include "report/report.h"
#include "tool/ktstr.h"
#include "tool/progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct session {
	struct ktstr_options options;
	struct ktstr_programs programs;
	struct host *host;
	struct environment environment;
	VECTOR(struct result) results;
	VECTOR(struct source_set *) sources; /* of each result */
	bool output_failed;
	struct progress_line progress;
};

static struct host *open_plan(struct session *session, struct topology *topology)
{
	session->options.run.judge = false;
	return host_plan_open(topology);
}

/* One line: the reason, and the command that would give the right to. */
static void tell_fallback(struct text *why)
{
	char *rest = why->data;
	const char *reason = strsep(&rest, "\n"), *help = strsep(&rest, "\n");
	console_error("ktstr", "affinity masks stand in for cpusets: %s; %s", reason, help);
}

/* The back end that was asked for, or the best there is. */
static struct host *open_host(struct session *session, struct error *error)
{
	struct topology topology;
	struct host_options host_options = {.keep = session->options.keep};
	struct text why = {0};
	struct host *host;
	for (size_t i = 0; i < session->programs.all.length; i++)
		host_options.controllers |= session->programs.all.data[i]->program.knobs;
	if (!topology_read_machine(&topology, error))
		return NULL;
	enum backend backend = session->options.backend;
	if (backend == BACKEND_AUTO) {
		backend = host_cgroup_usable(&why) ? BACKEND_CGROUP : BACKEND_AFFINITY;
		if (backend == BACKEND_AFFINITY)
			tell_fallback(&why);
	}
	text_free(&why);
	if (backend == BACKEND_PLAN)
		host = open_plan(session, &topology);
	else if (backend == BACKEND_CGROUP)
		host = host_cgroup_open(&topology, &host_options, error);
	else
		host = host_affinity_open(&topology, &host_options, error);
	return host;
}

static struct report report_of(struct session *session, struct source_set *sources, int fd)
{
	return (struct report){.sources = sources,
			       .environment = &session->environment,
			       .results = session->results.data,
			       .count = session->results.length,
			       .color = console_use_color(session->options.color, fd),
			       .quiet = session->options.quiet};
}

static void put(struct session *session, struct text *out)
{
	if (!console_write(STDOUT_FILENO, out))
		session->output_failed = true;
	text_clear(out);
}

/* What it takes on paper on this machine, awaits in full; negative if that is not known. */
static int64_t planned_ns(const struct session *session, const struct program *program,
			  size_t index)
{
	enum { TURNS_MAX = 10 * 1000 * 1000 };
	struct topology topology;
	struct result result;
	struct run_options options = session->options.run;
	options.judge = false;
	options.turns = TURNS_MAX;
	options.progress = NULL;
	topology_copy(&topology, &session->host->topology);
	struct host *host = host_plan_open(&topology);
	run_scenario(program, index, host, &options, &result);
	host_close(host);
	int64_t longest_ns;
	bool known = result.status != STATUS_BROKEN &&
		     !__builtin_add_overflow(result.duration_ns, result.awaits_ns, &longest_ns);
	result_free(&result);
	return known ? longest_ns : -1;
}

/* The longest that a scenario can take, negative if that is not known. The bound of the check is
 * not used where it is that of the largest machine, or holds for other params or settings. */
static int64_t longest_of(const struct session *session, const struct program *program,
			  size_t index)
{
	const struct bound *bound = &program->scenarios.data[index].bound;
	int64_t longest_ns = run_bound_ns(program, index, &session->options.run);
	/* What hooks may take, the check does not know. */
	if (longest_ns < 0 || (bound->depends & BOUND_ON_MACHINE) || program->hooks.length)
		longest_ns = planned_ns(session, program, index);
	return longest_ns;
}

/* Longer than anything but a hang: half as long again as the scenario can take, and what a slow
 * machine may need for set-up, clean-up and the turns of loops. */
static int64_t patience(const struct bound *bound, int64_t longest_ns)
{
	const double slack_ns = 30e9, turn_ns = 1e6;
	double patience_ns = (double)longest_ns * 1.5 + bound->turns * turn_ns + slack_ns;
	return longest_ns >= 0 && patience_ns < 9e18 ? (int64_t)patience_ns : 0;
}

static bool run_one(struct session *session, struct compilation *compilation, size_t index)
{
	struct result result;
	struct text out = {0};
	struct run_options options = session->options.run;
	options.longest_ns = longest_of(session, &compilation->program, index);
	options.patience_ns =
		patience(&compilation->program.scenarios.data[index].bound, options.longest_ns);
	run_scenario(&compilation->program, index, session->host, &options, &result);
	VECTOR_PUSH(&session->results, result);
	VECTOR_PUSH(&session->sources, &compilation->sources);
	if (session->options.format == FORMAT_HUMAN) {
		struct report report = report_of(session, &compilation->sources, STDOUT_FILENO);
		report_text_scenario(&report, &result, &out);
		put(session, &out);
	}
	text_free(&out);
	return !result.interrupted;
}

static void run_all(struct session *session)
{
	for (size_t i = 0; i < session->programs.all.length; i++) {
		struct compilation *compilation = session->programs.all.data[i];
		const struct program *program = &compilation->program;
		for (size_t j = 0; j < program->scenarios.length; j++) {
			if (!ktstr_is_selected(&session->options, program->scenarios.data[j].name))
				continue;
			if (!run_one(session, compilation, j))
				return;
		}
	}
}

/* All sources of a run in one set, so that one report can tell places of several files. */
static void merge_sources(struct session *session, struct source_set *merged)
{
	for (size_t i = 0; i < session->programs.all.length; i++) {
		const struct source_set *set = &session->programs.all.data[i]->sources;
		uint32_t base = merged->end;
		for (size_t j = 0; j < set->files.length; j++) {
			const struct source *file = &set->files.data[j];
			source_add(merged, file->name, file->text, file->length);
		}
		for (size_t j = 0; j < session->results.length; j++) {
			if (session->sources.data[j] == set)
				result_shift(&session->results.data[j], base);
		}
	}
}

static void put_report(struct session *session, struct report *report, enum format format,
		       struct text *out)
{
	if (format == FORMAT_JSON) {
		report_json(report, out);
		return;
	}
	for (size_t i = 0; i < session->results.length; i++)
		report_text_scenario(report, &session->results.data[i], out);
	report_text_summary(report, out);
}

static bool write_reports(struct session *session)
{
	struct source_set merged = {0};
	struct text out = {0};
	bool fine = true;
	merge_sources(session, &merged);
	struct report report = report_of(session, &merged, STDOUT_FILENO);
	if (session->options.format == FORMAT_JSON)
		report_json(&report, &out);
	else if (!session->options.quiet || session->results.length != 1)
		report_text_summary(&report, &out);
	put(session, &out);
	report.color = false;
	for (size_t i = 0; i < session->options.reports.length; i++) {
		struct error error;
		text_clear(&out);
		put_report(session, &report, session->options.reports.data[i].format, &out);
		if (!console_write_file(session->options.reports.data[i].path, &out, &error)) {
			console_error("ktstr", "%s", error.message);
			fine = false;
		}
	}
	text_free(&out);
	source_set_free(&merged);
	return fine;
}

static int finish(struct session *session)
{
	struct run_summary summary = {0};
	bool reported = write_reports(session);
	for (size_t i = 0; i < session->results.length; i++)
		summary_add(&summary, &session->results.data[i]);
	if (session->output_failed)
		console_error("ktstr", "cannot write the results: %m");
	/* By default a signal ends the process here, with the status that its sender expects. */
	if (summary.interrupted) {
		signal(summary.interrupted, SIG_DFL);
		raise(summary.interrupted);
	}
	int code = summary_exit_code(&summary);
	bool lost = session->output_failed || !reported;
	return lost && code != 1 ? EXIT_INTERNAL : code;
}

static bool any_selected(const struct session *session)
{
	for (size_t i = 0; i < session->programs.all.length; i++) {
		const struct program *program = &session->programs.all.data[i]->program;
		for (size_t j = 0; j < program->scenarios.length; j++) {
			if (ktstr_is_selected(&session->options, program->scenarios.data[j].name))
				return true;
		}
	}
	return false;
}

static int run_session(struct session *session)
{
	struct error error;
	if (!any_selected(session))
		return finish(session);
	session->host = open_host(session, &error);
	if (!session->host) {
		console_error("ktstr", "%s", error.message);
		return 3;
	}
	environment_read(&session->environment, session->host, session->options.run.seed);
	run_all(session);
	host_close(session->host);
	return finish(session);
}

int exec_main(int count, char **arguments, ktstr_registry_function *linked)
{
	struct session session = {0};
	int code;
	/* A reader that goes away is an error of writing, not the end of a run half cleaned up. */
	signal(SIGPIPE, SIG_IGN);
	if (ktstr_read_options(&session.options, count, arguments, &code)) {
		session.options.run.judge = true;
		session.options.linked = linked;
		session.options.uses_hooks = true;
		if (progress_open(&session.progress, STDERR_FILENO) && !session.options.quiet)
			session.options.run.progress = &session.progress.base;
		if (!ktstr_names_any(&session.options)) {
			console_error("ktstr", "which file? For example: ktstr exec FILE.kts");
			code = EXIT_USAGE;
		} else if (ktstr_compile(&session.programs, &session.options, &code)) {
			code = run_session(&session);
		}
	}
	for (size_t i = 0; i < session.results.length; i++)
		result_free(&session.results.data[i]);
	VECTOR_FREE(&session.results);
	VECTOR_FREE(&session.sources);
	ktstr_free_programs(&session.programs);
	ktstr_free_options(&session.options);
	return code;
}
