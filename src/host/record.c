#include "host/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_line(const char *path, char *line, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, line, room - 1);
	if (fd >= 0)
		close(fd);
	line[got > 0 ? got : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return got > 0;
}

uint64_t record_born(pid_t pid)
{
	char path[64], line[1024];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	read_line(path, line, sizeof(line));
	/* Field 2, the command, may hold blanks and ends with the last ')'. */
	char *at = strrchr(line, ')');
	if (!at || strlen(at) < 3 || strchr("ZXx", at[2]))
		return 0;
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

void record_self(struct record_maker *maker)
{
	struct stat status;
	*maker = (struct record_maker){.pid = getpid(), .born = record_born(getpid())};
	if (stat("/proc/self/ns/pid", &status) == 0)
		maker->pid_namespace = status.st_ino;
	read_line("/proc/sys/kernel/random/boot_id", maker->boot, sizeof(maker->boot));
}

void record_name(char *name, size_t room)
{
	snprintf(name, room, "ktstr-%d-%llu", (int)getpid(),
		 (unsigned long long)record_born(getpid()));
}

/* Ours alone, and a folder. */
static bool is_private(int fd)
{
	struct stat status;
	if (fstat(fd, &status) != 0)
		return false;
	if (S_ISDIR(status.st_mode) && status.st_uid == geteuid() && !(status.st_mode & 077))
		return true;
	errno = EPERM;
	return false;
}

/* The place for it below `parent`, which others must not be able to write: they could put one
 * folder in place of the other. A sticky one will do. */
static int open_below(const char *parent, const char *name, bool make)
{
	struct stat status;
	int above = open(parent, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), fd = -1;
	if (above < 0)
		return -1;
	bool safe = fstat(above, &status) == 0 &&
		    (status.st_uid == geteuid() || status.st_uid == 0) &&
		    (!(status.st_mode & 022) || status.st_mode & S_ISVTX);
	if (safe && make)
		mkdirat(above, name, 0700);
	if (safe)
		fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	else
		errno = EPERM;
	int reason = errno;
	close(above);
	if (fd >= 0 && !is_private(fd)) {
		reason = errno;
		close(fd);
		fd = -1;
	}
	errno = reason;
	return fd;
}

static int open_place(int place, bool make, struct text *path)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *parent = "/dev/shm";
	char name[32] = "ktstr";
	if (place == 1)
		snprintf(name, sizeof(name), "ktstr-%u", (unsigned)geteuid());
	else
		parent = geteuid() == 0 ? "/run" : runtime && *runtime == '/' ? runtime : NULL;
	errno = ENOENT;
	if (!parent)
		return -1;
	text_printf(path, "%s/%s", parent, name);
	return open_below(parent, name, make);
}

int record_folder(int place, struct text *path)
{
	return open_place(place, false, path);
}

static bool lock(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_SETLK, &whole) == 0;
}

/* Nameless until it is locked and tells whose it is. */
static int make(const struct record *record, const struct record_maker *maker)
{
	char path[64];
	struct text lines = {0};
	int fd = openat(record->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	text_printf(&lines, "ktstr.record/1\npid %d\nborn %llu\npidns %llu\nboot %s\n",
		    (int)maker->pid, (unsigned long long)maker->born,
		    (unsigned long long)maker->pid_namespace, maker->boot);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	bool made = fd >= 0 && lock(fd) && text_write(&lines, fd) &&
		    linkat(AT_FDCWD, path, record->folder, record->name, AT_SYMLINK_FOLLOW) == 0;
	int reason = errno;
	text_free(&lines);
	if (made)
		return fd;
	if (fd >= 0)
		close(fd);
	errno = reason;
	return -1;
}

/* Make it, or open that which another host of this process could not do away with. */
static bool make_or_open(struct record *record, const struct record_maker *maker)
{
	record->fd = make(record, maker);
	if (record->fd >= 0 || errno != EEXIST)
		return record->fd >= 0;
	record->fd =
		openat(record->folder, record->name, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	return record->fd >= 0 && lock(record->fd);
}

static bool open_in(struct record *record, int place, const struct record_maker *maker,
		    struct text *path)
{
	enum { TRIES = 16 };
	for (int i = 0; i < TRIES; i++) {
		text_clear(path);
		record->folder = open_place(place, true, path);
		if (record->folder < 0)
			return false;
		if (make_or_open(record, maker))
			return true;
		int reason = errno;
		close(record->folder);
		record->folder = -1;
		errno = reason;
		/* Another run has just removed the folder with its last record. */
		if (reason != ENOENT)
			return false;
	}
	return false;
}

bool record_open(struct record *record, struct error *error)
{
	struct record_maker maker;
	struct text path = {0}, tried = {0};
	int reason = 0;
	bool opened = false;
	record_self(&maker);
	*record = (struct record){.fd = -1, .folder = -1};
	record_name(record->name, sizeof(record->name));
	for (int place = 0; place < RECORD_PLACES && !opened; place++) {
		opened = open_in(record, place, &maker, &path);
		if (opened || tried.length || !path.length)
			continue;
		reason = errno;
		text_puts(&tried, text_string(&path));
	}
	if (!opened)
		error_set_errno(error, reason,
				"what this run makes cannot be written down in %.200s, and if it "
				"is killed `ktstr cleanup` finds nothing to sweep",
				text_string(&tried));
	text_free(&path);
	text_free(&tried);
	return opened;
}

bool record_add(const struct record *record, const char *line, struct error *error)
{
	struct text whole = {0};
	if (record->fd < 0)
		return true;
	text_printf(&whole, "%s\n", line);
	bool fine = lseek(record->fd, 0, SEEK_END) >= 0 && text_write(&whole, record->fd);
	int reason = errno;
	text_free(&whole);
	return fine || error_set_errno(error, reason, "the run's record cannot be written");
}

bool record_remove(int folder, const char *name)
{
	struct text path = {0};
	bool removed = unlinkat(folder, name, 0) == 0 || errno == ENOENT;
	int reason = errno;
	/* Refused while there is another's. */
	for (int place = 0; place < RECORD_PLACES; place++) {
		struct stat one, other;
		text_clear(&path);
		int fd = open_place(place, false, &path);
		if (fd < 0)
			continue;
		if (fstat(fd, &one) == 0 && fstat(folder, &other) == 0 &&
		    one.st_ino == other.st_ino && one.st_dev == other.st_dev)
			rmdir(text_string(&path));
		close(fd);
	}
	text_free(&path);
	errno = reason;
	return removed;
}

void record_close(struct record *record, bool nothing_left)
{
	if (record->fd < 0)
		return;
	if (nothing_left)
		record_remove(record->folder, record->name);
	close(record->fd);
	close(record->folder);
	record->fd = record->folder = -1;
}
