#include "host/cgroupfs.h"


#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libcgroup.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static const char *const controller_names[CONTROLLER_COUNT] = {
	[CONTROLLER_CPUSET] = "cpuset",   [CONTROLLER_CPU] = "cpu",
	[CONTROLLER_MEMORY] = "memory",   [CONTROLLER_PIDS] = "pids",
	[CONTROLLER_FREEZER] = "freezer",
};

const char *controller_name(enum controller controller)
{
	return controller_names[controller];
}

enum controller controller_find(const char *name)
{
	for (enum controller controller = 0; controller < CONTROLLER_COUNT; controller++) {
		if (strcmp(controller_names[controller], name) == 0)
			return controller;
	}
	return CONTROLLER_COUNT;
}

static char *copy(const char *string)
{
	size_t size = strlen(string) + 1;
	return memcpy(memory_resize(NULL, size), string, size);
}

/* Our cgroup in a hierarchy: the path on the line of /proc/self/cgroup (cgroups(7)) that names the
 * controller, or on the one of v2, which names none. NULL if there is none. */
static char *path_of_self(int version, const char *controller)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL, *found = NULL;
	size_t room = 0;
	while (file && !found && getline(&line, &room, file) > 0) {
		char *names = strchr(line, ':');
		char *path = names ? strchr(++names, ':') : NULL;
		if (!path)
			continue;
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		for (char *comma = names; (comma = strchr(comma, ',')); comma++)
			*comma = ' ';
		if (version == 2 ? !*names : cgroupfs_has_word(names, controller))
			found = copy(path);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Which cgroup of a hierarchy its mount shows: field 4 of mountinfo (proc(5)). */
static char *path_of_mount(const char *mount)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *found = NULL;
	size_t room = 0;
	while (file && getline(&line, &room, file) > 0) {
		char *rest = line, *root = NULL, *point = NULL;
		for (int field = 1; field <= 5; field++) {
			char *value = strsep(&rest, " ");
			root = field == 4 ? value : root;
			point = value;
		}
		if (!root || !point || strcmp(point, mount) != 0)
			continue;
		free(found); /* the last mount on a directory hides those before it */
		found = copy(root);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* Without a cgroup namespace a container sees its full path in /proc/self/cgroup, but only its own
 * part below the mount; what lies above a namespace begins with "/..": cgroup_namespaces(7). */
static char *find_own(const struct hierarchy *hierarchy, const char *controller)
{
	char *self = path_of_self(hierarchy->version, controller);
	char *root = path_of_mount(hierarchy->mount);
	char path[PATH_MAX];
	const char *below = self ? self : "";
	size_t shown = root && strcmp(root, "/") != 0 ? strlen(root) : 0;
	if (shown && strncmp(below, root, shown) == 0 &&
	    (below[shown] == '/' || below[shown] == '\0'))
		below += shown;
	if (strcmp(below, "/") == 0 || strncmp(below, "/..", 3) == 0)
		below = "";
	int length = snprintf(path, sizeof(path), "%s%s", hierarchy->mount, below);
	struct stat status;
	bool there = length < (int)sizeof(path) && stat(path, &status) == 0;
	free(self);
	free(root);
	return copy(there ? path : hierarchy->mount);
}

static void add_controller(struct cgroupfs *cgroups, enum controller controller, const char *mount)
{
	struct hierarchy *hierarchy = NULL;
	for (int i = 0; i < cgroups->count; i++) {
		if (strcmp(cgroups->list[i].mount, mount) == 0)
			hierarchy = &cgroups->list[i];
	}
	if (hierarchy) {
		hierarchy->controllers |= 1u << controller;
		return;
	}
	struct statfs status;
	if (statfs(mount, &status) != 0)
		return;
	hierarchy = &cgroups->list[cgroups->count++];
	*hierarchy = (struct hierarchy){
		.version = status.f_type == CGROUP2_SUPER_MAGIC ? 2 : 1,
		.controllers = 1u << controller,
		.read_only = (status.f_flags & ST_RDONLY) != 0,
		.mount = copy(mount),
	};
	hierarchy->own = find_own(hierarchy, controller_names[controller]);
}

static void say_nothing(void *data, int level, const char *format, va_list arguments)
{
	(void)data;
	(void)level;
	(void)format;
	(void)arguments;
}

bool cgroupfs_discover(struct cgroupfs *cgroups, struct error *error)
{
	*cgroups = (struct cgroupfs){0};
	/* By default libcgroup logs to stdout, where the results go. */
	cgroup_set_logger(say_nothing, CGROUP_LOG_ERROR, NULL);
	if (cgroup_init() == 0) {
		void *handle = NULL;
		struct cgroup_mount_point mount;
		int code = cgroup_get_controller_begin(&handle, &mount);
		for (; code == 0; code = cgroup_get_controller_next(&handle, &mount)) {
			enum controller controller = controller_find(mount.name);
			if (controller != CONTROLLER_COUNT)
				add_controller(cgroups, controller, mount.path);
		}
		cgroup_get_controller_end(&handle);
	}
	if (cgroups->count)
		return true;
	/* libcgroup does not say why it found none. */
	int mounts = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);
	if (mounts < 0)
		return error_set_errno(error, errno, "/proc/self/mounts cannot be read");
	close(mounts);
	return error_set(error, ERROR_UNAVAILABLE, "no cgroup file system is mounted");
}

void cgroupfs_free(struct cgroupfs *cgroups)
{
	for (int i = 0; i < cgroups->count; i++) {
		free(cgroups->list[i].mount);
		free(cgroups->list[i].own);
	}
	cgroups->count = 0;
}

const struct hierarchy *cgroupfs_find(const struct cgroupfs *cgroups, enum controller controller)
{
	for (int i = 0; i < cgroups->count; i++) {
		if (cgroups->list[i].controllers & 1u << controller)
			return &cgroups->list[i];
	}
	return NULL;
}

/* openat2(2): its header is younger than some build machines' kernels. */
struct open_how_2 {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

/* Through no link, and where the path is relative beneath the directory; Linux 5.6 and later sees
 * to that. */
static int open_strictly(int directory, const char *path, int flags)
{
	enum { NO_SYMLINKS = 0x04, BENEATH = 0x08 };
	struct open_how_2 how = {
		.flags = (uint64_t)flags,
		.resolve = *path == '/' ? NO_SYMLINKS : NO_SYMLINKS | BENEATH,
	};
	int fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
	return fd >= 0 || (errno != ENOSYS && errno != EPERM) ? fd : openat(directory, path, flags);
}

int cgroupfs_open(int directory, const char *group, const char *file, int flags)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s%s%s", group, *group ? "/" : "", file);
	if (length >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* An absolute path is one that the kernel names, such as /proc/self. */
	return *path == '/' ? open(path, flags | O_CLOEXEC)
			    : open_strictly(directory, path, flags | O_CLOEXEC);
}

int cgroupfs_open_group(const char *path, int version)
{
	struct statfs status;
	int fd = *path == '/' ? open_strictly(AT_FDCWD, path,
					      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			      : -1;
	if (fd < 0)
		return -1;
	bool of_cgroups =
		fstatfs(fd, &status) == 0 &&
		status.f_type == (version == 2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC);
	if (of_cgroups)
		return fd;
	close(fd);
	errno = ENOTDIR;
	return -1;
}

bool cgroupfs_write(int directory, const char *group, const char *file, const char *value)
{
	int fd = cgroupfs_open(directory, group, file, O_WRONLY);
	if (fd < 0)
		return false;
	ssize_t written;
	do {
		written = write(fd, value, strlen(value));
	} while (written < 0 && errno == EINTR);
	int reason = errno;
	close(fd);
	errno = reason;
	return written >= 0;
}

/* The whole file. */
static bool read_all(int directory, const char *group, const char *file, struct text *out)
{
	int fd = cgroupfs_open(directory, group, file, O_RDONLY);
	if (fd < 0)
		return false;
	char buffer[4096];
	ssize_t got;
	while ((got = read(fd, buffer, sizeof(buffer))) > 0 || (got < 0 && errno == EINTR)) {
		if (got > 0)
			text_add(out, buffer, (size_t)got);
	}
	int reason = errno;
	close(fd);
	errno = reason;
	return got == 0;
}

bool cgroupfs_read(int directory, const char *group, const char *file, struct text *value)
{
	text_clear(value);
	if (!read_all(directory, group, file, value))
		return false;
	value->length = strcspn(text_string(value), "\n");
	if (value->data)
		value->data[value->length] = '\0';
	return true;
}

bool cgroupfs_read_number(int directory, const char *group, const char *file, const char *key,
			  int64_t *number)
{
	struct text content = {0};
	size_t length = strlen(key);
	bool found = false;
	if (read_all(directory, group, file, &content)) {
		for (const char *at = content.data; at && *at && !found;) {
			found = strncmp(at, key, length) == 0 && at[length] == ' ';
			if (found)
				*number = strtoll(at + length, NULL, 10);
			at = strchr(at, '\n');
			at = at ? at + 1 : NULL;
		}
	}
	text_free(&content);
	return found;
}

bool cgroupfs_read_pids(int directory, const char *group, struct pid_list *pids)
{
	struct text content = {0};
	bool ok = read_all(directory, group, "cgroup.procs", &content);
	char *at = content.data, *end = at;
	for (; ok && at && *at; at = end) {
		pid_t pid = (pid_t)strtol(at, &end, 10);
		if (end == at)
			break;
		if (pid > 0) /* 0: a process of another pid namespace */
			VECTOR_PUSH(&pids->list, pid);
		while (*end == '\n')
			end++;
	}
	int reason = errno;
	text_free(&content);
	errno = reason;
	return ok;
}

bool cgroupfs_has_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	while (*words) {
		words += strspn(words, " \n");
		size_t this = strcspn(words, " \n");
		if (this == length && strncmp(words, word, length) == 0)
			return true;
		words += this;
	}
	return false;
}

/* Everything but this process; how many tasks there were. */
static size_t kill_all(int directory, const char *group, int version)
{
	struct pid_list pids = {0};
	bool killed = version == 2 && cgroupfs_write(directory, group, "cgroup.kill", "1");
	if (!killed)
		cgroupfs_write(directory, group, "pids.max", "0");
	cgroupfs_read_pids(directory, group, &pids);
	for (size_t i = 0; i < pids.list.length && !killed; i++) {
		if (pids.list.data[i] != getpid())
			kill(pids.list.data[i], SIGKILL);
	}
	/* A frozen task of v1 does not even die. */
	if (version == 1)
		cgroupfs_write(directory, group, "freezer.state", "THAWED");
	size_t count = pids.list.length;
	VECTOR_FREE(&pids.list);
	return count;
}

void cgroupfs_visit_below(int directory, const char *group,
			  void (*visit)(int directory, const char *group, void *context),
			  void *context)
{
	int fd = openat(directory, *group ? group : ".",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	if (!entries) {
		if (fd >= 0)
			close(fd);
		return;
	}
	const struct dirent *entry;
	while ((entry = readdir(entries))) {
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			visit(fd, entry->d_name, context);
	}
	closedir(entries);
}

struct survey {
	struct pid_list *pids;
	int64_t *groups;
};

static void survey_one(int directory, const char *group, void *context)
{
	struct survey *survey = context;
	cgroupfs_survey(directory, group, survey->pids, survey->groups);
}

void cgroupfs_survey(int directory, const char *group, struct pid_list *pids, int64_t *groups)
{
	struct survey survey = {pids, groups};
	++*groups;
	cgroupfs_read_pids(directory, group, pids);
	cgroupfs_visit_below(directory, group, survey_one, &survey);
}

static void kill_one(int directory, const char *group, void *context)
{
	cgroupfs_kill(directory, group, *(const int *)context);
}

void cgroupfs_kill(int directory, const char *group, int version)
{
	kill_all(directory, group, version);
	cgroupfs_visit_below(directory, group, kill_one, &version);
}

struct clearing {
	int version;
	size_t left; /* groups and tasks that were there */
};

static void clear_one(int directory, const char *group, void *context)
{
	struct clearing *clearing = context;
	clearing->left += 1 + kill_all(directory, group, clearing->version);
	cgroupfs_visit_below(directory, group, clear_one, clearing);
	unlinkat(directory, group, AT_REMOVEDIR);
}

bool cgroupfs_remove(int directory, const char *group, int version, struct patience *patience)
{
	/* A task counts as one of its cgroup until the last switch away from it, which may come
	 * after wait(2) has told of its end; rmdir says EBUSY until then. */
	struct timespec pause = {.tv_nsec = 50000};
	size_t left = SIZE_MAX; /* nobody has looked */
	patience_turn(patience);
	while (unlinkat(directory, group, AT_REMOVEDIR) != 0) {
		if (errno == ENOENT)
			return true;
		if (errno != EBUSY)
			return false;
		if (!patience_lasts(patience, left)) {
			errno = EBUSY;
			return false;
		}
		struct clearing clearing = {.version = version};
		clearing.left = kill_all(directory, group, version);
		cgroupfs_visit_below(directory, group, clear_one, &clearing);
		left = clearing.left;
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 10000000)
			pause.tv_nsec *= 2;
	}
	return true;
}

const char *cgroupfs_help(int reason, int version)
{
	if (reason != EACCES && reason != EPERM && reason != EROFS)
		return "";
	if (reason == EROFS || geteuid() == 0)
		return "; a container has to be run with `docker run --cgroupns=private "
		       "--privileged … ktstr exec …` (podman: `--security-opt "
		       "unmask=/sys/fs/cgroup`)";
	if (version == 2)
		return "; this takes `systemd-run --user --scope -p Delegate=yes ktstr exec …`, or "
		       "root";
	return "; cgroup v1 takes root: `sudo ktstr exec …`";
}
