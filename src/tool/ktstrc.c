/* ktstrc: checks programs, shows what they compile to, explains. */
#include "code/disasm.h"
#include "source/sarif.h"
#include "tool/bounds.h"
#include "tool/build.h"
#include "tool/compile.h"
#include "tool/console.h"
#include "tool/files.h"
#include "tool/fmt.h"
#include "tool/machines.h"
#include "tool/pages.h"
#include "tool/reference.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstrc " KTSTR_VERSION ": checks scheduler scenarios written in KTS\n"
	"\n"
	"  ktstrc check FILE...     prove the programs sound; nothing is touched. Prints the\n"
	"                           longest that each scenario can take\n"
	"  ktstrc build FILE...     compile x.kts to x.ktb, which ktstr takes like the source\n"
	"  ktstrc disasm FILE...    show the bytecode\n"
	"  ktstrc fmt FILE...       rewrite the files in the canonical form\n"
	"  ktstrc explain KTS0123   what a diagnostic means\n"
	"  ktstrc words [NAME]      words of the language: functions, work, knobs, metrics\n"
	"  ktstrc ops               the instruction set\n"
	"  ktstrc docs PAGE         a reference page as Markdown: types words work knobs\n"
	"                           settings metrics diagnostics ops flags\n"
	"\n"
	"  FILE may be - for standard input; for check also a folder, with all .kts files in\n"
	"  it. Options:\n"
	"  --format human|json|sarif|github\n"
	"                           how check prints: for people, one object a line, one SARIF\n"
	"                           document, or annotations of a GitHub workflow\n"
	"  --max-errors N           errors shown per file, 20; 0 for all\n"
	"  -Werror                  warnings are errors\n"
	"  --topo T                 check also plans the scenarios on this topology and says at\n"
	"                           which line it skips or breaks them; may be repeated. A label\n"
	"                           (2n4l4c2t), a preset (numa2-4llc), an hwloc synthetic string\n"
	"                           or XML file\n"
	"  --gauntlet               the same on every preset (`ktstr topo presets` lists them)\n"
	"  -q, --quiet              check does not print how long the scenarios can take\n"
	"  -o FILE                  where build puts the one image; - is standard output\n"
	"  --check                  fmt only names the files that it would change\n"
	"  --diff                   fmt only shows what it would change\n"
	"  --color auto|always|never\n"
	"\n"
	"exit: 0 clean, 1 diagnostics (or fmt --check or --diff would change something),\n"
	"2 usage or a file that cannot be read or written, 3 internal error\n";

static const char *const commands[] = {"check", "build", "disasm", "fmt",  "explain",
				       "words", "ops",   "docs",   "help", NULL};

struct options {
	enum format { FORMAT_HUMAN, FORMAT_JSON, FORMAT_SARIF, FORMAT_GITHUB } format;
	bool help;
	bool quiet;
	struct machines machines; /* of check: what it is planned on, too */
	bool warnings_are_errors;
	size_t max_errors;
	enum console_color color;
	const char *output; /* -o */
	enum fmt_mode fmt;
};

/* What is done with a file that has no errors. */
enum job { JOB_CHECK, JOB_DISASM, JOB_BUILD };

static bool add_machine(struct options *options, const char *name)
{
	struct error error;
	if (machines_add(&options->machines, name, &error))
		return true;
	console_error("ktstrc", "--topo: %s", error.message);
	return false;
}

static bool read_format(const char *word, enum format *format)
{
	static const char *const words[] = {"human", "json", "sarif", "github"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) == 0) {
			*format = (enum format)i;
			return true;
		}
	}
	return false;
}

