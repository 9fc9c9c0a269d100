/* ktstr merge: the reports of a run's parts as one, with the verdict of all. */
#include "report/reader.h"
#include "tool/ktstr.h"

#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstr merge FILE... joins reports of `ktstr exec --shard I/N --report json=FILE`.\n"
	"It also turns one report into another format.\n"
	"\n"
	"  --format FORMAT        what goes to standard output, as for `ktstr exec`; json\n"
	"  --report FORMAT=PATH   the same into a file; may be repeated\n"
	"  --partial              do without the shards that are missing\n"
	"  --quiet, --verbose     of the format human\n"
	"  --color auto|always|never\n"
	"\n"
	"exit: as `ktstr exec` of all of it; 3 when a shard is missing\n";

struct merging {
	enum format format;
	enum console_color color;
	bool quiet, verbose, partial;
	VECTOR(struct report_target) reports;
	struct reader reader;
};

enum {
	OPTION_FORMAT = 256,
	OPTION_REPORT,
	OPTION_PARTIAL,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_COLOR
};

static const struct option known[] = {{"help", no_argument, NULL, 'h'},
				      {"format", required_argument, NULL, OPTION_FORMAT},
				      {"report", required_argument, NULL, OPTION_REPORT},
				      {"partial", no_argument, NULL, OPTION_PARTIAL},
				      {"quiet", no_argument, NULL, OPTION_QUIET},
				      {"verbose", no_argument, NULL, OPTION_VERBOSE},
				      {"color", required_argument, NULL, OPTION_COLOR},
				      {NULL, 0, NULL, 0}};

static bool take_option(struct merging *merging, int option, const char *value)
{
	struct report_target target;
	switch (option) {
	case OPTION_FORMAT:
		return ktstr_read_format(value, &merging->format);
	case OPTION_REPORT:
		if (!ktstr_read_report(value, &target))
			return false;
		VECTOR_PUSH(&merging->reports, target);
		return true;
	case OPTION_PARTIAL:
		merging->partial = true;
		return true;
	case OPTION_QUIET:
		merging->quiet = true;
		return true;
	case OPTION_VERBOSE:
		merging->verbose = true;
		return true;
	case OPTION_COLOR:
		if (console_read_color(value, &merging->color))
			return true;
		console_error("ktstr", "--color wants auto, always or never, not '%s'", value);
		return false;
	default:
		console_error("ktstr", "merge: what is %s? See ktstr merge --help", value);
		return false;
	}
}

/* False when the program is to end with *code. */
static bool read_options(struct merging *merging, int count, char **arguments, int *code)
{
	*code = EXIT_USAGE;
	opterr = 0;
	for (int option; (option = getopt_long(count, arguments, ":h", known, NULL)) != -1;) {
		if (option == 'h') {
			*code = console_puts("ktstr", usage);
			return false;
		}
		if (option == ':') {
			console_error("ktstr", "%s wants a value", arguments[optind - 1]);
			return false;
		}
		if (!take_option(merging, option, option == '?' ? arguments[optind - 1] : optarg))
			return false;
	}
	if (optind == count)
		console_error("ktstr", "which reports? For example: ktstr merge shard-*.json");
	return optind < count;
}

static bool read_files(struct merging *merging, int count, char **arguments)
{
	struct error error;
	for (int i = optind; i < count; i++) {
		if (!reader_add(&merging->reader, arguments[i], &error)) {
			console_error("ktstr", "%s", error.message);
			return false;
		}
	}
	return true;
}

/* In the order of the whole run: every turn through all scenarios before the next one. */
static int compare(const void *left, const void *right)
{
	const struct result *a = left, *b = right;
	if (a->round != b->round)
		return a->round < b->round ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Parts of one whole, each once. */
static bool check_shards(const struct merging *merging)
{
	const struct report_shard *shards = merging->reader.shards.data;
	size_t length = merging->reader.shards.length;
	uint32_t count = length ? shards[0].count : 0;
	for (size_t i = 0; i < length; i++) {
		if (shards[i].count != count || shards[i].total != shards[0].total) {
			console_error("ktstr",
				      "these are shards of different runs: %u/%u of %u "
				      "and %u/%u of %u",
				      shards[0].index, count, shards[0].total, shards[i].index,
				      shards[i].count, shards[i].total);
			return false;
		}
		for (size_t j = 0; j < i; j++) {
			if (shards[i].index == shards[j].index) {
				console_error("ktstr", "shard %u/%u is there twice",
					      shards[i].index, count);
				return false;
			}
		}
	}
	return true;
}

/* Names what is not there; true when something is missing. */
static bool tell_missing(const struct merging *merging)
{
	const struct report_shard *shards = merging->reader.shards.data;
	size_t length = merging->reader.shards.length;
	struct text missing = {0};
	for (uint32_t index = 1; length && index <= shards[0].count; index++) {
		bool there = false;
		for (size_t i = 0; i < length; i++)
			there |= shards[i].index == index;
		if (!there)
			text_printf(&missing, "%s%u", missing.length ? ", " : "", index);
	}
	bool any = missing.length > 0;
	if (any)
		console_error("ktstr", "shards are missing: %s of %u", text_string(&missing),
			      shards[0].count);
	text_free(&missing);
	/* All shards are there, and yet not all runs: one was cut short. */
	if (!any && length && merging->reader.results.length < shards[0].total) {
		console_error("ktstr", "only %zu of %u runs are in these reports",
			      merging->reader.results.length, shards[0].total);
		any = true;
	}
	return any;
}

static int report_all(struct merging *merging)
{
	struct reader *reader = &merging->reader;
	struct run_summary summary = {0};
	struct text out = {0};
	bool sharded = reader->shards.length > 0;
	bool missing = tell_missing(merging) && !merging->partial;
	if (sharded && reader->results.length)
		qsort(reader->results.data, reader->results.length, sizeof(struct result), compare);
	struct report report = reader_report(reader);
	if (sharded)
		report.shard.total = reader->shards.data[0].total;
	report.workspace = getenv("GITHUB_WORKSPACE");
	report.color = console_use_color(merging->color, STDOUT_FILENO);
	report.quiet = merging->quiet;
	report.verbose = merging->verbose;
	format_put(merging->format, &report, &out);
	bool fine = console_print("ktstr", &out) == EXIT_CLEAN;
	report.color = false;
	fine &= ktstr_write_reports(&report, merging->reports.data, merging->reports.length);
	if (merging->format == FORMAT_GITHUB)
		fine &= ktstr_add_step_summary(&report);
	text_free(&out);
	for (size_t i = 0; i < report.count; i++)
		summary_add(&summary, &report.results[i]);
	int code = summary_exit_code(&summary);
	return (missing || !fine) && code != 1 ? EXIT_INTERNAL : code;
}

int merge_main(int count, char **arguments)
{
	struct merging merging = {.format = FORMAT_JSON};
	int code;
	signal(SIGPIPE, SIG_IGN);
	if (read_options(&merging, count, arguments, &code)) {
		code = EXIT_USAGE;
		if (read_files(&merging, count, arguments) && check_shards(&merging))
			code = report_all(&merging);
	}
	reader_free(&merging.reader);
	VECTOR_FREE(&merging.reports);
	return code;
}
