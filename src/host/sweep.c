#include "host/sweep.h"

#include "host/cgroupfs.h"
#include "host/record.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const int64_t SWEEP_NS = 10000000000; /* in which nothing of a run goes */
enum { RECORD_BYTES_MAX = 1 << 20 };

const char *sweep_state_name(enum sweep_state state)
{
	static const char *const names[SWEEP_STATES] = {
		[SWEEP_SWEPT] = "swept",
		[SWEEP_FOUND] = "found",
		[SWEEP_STUCK] = "stuck",
		[SWEEP_LIVE] = "live",
		[SWEEP_KEPT] = "kept",
		[SWEEP_ELSEWHERE] = "elsewhere",
		[SWEEP_UNRECORDED] = "unrecorded",
	};
	return names[state];
}

struct remains_group {
	int version;
	const char *path;
};

/* A controller that was enabled for the children of a group. */
struct remains_control {
	enum controller controller;
	const char *path;
};

/* A record as it was read. */
struct remains {
	struct record_maker maker;
	bool keep;
	VECTOR(struct remains_group) groups;
	VECTOR(struct remains_control) controls;
};

/* "VERSION PATH"; only what is named like the run is its cgroup. */
static void take_group(struct remains *remains, const char *name, const char *rest)
{
	const char *path = strchr(rest, ' '), *last = strrchr(rest, '/');
	if (path && last && strcmp(last + 1, name) == 0)
		VECTOR_PUSH(&remains->groups,
			    (struct remains_group){rest[0] == '2' ? 2 : 1, path + 1});
}

static void take_control(struct remains *remains, char *rest)
{
	const char *name = strsep(&rest, " ");
	enum controller controller = controller_find(name);
	if (rest && controller != CONTROLLER_COUNT)
		VECTOR_PUSH(&remains->controls, (struct remains_control){controller, rest});
}

static void take_line(struct remains *remains, const char *name, char *line)
{
	struct record_maker *maker = &remains->maker;
	char *rest = strchr(line, ' ');
	if (rest)
		*rest++ = '\0';
	if (strcmp(line, "keep") == 0)
		remains->keep = true;
	if (!rest)
		return;
	if (strcmp(line, "pid") == 0)
		maker->pid = (pid_t)strtol(rest, NULL, 10);
	else if (strcmp(line, "born") == 0)
		maker->born = strtoull(rest, NULL, 10);
	else if (strcmp(line, "pidns") == 0)
		maker->pid_namespace = strtoull(rest, NULL, 10);
	else if (strcmp(line, "boot") == 0)
		snprintf(maker->boot, sizeof(maker->boot), "%s", rest);
	else if (strcmp(line, "cgroup") == 0)
		take_group(remains, name, rest);
	else if (strcmp(line, "enabled") == 0)
		take_control(remains, rest);
}

/* The text is cut into lines, which the remains point into. A line that was not written to its end
 * names something that was never made. */
static void read_remains(struct text *text, const char *name, struct remains *remains)
{
	char *line = text->data, *end;
	for (; line && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		take_line(remains, name, line);
	}
}

static bool read_record(int fd, struct text *text)
{
	char bytes[4096];
	ssize_t got = 0;
	while (text->length < RECORD_BYTES_MAX && (got = read(fd, bytes, sizeof(bytes))) > 0)
		text_add(text, bytes, (size_t)got);
	return got == 0;
}

/* Does its maker hold it? */
static bool is_locked(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_GETLK, &whole) != 0 || whole.l_type != F_UNLCK;
}

static bool take_lock(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_SETLK, &whole) == 0;
}

static void survey(const struct remains *remains, struct swept_run *run, struct pid_list *pids)
{
	for (size_t i = 0; i < remains->groups.length; i++) {
		const struct remains_group *group = &remains->groups.data[i];
		int fd = cgroupfs_open_group(group->path, group->version);
		if (fd < 0)
			continue;
		cgroupfs_survey(fd, "", pids, &run->cgroups);
		close(fd);
	}
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
	return (x > y) - (x < y);
}

