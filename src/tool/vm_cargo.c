/* What a virtual machine is given: ktstr, the programs as they were read, and what they start. */
#include "tool/vm.h"

#include "host/host_plan.h"
#include "vm/guest.h"
#include "vm/luggage.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct cargo {
	const struct session *session;
	struct archive archive;
	struct text order; /* see vm/guest.h */
};

static void put_order(struct cargo *cargo, char what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void put_order(struct cargo *cargo, char what, const char *format, ...)
{
	char *value;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&value, format, arguments);
	va_end(arguments);
	text_putc(&cargo->order, what);
	text_add(&cargo->order, length < 0 ? "" : value, length < 0 ? 1 : (size_t)length + 1);
	free(length < 0 ? NULL : value);
}

/* ktstr itself, where nothing of the user's lies; its libraries lie where they do here. */
static bool add_ourselves(struct cargo *cargo, struct error *error)
{
	struct archive *archive = &cargo->archive;
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length < 0)
		return error_set_errno(error, errno, "cannot find our own program");
	path[length] = '\0';
	return archive_add_file(archive, GUEST_PROGRAM, path, error) &&
	       luggage_add_needed(archive, path, error);
}

/* A file of a program under the name that the user gave it, so that reports name it alike. */
static bool add_source(struct cargo *cargo, const char *name, const char *bytes, size_t length,
		       struct error *error)
{
	struct text path = {0};
	bool fine = true;
	luggage_put_absolute(&path, name);
	if (strncmp(path.data, "/dev/", 5) == 0 || strncmp(path.data, "/proc/", 6) == 0 ||
	    strncmp(path.data, "/sys/", 5) == 0)
		fine = error_set(error, ERROR_REFUSED,
				 "%s cannot be given to a guest; take a file, or - for standard "
				 "input",
				 name);
	else
		archive_add_bytes(&cargo->archive, path.data, 0644, bytes, length);
	text_free(&path);
	return fine;
}

static bool add_compilation(struct cargo *cargo, size_t index, struct error *error)
{
	const struct compilation *compilation = cargo->session->programs.all.data[index];
	const struct ktstr_options *options = &cargo->session->options;
	struct text path = {0};
	bool fine = true;
	/* A scenario of a library of hooks has no file. */
	if (index >= options->files.all.length)
		return true;
	const char *named = options->files.all.data[index];
	if (compilation->image) {
		luggage_put_absolute(&path, named);
		fine = archive_add_file(&cargo->archive, path.data, named, error);
		text_free(&path);
		return fine;
	}
	for (size_t i = 0; fine && i < compilation->sources.files.length; i++) {
		const struct source *file = &compilation->sources.files.data[i];
		if (i == 0 && strcmp(named, "-") == 0) {
			archive_add_bytes(&cargo->archive, GUEST_INPUT, 0644, file->text,
					  file->length);
			put_order(cargo, 'i', "%s", GUEST_INPUT);
		} else if (strcmp(named, "-") == 0 || access(file->name, R_OK) == 0) {
			fine = add_source(cargo, file->name, file->text, file->length, error);
		} /* else a module that is part of ktstr */
	}
	return fine;
}

/* A program that a scenario starts. One that is not there is told by the scenario itself. */
static bool add_program(struct cargo *cargo, const char *name, struct error *error)
{
	struct text path = {0};
	bool fine = !luggage_find(name, &path) || luggage_add(&cargo->archive, path.data, error);
	text_free(&path);
	return fine;
}

/* What the scenarios start is found by running them on paper. */
static bool add_started(struct cargo *cargo, const struct run_item *item,
			const struct topology *machine, struct error *error)
{
	enum { TURNS_MAX = 1000 * 1000 };
	struct topology topology;
	struct result result;
	struct run_options options = cargo->session->options.run;
	options.judge = false;
	options.turns = TURNS_MAX;
	options.profile = item->profile;
	topology_copy(&topology, machine);
	struct host *host = host_plan_open(&topology);
	run_scenario(&item->compilation->program, item->scenario, host, &options, &result);
	bool fine = true;
	const char *name;
	for (size_t i = 0; fine && (name = host_plan_program(host, i)); i++)
		fine = add_program(cargo, name, error);
	result_free(&result);
	host_close(host);
	return fine;
}

/* The value of the index-th --report, FORMAT=PATH. */
static const char *report_value(const struct ktstr_options *options, size_t index)
{
	for (size_t i = 0;; i++) {
		assert(i < options->given.length);
		if (strcmp(options->given.data[i].name, "report") == 0 && index-- == 0)
			return options->given.data[i].value;
	}
}

