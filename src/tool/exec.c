/* ktstr exec: compile, open the host, run, report, clean up, and only then obey a signal. */
#include "host/host.h"
#include "report/report.h"
#include "sema/defaults.h"
#include "tool/progress.h"
#include "tool/session.h"
#include "vm/guest.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	/* What a hook computes in this process must not displace the workers. */
	struct host_options host_options = {.keep = session->options.keep,
					    .plain_rank = session->options.hooks_in_process};
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
	const struct ktstr_options *options = &session->options;
	struct report report = {.sources = sources,
				.environment = &session->environment,
				.environment_count = 1,
				.results = session->results.data,
				.count = session->results.length,
				.planned = session->schedule.items.length,
				.shard = options->shard,
				.workspace = getenv("GITHUB_WORKSPACE"),
				.color = console_use_color(options->color, fd),
				.quiet = options->quiet,
				.verbose = options->verbose};
	report.shard.total = (uint32_t)(session->schedule.selected * (size_t)options->repeat);
	return report;
}

static void put(struct session *session, struct text *out)
{
	if (session->capture)
		text_puts(session->capture, text_string(out));
	else if (!text_write(out, STDOUT_FILENO))
		session->output_failed = errno ? errno : EIO;
	text_clear(out);
}

/* What it takes on paper on this machine, awaits in full; negative if that is not known. */
static int64_t planned_ns(const struct run_options *given, const struct topology *machine,
			  const struct program *program, size_t index)
{
	enum { TURNS_MAX = 10 * 1000 * 1000 };
	struct topology topology;
	struct result result;
	struct run_options options = *given;
	options.judge = false;
	options.turns = TURNS_MAX;
	options.progress = NULL;
	topology_copy(&topology, machine);
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
static int64_t longest_of(const struct run_options *options, const struct topology *topology,
			  const struct program *program, size_t index)
{
	const struct bound *bound = &program->scenarios.data[index].bound;
	int64_t longest_ns = run_bound_ns(program, index, options);
	/* What hooks may take, the check does not know. */
	if (longest_ns < 0 || (bound->depends & (BOUND_ON_MACHINE | BOUND_ON_HOOKS)))
		longest_ns = planned_ns(options, topology, program, index);
	if (longest_ns >= 0 && options->scheduler &&
	    __builtin_add_overflow(longest_ns, SEMA_ATTACH_NS, &longest_ns))
		longest_ns = -1;
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

int64_t session_patience_ns(const struct run_options *options, const struct topology *topology,
			    const struct program *program, size_t index)
{
	return patience(&program->scenarios.data[index].bound,
			longest_of(options, topology, program, index));
}

/* To the host of the virtual machine in which this runs, if it does. */
static void tell_progress(const char *word)
{
	const char *fd = getenv(GUEST_STATUS_FD);
	if (fd)
		dprintf(atoi(fd), "%s\n", word);
}

static bool run_one(struct session *session, const struct run_item *item)
{
	struct result result;
	struct text out = {0};
	const struct format_info *format = &format_table[session->options.format];
	struct source_set *sources = &item->compilation->sources;
	const struct program *program = &item->compilation->program;
	struct run_options options = session->options.run;
	options.profile = item->profile;
	options.longest_ns =
		longest_of(&options, &session->host->topology, program, item->scenario);
	options.patience_ns =
		patience(&program->scenarios.data[item->scenario].bound, options.longest_ns);
	tell_progress("begin");
	run_scenario(program, item->scenario, session->host, &options, &result);
	tell_progress(status_name(result.status));
	result.index = item->index;
	result.round = item->round;
	VECTOR_PUSH(&session->results, result);
	VECTOR_PUSH(&session->sources, sources);
	if (format->scenario) {
		struct report report = report_of(session, sources, STDOUT_FILENO);
		format->scenario(&report, session->results.length, &result, &out);
		put(session, &out);
	}
	text_free(&out);
	return !result.interrupted;
}

static void run_all(struct session *session)
{
	struct text out = {0};
	struct report report = report_of(session, NULL, STDOUT_FILENO);
	if (format_table[session->options.format].begin)
		format_table[session->options.format].begin(&report, &out);
	put(session, &out);
	text_free(&out);
	for (size_t i = 0; i < session->schedule.items.length; i++) {
		if (!run_one(session, &session->schedule.items.data[i]))
			return;
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

static bool write_reports(struct session *session)
{
	const struct ktstr_options *options = &session->options;
	struct source_set merged = {0};
	struct text out = {0};
	merge_sources(session, &merged);
	struct report report = report_of(session, &merged, STDOUT_FILENO);
	format_table[options->format].end(&report, &out);
	put(session, &out);
	/* The verdict is not lost with the output. */
	if (session->output_failed) {
		report_put_counts(&report, &out);
		console_error("ktstr", "cannot write the results: %s; %s",
			      strerror(session->output_failed), text_string(&out));
	}
	report.color = false;
	bool fine = ktstr_write_reports(&report, options->reports.data, options->reports.length);
	if (options->format == FORMAT_GITHUB)
		fine &= ktstr_add_step_summary(&report);
	text_free(&out);
	source_set_free(&merged);
	return fine;
}

int session_finish(struct session *session)
{
	struct run_summary summary = {0};
	bool reported = write_reports(session);
	for (size_t i = 0; i < session->results.length; i++)
		summary_add(&summary, &session->results.data[i]);
	/* By default a signal ends the process here, with the status that its sender expects. */
	if (summary.interrupted) {
		signal(summary.interrupted, SIG_DFL);
		raise(summary.interrupted);
	}
	int code = summary_exit_code(&summary);
	bool lost = session->output_failed || !reported;
	return lost && code != 1 ? EXIT_INTERNAL : code;
}

/* Nothing to run: a mistake, unless it is only this shard that got nothing. */
static int finish_without(struct session *session)
{
	struct topology topology;
	struct error error;
	if (topology_read_machine(&topology, &error)) {
		struct host *host = host_plan_open(&topology);
		environment_read(&session->environment, host, session->options.run.seed);
		host_close(host);
	}
	int code = session_finish(session);
	return session->schedule.selected && code == 5 ? EXIT_CLEAN : code;
}

static int run_session(struct session *session)
{
	struct error error;
	schedule_make(&session->schedule, &session->programs, &session->options);
	if (!session->schedule.items.length)
		return finish_without(session);
	if (session->options.backend != BACKEND_PLAN)
		cleanup_before_run(session->options.quiet);
	session->host = open_host(session, &error);
	if (!session->host) {
		console_error("ktstr", "%s", error.message);
		return 3;
	}
	if (*session->host->info.unrecorded)
		console_error("ktstr", "%s", session->host->info.unrecorded);
	environment_read(&session->environment, session->host, session->options.run.seed);
	run_all(session);
	host_close(session->host);
	return session_finish(session);
}

void session_free(struct session *session)
{
	for (size_t i = 0; i < session->results.length; i++)
		result_free(&session->results.data[i]);
	VECTOR_FREE(&session->results);
	VECTOR_FREE(&session->sources);
	schedule_free(&session->schedule);
	ktstr_free_programs(&session->programs);
	ktstr_free_options(&session->options);
}

static bool wants_timeline(const struct ktstr_options *options)
{
	bool wanted = format_has_timeline(options->format);
	for (size_t i = 0; i < options->reports.length; i++)
		wanted |= format_has_timeline(options->reports.data[i].format);
	return wanted;
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
		session.options.run.trace = wants_timeline(&session.options);
		if (!ktstr_names_any(&session.options)) {
			console_error("ktstr", "which file? For example: ktstr exec FILE.kts");
			code = EXIT_USAGE;
		} else if (ktstr_compile(&session.programs, &session.options, &code)) {
			code = run_session(&session);
		}
	}
	session_free(&session);
	return code;
}