/* Each process once, in however many hierarchies it is; is this one among them? */
static bool count_processes(struct pid_list *pids, struct swept_run *run)
{
	bool ourselves = false;
	if (pids->list.length)
		qsort(pids->list.data, pids->list.length, sizeof(pid_t), by_pid);
	for (size_t i = 0; i < pids->list.length; i++) {
		run->processes += i == 0 || pids->list.data[i] != pids->list.data[i - 1];
		ourselves |= pids->list.data[i] == getpid();
	}
	return ourselves;
}

static void kill_all(const struct remains *remains)
{
	for (size_t i = 0; i < remains->groups.length; i++) {
		const struct remains_group *group = &remains->groups.data[i];
		int fd = cgroupfs_open_group(group->path, group->version);
		if (fd < 0)
			continue;
		cgroupfs_kill(fd, "", group->version);
		close(fd);
	}
}

/* The directory above is opened without following a link, so that what is removed is what the
 * record names. */
static bool remove_group(const struct remains_group *group, struct patience *patience)
{
	const char *last = strrchr(group->path, '/');
	char *parent = strndup(group->path, last > group->path ? (size_t)(last - group->path) : 1);
	int fd = cgroupfs_open_group(parent, group->version);
	free(parent);
	if (fd < 0)
		return errno == ENOENT;
	bool removed = cgroupfs_remove(fd, last + 1, group->version, patience);
	int reason = errno;
	close(fd);
	errno = reason;
	return removed;
}

/* Those that another run uses stay: the kernel refuses with EBUSY. */
static void disable(const struct remains_control *control)
{
	char word[32];
	int fd = cgroupfs_open_group(control->path, 2);
	if (fd < 0)
		return;
	snprintf(word, sizeof(word), "-%s", controller_name(control->controller));
	cgroupfs_write(fd, "", "cgroup.subtree_control", word);
	close(fd);
}

static bool remove_all(const struct remains *remains, struct swept_run *run)
{
	struct patience patience = patience_of(SWEEP_NS);
	bool all = true;
	/* In every hierarchy first: a frozen task holds its groups in the others. */
	kill_all(remains);
	for (size_t i = remains->groups.length; i-- > 0;) {
		const struct remains_group *group = &remains->groups.data[i];
		if (remove_group(group, &patience))
			continue;
		snprintf(run->why, sizeof(run->why), "removing %.300s was refused: %s", group->path,
			 strerror(errno));
		all = false;
	}
	for (size_t i = 0; all && i < remains->controls.length; i++)
		disable(&remains->controls.data[i]);
	return all;
}

/* Who is the maker of a record to us? SWEEP_FOUND: dead. */
static enum sweep_state judge(int fd, const struct remains *remains, bool kept)
{
	struct record_maker self;
	record_self(&self);
	if (is_locked(fd))
		return SWEEP_LIVE;
	/* Cgroups do not outlive the kernel. */
	if (strcmp(remains->maker.boot, self.boot) != 0)
		return SWEEP_FOUND;
	if (remains->maker.pid_namespace != self.pid_namespace)
		return SWEEP_ELSEWHERE;
	if (remains->maker.born && record_born(remains->maker.pid) == remains->maker.born)
		return SWEEP_LIVE;
	return remains->keep && !kept ? SWEEP_KEPT : SWEEP_FOUND;
}

/* Under its lock, which only one of several that sweep gets. */
static void sweep_dead(int folder, int fd, const struct remains *remains, struct swept_run *run)
{
	if (!take_lock(fd)) {
		run->state = SWEEP_LIVE;
		return;
	}
	run->state = SWEEP_STUCK;
	if (!remove_all(remains, run))
		return;
	if (record_remove(folder, run->name))
		run->state = SWEEP_SWEPT;
	else
		snprintf(run->why, sizeof(run->why), "removing its record was refused: %s",
			 strerror(errno));
}

static void sweep_one(struct sweep *sweep, int folder, const char *name,
		      const struct sweep_options *options)
{
	struct swept_run run = {0};
	struct text text = {0};
	struct remains remains = {0};
	struct stat status;
	struct pid_list pids = {0};
	int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	snprintf(run.name, sizeof(run.name), "%s", name);
	/* Without a name any more it has been swept by another. */
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink &&
	    read_record(fd, &text)) {
		read_remains(&text, name, &remains);
		run.state = judge(fd, &remains, options->kept);
		survey(&remains, &run, &pids);
		if (count_processes(&pids, &run)) {
			run.state = SWEEP_STUCK;
			snprintf(run.why, sizeof(run.why), "this process is one of it");
		} else if (run.state == SWEEP_FOUND && !options->dry_run) {
			sweep_dead(folder, fd, &remains, &run);
		}
		VECTOR_PUSH(&sweep->runs, run);
	}
	VECTOR_FREE(&pids.list);
	VECTOR_FREE(&remains.groups);
	VECTOR_FREE(&remains.controls);
	text_free(&text);
	close(fd);
}

