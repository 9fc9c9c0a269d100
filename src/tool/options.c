#include "tool/ktstr.h"

#include "sema/sema.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"ktstr %s FILE... runs the scenarios of .kts files; folders are searched for them.\n"
	"What `ktstrc build` made of one (.ktb) is taken like it. The name of a scenario of the\n"
	"catalog does as well; with -k or --category and no FILE it is the whole catalog.\n"
	"\n"
	"  -k GLOB                only scenarios whose names match\n"
	"  --category NAME        only scenarios of this category; may be repeated\n"
	"  -D NAME=VALUE          the value of a param\n"
	"  --duration T           what percentages of `hold` are of; wins over the scenario\n"
	"  --settle T             wait between new cgroups and their load\n"
	"  --workers N            workers of a spawn that gives no count\n"
	"  --flags A,B            flags of the scheduler under test that are on; without it,\n"
	"                         those that a scenario requires\n"
	"  --scheduler PROGRAM    a sched_ext scheduler, started before each scenario that has\n"
	"                         none of its own, watched, and stopped at its end\n"
	"  --scheduler-arg ARG    what it is started with; may be repeated\n"
	"  --profile A+B          just these flags (`default`: none), under the scenario's name\n"
	"                         with the profile's; may be repeated. `all`: each that it allows\n"
	"  --timeout T            end a scenario as TIMEOUT after this time\n"
	"  --work-type W          what the workers of `swappable` spawns do in place of their own\n"
	"  --seed N               of the random choices; printed in the report\n"
	"  --repeat N             run all of them N times, in turns\n"
	"  --shuffle              each turn in another order, by the seed\n"
	"  --shard I/N            only part I of N; `ktstr merge` joins the reports\n"
	"  --format FORMAT        what goes to standard output: human, json, ktap, tap, tap14,\n"
	"                         junit, github, markdown, html or perfetto\n"
	"  --report FORMAT=PATH   the same into a file; may be repeated. plan: html, its table\n"
	"  --backend WORD         auto, cgroup, affinity or plan\n"
	"  --topo T               plan: on this topology; may be repeated. A label (2n4l4c2t),\n"
	"                         a preset (numa2-4llc), an hwloc synthetic string or XML file\n"
	"  --gauntlet             plan: on every preset (`ktstr topo presets` lists them)\n"
	"  --hooks LIB.so         C functions that programs call; may be repeated\n"
	"  --hooks-in-process     call them without isolation, which takes less time\n"
	"  --hook-timeout T       how long one may be silent, 10s\n"
	"  --no-foreign           refuse programs with hooks, payloads or schedulers\n"
	"  --keep                 leave the cgroups in place at the end\n"
	"  --quiet                print only what is not well\n"
	"  --verbose              print the groups where all is well, too\n"
	"  --color auto|always|never\n"
	"\n"
	"exit: 0 passed, 1 a check failed, 2 usage or does not compile, 3 broken or timed out,\n"
	"      4 all skipped, 5 nothing selected, 6 inconclusive\n";

enum option_id {
	OPTION_HELP = 'h',
	OPTION_GLOB = 'k',
	OPTION_DEFINE = 'D',
	OPTION_DURATION = 256,
	OPTION_SETTLE,
	OPTION_WORKERS,
	OPTION_TIMEOUT,
	OPTION_FLAGS,
	OPTION_SCHEDULER,
	OPTION_SCHEDULER_ARG,
	OPTION_PROFILE,
	OPTION_CATEGORY,
	OPTION_SEED,
	OPTION_WORK_TYPE,
	OPTION_FORMAT,
	OPTION_REPORT,
	OPTION_REPEAT,
	OPTION_SHUFFLE,
	OPTION_SHARD,
	OPTION_VERBOSE,
	OPTION_BACKEND,
	OPTION_TOPO,
	OPTION_GAUNTLET,
	OPTION_HOOKS,
	OPTION_HOOKS_IN_PROCESS,
	OPTION_HOOK_TIMEOUT,
	OPTION_NO_FOREIGN,
	OPTION_KEEP,
	OPTION_QUIET,
	OPTION_COLOR,
};