static bool read_options(int count, char **arguments, struct options *options)
{
	static const struct option known[] = {{"format", required_argument, NULL, 'f'},
					      {"max-errors", required_argument, NULL, 'm'},
					      {"color", required_argument, NULL, 'c'},
					      {"check", no_argument, NULL, 'k'},
					      {"diff", no_argument, NULL, 'd'},
					      {"topo", required_argument, NULL, 't'},
					      {"gauntlet", no_argument, NULL, 'g'},
					      {"quiet", no_argument, NULL, 'q'},
					      {"help", no_argument, NULL, 'h'},
					      {NULL, 0, NULL, 0}};
	static const char *const names[] = {"--format", "--max-errors", "--color", "--check",
					    "--diff",   "--help",       "--topo",  "--gauntlet",
					    "--quiet",  "-Werror",      "-o",      NULL};
	*options = (struct options){.max_errors = 20};
	opterr = 0;
	for (int option; (option = getopt_long(count, arguments, ":W:hqo:", known, NULL)) != -1;) {
		char *end = NULL;
		if (option == 'h') {
			options->help = true;
			return true;
		} else if (option == 'k' || option == 'd') {
			/* The diff says more. */
			if (options->fmt != FMT_DIFF)
				options->fmt = option == 'd' ? FMT_DIFF : FMT_CHECK;
		} else if (option == 'W' && strcmp(optarg, "error") == 0) {
			options->warnings_are_errors = true;
		} else if (option == 'q') {
			options->quiet = true;
		} else if (option == 'g') {
			machines_add_presets(&options->machines);
		} else if (option == 't') {
			if (!add_machine(options, optarg))
				return false;
		} else if (option == 'o') {
			options->output = optarg;
		} else if (option == 'f' && read_format(optarg, &options->format)) {
			continue;
		} else if (option == 'c' && console_read_color(optarg, &options->color)) {
			continue;
		} else if (option == 'm' && *optarg >= '0' && *optarg <= '9' &&
			   (options->max_errors = strtoul(optarg, &end, 10), !*end)) {
			continue;
		} else if (option == '?' && arguments[optind - 1][0] == '-') {
			console_unknown("ktstrc", "option", arguments[optind - 1], names);
			return false;
		} else if (option == ':') {
			console_error("ktstrc", "%s wants a value", arguments[optind - 1]);
			return false;
		} else {
			console_error("ktstrc", "'%s' is no value for this option",
				      optarg ? optarg : "");
			return false;
		}
	}
	return true;
}

/* Print a file's diagnostics, or add them to the document; false if they could not be written. */
static bool print_diags(struct compilation *compilation, const struct options *options,
			struct sarif *sarif)
{
	struct text out = {0};
	int fd = options->format == FORMAT_HUMAN ? STDERR_FILENO : STDOUT_FILENO;
	struct diag_style style = {.color = console_use_color(options->color, fd),
				   .limit = options->max_errors};
	if (sarif)
		sarif_add(sarif, &compilation->diags, &style);
	else if (options->format == FORMAT_JSON)
		diag_render_json(&compilation->diags, &style, &out);
	else if (options->format == FORMAT_GITHUB)
		diag_render_github(&compilation->diags, &style, &out);
	else
		diag_render(&compilation->diags, &style, &out);
	bool written = text_write(&out, fd);
	text_free(&out);
	return written;
}

/* What the check has proved of each scenario: a line, or a JSON object. */
static bool print_bounds(struct compilation *compilation, const struct options *options)
{
	struct text out = {0};
	if (options->quiet)
		return true;
	if (options->format == FORMAT_JSON)
		bounds_put_json(compilation, &out);
	else if (options->format == FORMAT_HUMAN)
		bounds_put_text(compilation, &out);
	bool written = !out.length || text_write(&out, STDOUT_FILENO);
	text_free(&out);
	return written;
}

static int print_disasm(struct compilation *compilation)
{
	struct text out = {0};
	disasm_program(&compilation->program, &compilation->sources, &out);
	int code = console_print("ktstrc", &out);
	text_free(&out);
	return code;
}

/* Compile a file, and plan it on the machines that were asked for. */
static bool compile(struct compilation *compilation, const char *path,
		    const struct options *options, enum job job, struct error *error)
{
	const struct machines *machines = &options->machines;
	bool some = machines->all.length > 0;
	if (!compile_file(compilation, path, job != JOB_CHECK || some, options->warnings_are_errors,
			  some ? &machines->range : NULL, error))
		return false;
	if (some && !compilation->diags.errors)
		machines_check(machines, compilation);
	return true;
}

static int check_file(const char *path, const struct options *options, enum job job,
		      struct sarif *sarif)
{
	struct compilation compilation;
	struct error error;
	int code = EXIT_CLEAN;
	if (!compile(&compilation, path, options, job, &error)) {
		console_error("ktstrc", "%s", error.message);
		code = compilation.sources.files.length ? EXIT_INTERNAL : EXIT_USAGE;
	} else if (!print_diags(&compilation, options, sarif)) {
		console_error("ktstrc", "cannot write the output: %m");
		code = EXIT_INTERNAL;
	} else if (compilation.diags.errors) {
		code = EXIT_FOUND;
	} else if (job == JOB_CHECK && !print_bounds(&compilation, options)) {
		console_error("ktstrc", "cannot write the output: %m");
		code = EXIT_INTERNAL;
	} else if (job == JOB_DISASM) {
		code = print_disasm(&compilation);
	} else if (job == JOB_BUILD) {
		code = build_image(&compilation, path, options->output);
	}
	compile_free(&compilation);
	return code;
}

/* All files in one SARIF document. */
static int check_into_document(int count, char **files, const struct options *options, enum job job)
{
	struct text out = {0};
	struct sarif sarif;
	int worst = EXIT_CLEAN;
	char *folder = getcwd(NULL, 0);
	sarif_begin(&sarif, folder ? folder : "", &out);
	for (int i = 0; i < count; i++) {
		int code = check_file(files[i], options, job, &sarif);
		worst = code > worst ? code : worst;
	}
	sarif_end(&sarif, worst <= EXIT_FOUND);
	int code = console_print("ktstrc", &out);
	free(folder);
	text_free(&out);
	return code > worst ? code : worst;
}

