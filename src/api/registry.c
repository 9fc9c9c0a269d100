#include "api/registry.h"

#include "host/telemetry.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names of enum ktstr_type, and what the language calls them. */
static const struct {
	const char *name;
	enum type type;
} types[] = {
	[KTSTR_T_VOID] = {"nothing", TYPE_ERROR},
	[KTSTR_T_VERDICT] = {"nothing", TYPE_ERROR},
	[KTSTR_T_INT] = {"int", TYPE_INT},
	[KTSTR_T_FLOAT] = {"float", TYPE_FLOAT},
	[KTSTR_T_PERCENT] = {"percent", TYPE_PERCENT},
	[KTSTR_T_DURATION] = {"duration", TYPE_DURATION},
	[KTSTR_T_SIZE] = {"size", TYPE_SIZE},
	[KTSTR_T_BOOL] = {"bool", TYPE_BOOL},
	[KTSTR_T_STRING] = {"string", TYPE_STRING},
	[KTSTR_T_CPUSET] = {"cpuset", TYPE_CPUSET},
	[KTSTR_T_CGROUP] = {"cgroup", TYPE_CGROUP},
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static void tick(struct ktstr_worker *worker, uint64_t units)
{
	struct telemetry *telemetry = worker->inside;
	telemetry->units += units;
	telemetry_tick(telemetry);
}

static void restart(struct ktstr_worker *worker)
{
	telemetry_restart(worker->inside);
}

static void sleep_for(struct ktstr_worker *worker, int64_t ns)
{
	telemetry_sleep(worker->inside, ns);
}

/* In the worker's process. */
static void run_body(const struct foreign_work *body, struct telemetry *telemetry,
		     const int64_t *params)
{
	const struct registered *registered = (const struct registered *)body;
	union ktstr_value args[WORK_PARAMS_MAX];
	for (int i = 0; i < WORK_PARAMS_MAX; i++)
		args[i].integer = params[i]; /* or the bits of a double */
	struct ktstr_worker worker = {.stop = (const volatile uint32_t *)&telemetry->slot->stop,
				      .tick = tick,
				      .restart = restart,
				      .sleep = sleep_for,
				      .inside = telemetry};
	registered->entry->work(&worker, args);
}

static bool is_taken(const struct registry *registry, const struct ktstr_entry *entry,
		     const char *library, struct error *error)
{
	for (size_t i = 0; i < registry->entries.length; i++) {
		const struct registered *other = registry->entries.data[i];
		if (strcmp(other->entry->name, entry->name) == 0)
			return !error_set(
				error, ERROR_REFUSED,
				"'%s' is registered twice: in %s (%s:%u) and in %s (%s:%u)",
				entry->name, other->library, other->entry->file, other->entry->line,
				library, entry->file, entry->line);
	}
	return false;
}

static bool is_sound(const struct ktstr_entry *entry, struct error *error)
{
	bool fine = entry->kind <= KTSTR_KIND_SCENARIO && entry->name && entry->file &&
		    entry->result < TYPES && entry->param_count <= KTSTR_PARAMS_MAX &&
		    (entry->kind == KTSTR_KIND_HOOK   ? entry->call != NULL
		     : entry->kind == KTSTR_KIND_WORK ? entry->work != NULL
						      : entry->scenario != NULL);
	for (int i = 0; i < entry->param_count && fine; i++)
		fine = entry->params[i] > KTSTR_T_VERDICT && entry->params[i] < TYPES;
	return fine || error_set(error, ERROR_REFUSED, "an entry of it makes no sense");
}

static bool add_entries(struct registry *registry, ktstr_registry_function *function,
			const char *library, struct error *error)
{
	size_t count, added = 0;
	const struct ktstr_entry *const *entries = function(&count);
	for (size_t i = 0; i < count; i++) {
		const struct ktstr_entry *entry = entries[i];
		if (!entry)
			continue;
		if (entry->abi != KTSTR_ABI)
			return error_set(error, ERROR_REFUSED,
					 "it was built with ABI %u of ktstr.h, and this ktstr has "
					 "ABI %d: build it anew",
					 entry->abi, KTSTR_ABI);
		if (!is_sound(entry, error) || is_taken(registry, entry, library, error))
			return false;
		struct registered *registered = memory_zeroed(1, sizeof(*registered));
		*registered = (struct registered){{run_body, entry->name}, entry, library};
		VECTOR_PUSH(&registry->entries, registered);
		added++;
	}
	return added || error_set(error, ERROR_REFUSED,
				  "it registers nothing: no KTSTR_HOOK, KTSTR_WORK or "
				  "KTSTR_SCENARIO is in it");
}

/* Could somebody else have put code there that root is about to run? The user who called sudo is
 * nobody else. */
static bool is_safe(const char *path, bool may_be_sticky, struct error *error)
{
	struct stat status;
	const char *caller = getenv("SUDO_UID");
	uid_t user = caller ? (uid_t)strtoul(caller, NULL, 10) : 0;
	if (stat(path, &status) != 0)
		return error_set_errno(error, errno, "%s", path);
	if (status.st_uid != 0 && status.st_uid != user)
		return error_set(error, ERROR_REFUSED,
				 "%s belongs to user %u, and this runs as root", path,
				 (unsigned)status.st_uid);
	bool open = status.st_mode & S_IWOTH || (status.st_mode & S_IWGRP && status.st_gid != 0);
	if (open && !(may_be_sticky && status.st_mode & S_ISVTX))
		return error_set(error, ERROR_REFUSED,
				 "%s may be written to by others, and this runs as root", path);
	return true;
}

static bool check_owners(const char *real, struct error *error)
{
	char path[PATH_MAX];
	if (geteuid() != 0)
		return true;
	if (!is_safe(real, false, error))
		return false;
	snprintf(path, sizeof(path), "%s", real);
	for (bool first = true;; first = false) {
		char *slash = strrchr(path, '/');
		slash[slash == path] = '\0';
		if (!is_safe(path, !first, error))
			return false;
		if (slash == path)
			return true;
	}
}

static bool load(struct registry *registry, const char *real, struct error *error)
{
	Dl_info where;
	void *handle = dlopen(real, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		const char *reason = dlerror();
		return error_set(error, ERROR_REFUSED, "cannot be loaded: %s", reason);
	}
	VECTOR_PUSH(&registry->handles, handle);
	ktstr_registry_function *function =
		(ktstr_registry_function *)(uintptr_t)dlsym(handle, "ktstr_registry");
	char *own = NULL;
	/* Not one of a library that it depends on. */
	if (function && dladdr((void *)(uintptr_t)function, &where))
		own = realpath(where.dli_fname, NULL);
	bool is_own = own && strcmp(own, real) == 0;
	free(own);
	if (!is_own)
		return error_set(error, ERROR_REFUSED,
				 "it is no library of hooks: it was not built with ktstr.h");
	return add_entries(registry, function, real, error);
}

bool registry_load(struct registry *registry, const char *path, struct error *error)
{
	char *real = realpath(path, NULL);
	if (!real)
		return error_set_errno(error, errno, "%s", path);
	for (size_t i = 0; i < registry->paths.length; i++) {
		if (strcmp(registry->paths.data[i], real) == 0) {
			free(real);
			return true;
		}
	}
	VECTOR_PUSH(&registry->paths, real);
	return (check_owners(real, error) && load(registry, real, error)) ||
	       error_wrap(error, "%s", path);
}

bool registry_add_linked(struct registry *registry, ktstr_registry_function *linked,
			 struct error *error)
{
	return !linked || add_entries(registry, linked, "this program", error);
}

void registry_free(struct registry *registry)
{
	for (size_t i = 0; i < registry->entries.length; i++)
		free(registry->entries.data[i]);
	for (size_t i = 0; i < registry->handles.length; i++)
		dlclose(registry->handles.data[i]);
	for (size_t i = 0; i < registry->paths.length; i++)
		free(registry->paths.data[i]);
	VECTOR_FREE(&registry->entries);
	VECTOR_FREE(&registry->handles);
	VECTOR_FREE(&registry->paths);
}

static const struct registered *find(const struct registry *registry, uint32_t kind,
				     const char *name)
{
	for (size_t i = 0; i < registry->entries.length; i++) {
		const struct ktstr_entry *entry = registry->entries.data[i]->entry;
		if (entry->kind == kind && strcmp(entry->name, name) == 0)
			return registry->entries.data[i];
	}
	return NULL;
}

const struct registered *registry_find_scenario(const struct registry *registry, const char *name)
{
	return find(registry, KTSTR_KIND_SCENARIO, name);
}

static void put_registered(struct text *text, const struct ktstr_entry *entry)
{
	text_putc(text, '(');
	for (int i = 0; i < entry->param_count; i++)
		text_printf(text, "%s%s", i ? ", " : "", types[entry->params[i]].name);
	text_putc(text, ')');
	if (types[entry->result].type != TYPE_ERROR)
		text_printf(text, " -> %s", types[entry->result].name);
}

static void put_declared(struct text *text, const struct hook *hook)
{
	text_putc(text, '(');
	for (uint32_t i = 0; i < hook->param_count; i++)
		text_printf(text, "%s%s", i ? ", " : "", type_table[hook->params[i]].name);
	text_putc(text, ')');
	if (hook->result != TYPE_ERROR)
		text_printf(text, " -> %s", type_table[hook->result].name);
}

static bool fits(const struct ktstr_entry *entry, const struct hook *hook)
{
	bool same = entry->param_count == hook->param_count &&
		    types[entry->result].type == hook->result;
	for (uint32_t i = 0; i < hook->param_count && same; i++)
		same = types[entry->params[i]].type == hook->params[i];
	return same;
}

/* Nothing of this name: is there one of the other kind, or of nearly this name? */
static void tell_missing(const struct registry *registry, const struct hook *hook,
			 struct error *error)
{
	const char *wanted = hook->work ? "worker's body" : "hook";
	uint32_t kind = hook->work ? KTSTR_KIND_WORK : KTSTR_KIND_HOOK;
	struct text_nearest nearest;
	text_nearest_start(&nearest, hook->name);
	for (size_t i = 0; i < registry->entries.length; i++) {
		if (registry->entries.data[i]->entry->kind == kind)
			text_nearest_offer(&nearest, registry->entries.data[i]->entry->name);
	}
	error_set(error, ERROR_REFUSED,
		  nearest.best ? "no library has a %s '%s'; did you mean '%s'?"
			       : "no library has a %s '%s'",
		  wanted, hook->name, nearest.best);
}

const struct registered *registry_find(const struct registry *registry, const struct hook *hook,
				       struct error *error)
{
	const size_t prefix = strlen(REGISTRY_SCENARIO_PREFIX);
	const struct registered *found =
		find(registry, hook->work ? KTSTR_KIND_WORK : KTSTR_KIND_HOOK, hook->name);
	if (!found && strncmp(hook->name, REGISTRY_SCENARIO_PREFIX, prefix) == 0) {
		found = registry_find_scenario(registry, hook->name + prefix);
		if (found && !found->entry->scenario->custom)
			found = NULL;
	}
	if (!found) {
		tell_missing(registry, hook, error);
		return NULL;
	}
	if (fits(found->entry, hook))
		return found;
	struct text declared = {0}, registered = {0};
	put_declared(&declared, hook);
	put_registered(&registered, found->entry);
	error_set(error, ERROR_REFUSED,
		  "'%s' is declared as %s, but registered as %s in %s (%s:%u)", hook->name,
		  text_string(&declared), text_string(&registered), found->library,
		  found->entry->file, found->entry->line);
	text_free(&declared);
	text_free(&registered);
	return NULL;
}