static const struct option known[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"duration", required_argument, NULL, OPTION_DURATION},
	{"settle", required_argument, NULL, OPTION_SETTLE},
	{"workers", required_argument, NULL, OPTION_WORKERS},
	{"timeout", required_argument, NULL, OPTION_TIMEOUT},
	{"flags", required_argument, NULL, OPTION_FLAGS},
	{"scheduler", required_argument, NULL, OPTION_SCHEDULER},
	{"scheduler-arg", required_argument, NULL, OPTION_SCHEDULER_ARG},
	{"profile", required_argument, NULL, OPTION_PROFILE},
	{"category", required_argument, NULL, OPTION_CATEGORY},
	{"work-type", required_argument, NULL, OPTION_WORK_TYPE},
	{"seed", required_argument, NULL, OPTION_SEED},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{"report", required_argument, NULL, OPTION_REPORT},
	{"repeat", required_argument, NULL, OPTION_REPEAT},
	{"shuffle", no_argument, NULL, OPTION_SHUFFLE},
	{"shard", required_argument, NULL, OPTION_SHARD},
	{"verbose", no_argument, NULL, OPTION_VERBOSE},
	{"backend", required_argument, NULL, OPTION_BACKEND},
	{"topo", required_argument, NULL, OPTION_TOPO},
	{"gauntlet", no_argument, NULL, OPTION_GAUNTLET},
	{"hooks", required_argument, NULL, OPTION_HOOKS},
	{"hooks-in-process", no_argument, NULL, OPTION_HOOKS_IN_PROCESS},
	{"hook-timeout", required_argument, NULL, OPTION_HOOK_TIMEOUT},
	{"no-foreign", no_argument, NULL, OPTION_NO_FOREIGN},
	{"keep", no_argument, NULL, OPTION_KEEP},
	{"quiet", no_argument, NULL, OPTION_QUIET},
	{"color", required_argument, NULL, OPTION_COLOR},
	{NULL, 0, NULL, 0}};

static bool bad_value(const char *option, const char *value, const char *wanted)
{
	console_error("ktstr", "--%s wants %s, not '%s'", option, wanted, value);
	return false;
}

static bool read_duration(const char *option, const char *text, int64_t least, int64_t *ns)
{
	if (run_read_duration(text, ns) && *ns >= least)
		return true;
	return bad_value(option, text, "a time such as 500ms or 2s");
}

static bool read_count(const char *option, const char *text, int64_t least, int64_t most,
		       const char *wanted, int64_t *count)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	*count = value;
	return (*text && !*end && !errno && value >= least && value <= most) ||
	       bad_value(option, text, wanted);
}

/* "2/4" */
static bool read_shard(const char *text, struct report_shard *shard)
{
	char *end;
	errno = 0;
	long index = strtol(text, &end, 10);
	long count = *end == '/' ? strtol(end + 1, &end, 10) : 0;
	*shard = (struct report_shard){.index = (uint32_t)index, .count = (uint32_t)count};
	return (!*end && !errno && index >= 1 && index <= count && count <= 1000000) ||
	       bad_value("shard", text, "I/N with I from 1 to N, such as 2/4");
}

static bool read_define(struct ktstr_options *options, char *text)
{
	char *equals = strchr(text, '=');
	if (!equals) {
		console_error("ktstr", "-D wants NAME=VALUE, not '%s'", text);
		return false;
	}
	*equals = '\0';
	VECTOR_PUSH(&options->params, (struct param_value){text, equals + 1});
	return true;
}

static bool read_backend(const char *word, enum backend *backend)
{
	static const char *const words[] = {"auto", "cgroup", "affinity", "plan"};
	for (int i = 0; i < 4; i++) {
		if (strcmp(word, words[i]) == 0) {
			*backend = (enum backend)i;
			return true;
		}
	}
	return bad_value("backend", word, "auto, cgroup, affinity or plan");
}

