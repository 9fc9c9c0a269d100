/*
 * ktstr: the options that `ktstr exec` and `ktstr plan` share, and the programs they name.
 */
#ifndef KTSTR_TOOL_KTSTR_H
#define KTSTR_TOOL_KTSTR_H

#include "report/formats.h"
#include "run/run.h"
#include "tool/compile.h"
#include "tool/console.h"
#include "tool/files.h"
#include "tool/hooked.h"

enum backend { BACKEND_AUTO, BACKEND_CGROUP, BACKEND_AFFINITY, BACKEND_PLAN };

struct report_target {
	enum format format;
	const char *path;
};

/* An option as it was given, by its whole name. */
struct given_option {
	const char *name;  /* "seed", or "k" */
	const char *value; /* NULL: it takes none */
};

struct ktstr_options {
	struct run_options run;
	struct work work_type; /* that run.work_type points to, where it is given */
	enum backend backend;
	enum format format;
	enum console_color color;
	bool quiet;
	bool verbose;
	bool keep;
	bool shuffle;
	int64_t repeat;
	struct report_shard shard;       /* count 0: all */
	const char *glob;                /* scenarios to run, NULL: all */
	VECTOR(const char *) categories; /* of them; empty: all */
	VECTOR(const char *) profiles;   /* "llc+steal", "default", "all"; empty: as `flags` say */
	bool gauntlet;                   /* `topologies` has all presets */
	VECTOR(const char *) topologies;
	VECTOR(struct report_target) reports;
	VECTOR(struct param_value) params;
	VECTOR(const char *) libraries; /* of hooks */
	VECTOR(const char *) scheduler; /* argv of --scheduler with its NULL, or empty */
	bool hooks_in_process;
	bool no_foreign;
	bool lists;                      /* nothing is run: with no file it is the whole catalog */
	bool uses_hooks;                 /* libraries that programs use are loaded, too */
	ktstr_registry_function *linked; /* hooks in this program, NULL: none */
	struct files files; /* folders are walked; ktstr_compile() finds those of the catalog */
	VECTOR(struct given_option) given; /* all of them, in order */
};

/* Fill the options from a command's arguments (the command's name first). False when the program
 * is to end with *code: --help, or a mistake, which has been told. */
bool ktstr_read_options(struct ktstr_options *options, int count, char **arguments, int *code);
void ktstr_free_options(struct ktstr_options *options);

/* The programs of all files, or none: their diagnostics go to stderr, *code is then the exit code.
 * Each is on its own, with its own sources. */
struct ktstr_programs {
	VECTOR(struct compilation *) all;
	struct hooked hooked;
};
/* Loads the libraries of hooks, too, and sets options->run.hooks to what calls them. */
bool ktstr_compile(struct ktstr_programs *programs, struct ktstr_options *options, int *code);
/* Is there any program to compile: a file, a library's scenario, or a choice from the catalog? */
bool ktstr_names_any(const struct ktstr_options *options);
void ktstr_free_programs(struct ktstr_programs *programs);
bool ktstr_is_selected(const struct ktstr_options *options, const struct scenario *scenario);

/* The profiles of flags under which a scenario is to run, by name: a single NULL where the options
 * name none. */
struct profile_names {
	VECTOR(const char *) all;
};
void ktstr_profiles(const struct ktstr_options *options, const struct program *program,
		    const struct scenario *scenario, struct arena *arena,
		    struct profile_names *names);

/* "json=PATH": told where it makes no sense. */
bool ktstr_read_report(const char *text, struct report_target *target);
/* Words for --format; told where it is none. */
bool ktstr_read_format(const char *word, enum format *format);
/* Writes each of the reports; false when one of them cannot be, which has been told. */
bool ktstr_write_reports(const struct report *report, const struct report_target *targets,
			 size_t count);

/* The Markdown report, added to the file that GitHub names, if it does. */
bool ktstr_add_step_summary(const struct report *report);

/* Sweep what killed runs have left, with one line on stderr if that was anything. */
void cleanup_before_run(bool quiet);

/* The commands; each returns the exit code. */
int exec_main(int count, char **arguments, ktstr_registry_function *linked);
int plan_main(int count, char **arguments, ktstr_registry_function *linked);
int list_main(int count, char **arguments, ktstr_registry_function *linked);
int show_main(int count, char **arguments, ktstr_registry_function *linked);
int topo_main(int count, char **arguments);
int schema_main(int count, char **arguments);
int merge_main(int count, char **arguments);
int compare_main(int count, char **arguments);
int cleanup_main(int count, char **arguments);
int doctor_main(int count, char **arguments);
int vm_main(int count, char **arguments, ktstr_registry_function *linked);
int vm_init_main(int count, char **arguments);

#endif
