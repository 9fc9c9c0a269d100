/* ktstr cleanup: sweeps what killed runs left, and says what that was. */
#include "base/json.h"
#include "host/sweep.h"
#include "tool/ktstr.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstr cleanup removes what runs of ktstr have left that were killed: their cgroups in\n"
	"every hierarchy, the processes in them, and their records. Runs that live are left\n"
	"alone, and so are runs of other users and of other pid namespaces. `ktstr exec` does\n"
	"the same when it starts, but for what --keep has left.\n"
	"\n"
	"  --dry-run              only tell what would be removed\n"
	"  --format human|json\n"
	"\n"
	"exit: 0 nothing is left, 1 something is (--dry-run, or it would not go), 2 usage,\n"
	"      3 the records cannot be read\n";

struct cleanup_options {
	bool dry_run;
	bool json;
};

static bool read_options(struct cleanup_options *options, int count, char **arguments, int *code)
{
	static const struct option known[] = {{"help", no_argument, NULL, 'h'},
					      {"dry-run", no_argument, NULL, 'n'},
					      {"format", required_argument, NULL, 'f'},
					      {NULL, 0, NULL, 0}};
	static const char *const names[] = {"--help", "--dry-run", "--format", NULL};
	int option;
	*options = (struct cleanup_options){0};
	*code = EXIT_USAGE;
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(count, arguments, "+h", known, NULL)) != -1) {
		if (option == 'h') {
			*code = console_puts("ktstr", usage);
			return false;
		} else if (option == 'n') {
			options->dry_run = true;
		} else if (option == 'f' &&
			   (strcmp(optarg, "human") == 0 || strcmp(optarg, "json") == 0)) {
			options->json = strcmp(optarg, "json") == 0;
		} else if (option == 'f') {
			console_error("ktstr", "--format wants human or json, not '%s'", optarg);
			return false;
		} else {
			console_unknown("ktstr", "option", arguments[optind - 1], names);
			return false;
		}
	}
	if (optind < count)
		console_error("ktstr", "cleanup takes no arguments, but for '%s'",
			      arguments[optind]);
	return optind == count;
}

/* "3 cgroups, 1 process" */
static void put_counts(struct text *out, int64_t cgroups, int64_t processes)
{
	text_printf(out, "%lld cgroup%s, %lld process%s", (long long)cgroups,
		    cgroups == 1 ? "" : "s", (long long)processes, processes == 1 ? "" : "es");
}

static void put_human(struct text *out, const struct sweep *sweep)
{
	static const char *const words[SWEEP_STATES] = {
		[SWEEP_SWEPT] = "swept",
		[SWEEP_FOUND] = "would sweep",
		[SWEEP_STUCK] = "could not sweep",
		[SWEEP_LIVE] = "it runs, left alone:",
		[SWEEP_KEPT] = "kept by --keep, would sweep",
		[SWEEP_ELSEWHERE] = "of another pid namespace, left alone:",
		[SWEEP_UNRECORDED] = "of somebody else, left alone:",
	};
	for (size_t i = 0; i < sweep->runs.length; i++) {
		const struct swept_run *run = &sweep->runs.data[i];
		text_printf(out, "%s: %s ", run->name, words[run->state]);
		put_counts(out, run->cgroups, run->processes);
		text_printf(out, "%s%s\n", *run->why ? "; " : "", run->why);
	}
	if (!sweep->runs.length)
		text_puts(out, "nothing to sweep\n");
}

static void put_json(struct text *out, const struct sweep *sweep, bool dry_run)
{
	struct json json;
	json_start(&json, out, true);
	json_open_object(&json);
	json_member_string(&json, "schema", "ktstr.cleanup/1");
	json_member_bool(&json, "dry_run", dry_run);
	json_put_key(&json, "runs");
	json_open_array(&json);
	for (size_t i = 0; i < sweep->runs.length; i++) {
		const struct swept_run *run = &sweep->runs.data[i];
		json_open_object(&json);
		json_member_string(&json, "name", run->name);
		json_member_string(&json, "state", sweep_state_name(run->state));
		json_member_int(&json, "cgroups", run->cgroups);
		json_member_int(&json, "processes", run->processes);
		if (*run->why)
			json_member_string(&json, "why", run->why);
		json_close_object(&json);
	}
	json_close_array(&json);
	json_close_object(&json);
	text_putc(out, '\n');
}

int cleanup_main(int count, char **arguments)
{
	struct cleanup_options options;
	struct sweep sweep;
	struct error error;
	struct text out = {0};
	int code;
	if (!read_options(&options, count, arguments, &code))
		return code;
	const struct sweep_options wanted = {
		.dry_run = options.dry_run, .kept = true, .unrecorded = true};
	bool read = sweep_runs(&sweep, &wanted, &error);
	bool left = false;
	for (size_t i = 0; i < sweep.runs.length; i++)
		left |= sweep.runs.data[i].state == SWEEP_FOUND ||
			sweep.runs.data[i].state == SWEEP_STUCK;
	if (options.json)
		put_json(&out, &sweep, options.dry_run);
	else
		put_human(&out, &sweep);
	if (!read)
		console_error("ktstr", "%s", error.message);
	code = console_print("ktstr", &out);
	if (code == EXIT_CLEAN)
		code = !read ? EXIT_INTERNAL : left ? EXIT_FOUND : EXIT_CLEAN;
	text_free(&out);
	sweep_free(&sweep);
	return code;
}

void cleanup_before_run(bool quiet)
{
	struct sweep sweep;
	struct error error;
	struct text counts = {0};
	int64_t cgroups = 0, processes = 0, runs = 0;
	if (!sweep_runs(&sweep, &(struct sweep_options){0}, &error))
		console_error("ktstr", "%s", error.message);
	for (size_t i = 0; i < sweep.runs.length; i++) {
		const struct swept_run *run = &sweep.runs.data[i];
		if (run->state == SWEEP_STUCK)
			console_error("ktstr", "what %s left cannot be swept: %s", run->name,
				      run->why);
		if (run->state != SWEEP_SWEPT)
			continue;
		cgroups += run->cgroups;
		processes += run->processes;
		runs++;
	}
	put_counts(&counts, cgroups, processes);
	if (cgroups && !quiet)
		console_error("ktstr", "swept what %lld killed run%s left: %s", (long long)runs,
			      runs == 1 ? "" : "s", text_string(&counts));
	text_free(&counts);
	sweep_free(&sweep);
}