/* A kind of work, with its defaults. */
static bool read_work_type(struct ktstr_options *options, const char *word)
{
	const char *names[WORK_COUNT + 1] = {0};
	int count = 0;
	for (enum work_kind kind = 0; kind < WORK_COUNT; kind++) {
		if (kind != WORK_sequence) /* by itself it has no phases */
			names[count++] = work_table[kind].name;
	}
	enum work_kind kind = work_find(word);
	if (kind == WORK_COUNT || kind == WORK_sequence) {
		console_unknown("ktstr", "kind of work", word, names);
		return false;
	}
	options->work_type = work_default(kind);
	options->run.work_type = &options->work_type;
	return true;
}

static void add_presets(struct ktstr_options *options)
{
	const char *name, *label;
	for (int i = 0; topology_preset(i, &name, &label); i++)
		VECTOR_PUSH(&options->topologies, name);
}

/* dispatch */
static bool take_option(struct ktstr_options *options, int option, char *value)
{
	int64_t seed;
	switch (option) {
	case OPTION_GLOB:
		options->glob = value;
		return true;
	case OPTION_DEFINE:
		return read_define(options, value);
	case OPTION_DURATION:
		return read_duration("duration", value, 1, &options->run.duration_ns);
	case OPTION_SETTLE:
		return read_duration("settle", value, 0, &options->run.settle_ns);
	case OPTION_TIMEOUT:
		return read_duration("timeout", value, 1, &options->run.timeout_ns);
	case OPTION_FLAGS:
		options->run.flags = value;
		return true;
	case OPTION_SCHEDULER:
		options->scheduler.data[0] = value;
		return *value || bad_value("scheduler", value, "a program");
	case OPTION_SCHEDULER_ARG:
		VECTOR_PUSH(&options->scheduler, value);
		return true;
	case OPTION_PROFILE:
		VECTOR_PUSH(&options->profiles, value);
		return true;
	case OPTION_CATEGORY:
		VECTOR_PUSH(&options->categories, value);
		return true;
	case OPTION_WORKERS:
		return read_count("workers", value, 1, 65536, "a number from 1 to 65536",
				  &options->run.workers);
	case OPTION_SEED:
		if (!read_count("seed", value, 0, INT64_MAX, "a number that is not negative",
				&seed))
			return false;
		options->run.seed = (uint64_t)seed;
		return true;
	case OPTION_WORK_TYPE:
		return read_work_type(options, value);
	case OPTION_FORMAT:
		return ktstr_read_format(value, &options->format);
	case OPTION_REPORT:
		VECTOR_RESERVE(&options->reports, 1);
		return ktstr_read_report(value, &options->reports.data[options->reports.length++]);
	case OPTION_REPEAT:
		return read_count("repeat", value, 1, 10000, "a number from 1 to 10000",
				  &options->repeat);
	case OPTION_SHUFFLE:
		options->shuffle = true;
		return true;
	case OPTION_SHARD:
		return read_shard(value, &options->shard);
	case OPTION_VERBOSE:
		options->verbose = true;
		return true;
	case OPTION_BACKEND:
		return read_backend(value, &options->backend);
	case OPTION_TOPO:
		VECTOR_PUSH(&options->topologies, value);
		return true;
	case OPTION_GAUNTLET:
		options->gauntlet = true;
		add_presets(options);
		return true;
	case OPTION_HOOKS:
		VECTOR_PUSH(&options->libraries, value);
		return true;
	case OPTION_HOOKS_IN_PROCESS:
		options->hooks_in_process = true;
		return true;
	case OPTION_HOOK_TIMEOUT:
		return read_duration("hook-timeout", value, 1, &options->run.hook_timeout_ns);
	case OPTION_NO_FOREIGN:
		options->no_foreign = true;
		return true;
	case OPTION_KEEP:
		options->keep = true;
		return true;
	case OPTION_QUIET:
		options->quiet = true;
		return true;
	default:
		return console_read_color(value, &options->color) ||
		       bad_value("color", value, "auto, always or never");
	}
}