/* Folders are for `check` alone: what the others print or write is of one file each. */
static bool find_files(struct files *found, int count, char **named, enum job job)
{
	struct error error;
	for (int i = 0; i < count; i++) {
		if (job == JOB_CHECK && !files_add(found, named[i], &error)) {
			console_error("ktstrc", "%s", error.message);
			return false;
		}
	}
	return true;
}

static int check_all(int count, char **files, const struct options *options, enum job job)
{
	int worst = EXIT_CLEAN;
	if (options->format == FORMAT_SARIF)
		return check_into_document(count, files, options, job);
	for (int i = 0; i < count; i++) {
		int code = check_file(files[i], options, job, NULL);
		worst = code > worst ? code : worst;
	}
	return worst;
}

static int check_files(int count, char **files, const struct options *options, enum job job)
{
	struct files found = {0};
	int code = EXIT_USAGE;
	if (!count) {
		console_error("ktstrc", "which file? (- is standard input)");
		return EXIT_USAGE;
	}
	if (options->machines.all.length && job != JOB_CHECK) {
		console_error("ktstrc", "--topo and --gauntlet are for `check`");
		return EXIT_USAGE;
	}
	if (options->output && (job != JOB_BUILD || count > 1)) {
		console_error("ktstrc", "-o is where `build` puts the image of one file");
		return EXIT_USAGE;
	}
	if (job == JOB_DISASM && options->format == FORMAT_SARIF) {
		console_error("ktstrc", "disasm and --format sarif both want standard output");
		return EXIT_USAGE;
	}
	if (options->output && options->format != FORMAT_HUMAN &&
	    strcmp(options->output, "-") == 0) {
		console_error("ktstrc", "-o - and --format both want standard output");
		return EXIT_USAGE;
	}
	if (find_files(&found, count, files, job))
		code = job == JOB_CHECK
			       ? check_all((int)found.all.length, found.all.data, options, job)
			       : check_all(count, files, options, job);
	files_free(&found);
	return code;
}

static int print_reference(const char *command, int count, char **names)
{
	struct text out = {0};
	bool known = true;
	if (strcmp(command, "ops") == 0)
		reference_ops(&out);
	else if (strcmp(command, "docs") == 0)
		known = count == 1 && pages_print(&out, names[0]);
	else if (strcmp(command, "words") == 0)
		known = reference_words(&out, count ? names[0] : NULL);
	else
		known = count == 1 && reference_explain(&out, names[0]);
	int code = EXIT_USAGE;
	if (known)
		code = console_print("ktstrc", &out);
	else
		console_error("ktstrc", count ? "nothing is known of '%s'" : "%s what?",
			      count ? names[0] : command);
	text_free(&out);
	return code;
}

static int run_command(const char *command, int count, char **arguments,
		       const struct options *options)
{
	char **rest = arguments + 1 + optind;
	int left = count - 1 - optind;
	if (strcmp(command, "check") == 0)
		return check_files(left, rest, options, JOB_CHECK);
	if (strcmp(command, "disasm") == 0)
		return check_files(left, rest, options, JOB_DISASM);
	if (strcmp(command, "build") == 0)
		return check_files(left, rest, options, JOB_BUILD);
	if (strcmp(command, "fmt") == 0) {
		struct diag_style style = {console_use_color(options->color, STDERR_FILENO),
					   options->max_errors};
		return fmt_files(left, rest, options->fmt, &style);
	}
	if (strcmp(command, "explain") == 0 || strcmp(command, "words") == 0 ||
	    strcmp(command, "ops") == 0 || strcmp(command, "docs") == 0)
		return print_reference(command, left, rest);
	console_unknown("ktstrc", "command", command, commands);
	return EXIT_USAGE;
}

int main(int count, char **arguments)
{
	struct options options;
	/* For the width of what diagnostics quote; numbers stay as C writes them. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (count < 2) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	const char *command = arguments[1];
	if (strcmp(command, "--version") == 0)
		return console_puts("ktstrc", "ktstrc " KTSTR_VERSION "\n");
	if (strcmp(command, "--help") == 0 || strcmp(command, "help") == 0 ||
	    strcmp(command, "-h") == 0)
		return console_puts("ktstrc", usage);
	int code = EXIT_USAGE;
	if (read_options(count - 1, arguments + 1, &options))
		code = options.help ? console_puts("ktstrc", usage)
				    : run_command(command, count, arguments, &options);
	machines_free(&options.machines);
	return code;
}