/* "ktstr-PID-STARTTIME" */
static bool is_run_name(const char *name)
{
	static const char prefix[] = "ktstr-";
	int fields = 0;
	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 || strlen(name) >= 64)
		return false;
	for (name += sizeof(prefix) - 1; isdigit((unsigned char)*name); name += *name == '-') {
		while (isdigit((unsigned char)*name))
			name++;
		fields++;
	}
	return !*name && fields == 2;
}

static struct swept_run *find_run(struct sweep *sweep, const char *name)
{
	for (size_t i = 0; i < sweep->runs.length; i++) {
		if (strcmp(sweep->runs.data[i].name, name) == 0)
			return &sweep->runs.data[i];
	}
	return NULL;
}

/* Cgroups named like a run's that no record of ours names. */
static void walk_one(int directory, const char *name, void *context)
{
	struct sweep *sweep = context;
	if (!is_run_name(name)) {
		cgroupfs_visit_below(directory, name, walk_one, context);
		return;
	}
	struct swept_run *run = find_run(sweep, name);
	struct pid_list pids = {0};
	if (!run) {
		VECTOR_PUSH(&sweep->runs, (struct swept_run){.state = SWEEP_UNRECORDED});
		run = &sweep->runs.data[sweep->runs.length - 1];
		snprintf(run->name, sizeof(run->name), "%s", name);
		snprintf(run->why, sizeof(run->why), "no record of it here");
	}
	if (run->state == SWEEP_UNRECORDED) {
		struct swept_run here = {0};
		cgroupfs_survey(directory, name, &pids, &run->cgroups);
		count_processes(&pids, &here);
		if (here.processes > run->processes)
			run->processes = here.processes;
	}
	VECTOR_FREE(&pids.list);
}

static void find_unrecorded(struct sweep *sweep)
{
	struct cgroupfs cgroups;
	if (cgroupfs_discover(&cgroups, NULL)) {
		for (int i = 0; i < cgroups.count; i++) {
			const char *mount = cgroups.list[i].mount;
			cgroupfs_visit_below(AT_FDCWD, mount, walk_one, sweep);
		}
	}
	cgroupfs_free(&cgroups);
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct swept_run *)a)->name, ((const struct swept_run *)b)->name);
}

static void sweep_folder(struct sweep *sweep, int folder, const struct sweep_options *options)
{
	DIR *entries = fdopendir(folder);
	const struct dirent *entry;
	char own[64];
	record_name(own, sizeof(own));
	while (entries && (entry = readdir(entries))) {
		/* Closing our own record would drop the lock on it. */
		if (is_run_name(entry->d_name) && strcmp(entry->d_name, own) != 0)
			sweep_one(sweep, folder, entry->d_name, options);
	}
	if (entries)
		closedir(entries);
	else
		close(folder);
}

bool sweep_runs(struct sweep *sweep, const struct sweep_options *options, struct error *error)
{
	bool fine = true;
	*sweep = (struct sweep){0};
	for (int place = 0; place < RECORD_PLACES; place++) {
		struct text path = {0};
		int folder = record_folder(place, &path);
		if (folder >= 0)
			sweep_folder(sweep, folder, options);
		else if (errno != ENOENT)
			fine = error_set_errno(error, errno,
					       "records of runs in %.200s cannot be trusted or "
					       "read",
					       text_string(&path));
		text_free(&path);
	}
	if (options->unrecorded)
		find_unrecorded(sweep);
	if (sweep->runs.length)
		qsort(sweep->runs.data, sweep->runs.length, sizeof(struct swept_run), by_name);
	return fine;
}

void sweep_free(struct sweep *sweep)
{
	VECTOR_FREE(&sweep->runs);
}