static void unknown_option(const char *given)
{
	const char *names[sizeof(known) / sizeof(known[0]) + 1] = {0};
	char spelled[sizeof(known) / sizeof(known[0])][24];
	for (int i = 0; known[i].name; i++) {
		snprintf(spelled[i], sizeof(spelled[i]), "--%s", known[i].name);
		names[i] = spelled[i];
	}
	console_unknown("ktstr", "option", given, names);
}

/* Before the option is taken: -D cuts its value in two. */
static void note_option(struct ktstr_options *options, int option, int index, const char *value)
{
	struct given_option given = {NULL, NULL};
	given.name = index >= 0 ? known[index].name : option == OPTION_GLOB ? "k" : "D";
	if (value) {
		char *copy = memory_resize(NULL, strlen(value) + 1);
		given.value = strcpy(copy, value);
	}
	VECTOR_PUSH(&options->given, given);
}

/* The list is its argv now. */
static bool end_scheduler(struct ktstr_options *options)
{
	if (!options->scheduler.data[0] && options->scheduler.length > 1) {
		console_error("ktstr", "--scheduler-arg: without --scheduler there is nothing to "
				       "start with it");
		return false;
	}
	VECTOR_PUSH(&options->scheduler, NULL);
	if (options->scheduler.data[0])
		options->run.scheduler = options->scheduler.data;
	return true;
}

bool ktstr_read_options(struct ktstr_options *options, int count, char **arguments, int *code)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	*options = (struct ktstr_options){.repeat = 1,
					  .run = {.duration_ns = -1,
						  .settle_ns = -1,
						  .workers = -1,
						  .timeout_ns = -1,
						  .hook_timeout_ns = HOOK_TIMEOUT_NS}};
	options->run.seed = ((uint64_t)now.tv_sec * 1000003u ^ (uint64_t)now.tv_nsec ^
			     (uint64_t)getpid() << 20) &
			    0xffffffff;
	VECTOR_PUSH(&options->scheduler, NULL); /* the program */
	*code = EXIT_USAGE;
	opterr = 0;
	for (int option, index = -1;
	     (option = getopt_long(count, arguments, ":hk:D:", known, &index)) != -1; index = -1) {
		if (option == OPTION_HELP) {
			struct text out = {0};
			text_printf(&out, usage, arguments[0]);
			*code = console_print("ktstr", &out);
			text_free(&out);
			return false;
		}
		if (option == '?') {
			unknown_option(arguments[optind - 1]);
			return false;
		}
		if (option == ':') {
			console_error("ktstr", "%s wants a value", arguments[optind - 1]);
			return false;
		}
		note_option(options, option, index, optarg);
		if (!take_option(options, option, optarg))
			return false;
	}
	for (int i = optind; i < count; i++) {
		struct error error;
		if (files_add(&options->files, arguments[i], &error))
			continue;
		console_error("ktstr", "%s", error.message);
		return false;
	}
	if (options->run.flags && options->profiles.length) {
		console_error("ktstr", "--flags and --profile both say which flags are on");
		return false;
	}
	return end_scheduler(options);
}

void ktstr_free_options(struct ktstr_options *options)
{
	files_free(&options->files);
	VECTOR_FREE(&options->categories);
	VECTOR_FREE(&options->profiles);
	VECTOR_FREE(&options->libraries);
	VECTOR_FREE(&options->scheduler);
	for (size_t i = 0; i < options->given.length; i++)
		free((char *)(uintptr_t)options->given.data[i].value);
	VECTOR_FREE(&options->given);
	VECTOR_FREE(&options->topologies);
	VECTOR_FREE(&options->reports);
	VECTOR_FREE(&options->params);
}