/* The guest's command line: what was given here, but for what only the host can do. */
static void put_command(struct cargo *cargo)
{
	const struct ktstr_options *options = &cargo->session->options;
	static const char *const ours[] = {"report", "color", "seed", "topo", "gauntlet"};
	put_order(cargo, 'a', "%s", GUEST_PROGRAM);
	put_order(cargo, 'a', "exec");
	for (size_t i = 0; i < options->given.length; i++) {
		const struct given_option *given = &options->given.data[i];
		bool passed = true;
		for (size_t j = 0; j < sizeof(ours) / sizeof(ours[0]); j++)
			passed &= strcmp(given->name, ours[j]) != 0;
		if (!passed)
			continue;
		put_order(cargo, 'a', "%s%s", given->name[1] ? "--" : "-", given->name);
		if (given->value)
			put_order(cargo, 'a', "%s", given->value);
	}
	put_order(cargo, 'a', "--seed=%llu", (unsigned long long)options->run.seed);
	put_order(cargo, 'a', "--color=%s",
		  console_use_color(options->color, STDOUT_FILENO) ? "always" : "never");
	for (size_t i = 0; i < options->reports.length; i++) {
		const char *path = strchr(report_value(options, i), '=');
		put_order(cargo, 'a', "--report=%.*s=" GUEST_REPORT ".%zu",
			  (int)(path - report_value(options, i)), report_value(options, i), i);
		put_order(cargo, 'r', GUEST_REPORT ".%zu", i);
	}
	put_order(cargo, 'a', "--");
	for (size_t i = 0; i < options->files.all.length; i++)
		put_order(cargo, 'a', "%s", options->files.all.data[i]);
}

static void put_environment(struct cargo *cargo)
{
	static const char *const kept[] = {"PATH",          "LD_LIBRARY_PATH", "ASAN_OPTIONS",
					   "UBSAN_OPTIONS", "LSAN_OPTIONS",    "KTSTR_PATH"};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const char *value = getenv(kept[i]);
		if (value)
			put_order(cargo, 'e', "%s=%s", kept[i], value);
	}
	put_order(cargo, 'e', "HOME=/");
	put_order(cargo, 'e', "LC_ALL=C.UTF-8");
	/* What cpuid says stands in sysfs, too, and asking each CPU takes a guest long. */
	put_order(cargo, 'e', "HWLOC_COMPONENTS=-x86");
}

static bool add_included(struct cargo *cargo, const char *name, struct error *error)
{
	struct text path = {0};
	luggage_put_absolute(&path, name);
	bool fine = luggage_add(&cargo->archive, path.data, error);
	text_free(&path);
	return fine;
}

static bool fill(struct cargo *cargo, const struct vm_options *options,
		 const struct topology *topology, struct error *error)
{
	const struct session *session = cargo->session;
	struct text here = {0};
	luggage_put_absolute(&here, ".");
	archive_add_folder(&cargo->archive, here.data);
	put_order(cargo, 'd', "%s", here.data);
	text_free(&here);
	static const char *const folders[] = {"/proc", "/sys", "/dev", "/tmp", "/run", "/etc"};
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		archive_add_folder(&cargo->archive, folders[i]);
	bool fine = add_ourselves(cargo, error);
	for (size_t i = 0; fine && i < session->programs.all.length; i++)
		fine = add_compilation(cargo, i, error);
	for (size_t i = 0; fine && i < session->schedule.items.length; i++) {
		const struct run_item *item = &session->schedule.items.data[i];
		if (item->round <= 1)
			fine = add_started(cargo, item, topology, error);
	}
	for (size_t i = 0; fine && i < options->includes.length; i++)
		fine = add_included(cargo, options->includes.data[i], error);
	const struct registry *registry = &session->programs.hooked.registry;
	for (size_t i = 0; fine && i < registry->paths.length; i++)
		fine = luggage_add(&cargo->archive, registry->paths.data[i], error);
	for (size_t i = 0; fine && i < session->options.given.length; i++) {
		const struct given_option *given = &session->options.given.data[i];
		if (strcmp(given->name, "hooks") == 0)
			fine = add_included(cargo, given->value, error);
	}
	put_command(cargo);
	put_environment(cargo);
	archive_add_bytes(&cargo->archive, GUEST_RUN, 0644, cargo->order.data, cargo->order.length);
	archive_finish(&cargo->archive);
	return fine;
}

int vm_pack(const struct session *session, const struct vm_options *options,
	    const struct topology *topology, struct error *error)
{
	struct cargo cargo = {.session = session};
	int fd = -1;
	archive_init(&cargo.archive);
	if (fill(&cargo, options, topology, error)) {
		const struct text *bytes = &cargo.archive.bytes;
		fd = memfd_create("ktstr-initramfs", MFD_CLOEXEC);
		if (fd < 0 || !text_write(bytes, fd)) {
			error_set_errno(error, errno, "no memory for the guest's files");
			if (fd >= 0)
				close(fd);
			fd = -1;
		}
	}
	text_free(&cargo.order);
	archive_free(&cargo.archive);
	return fd;
}
