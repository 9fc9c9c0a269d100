#include "vm/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE_FOLDER = 0755, FILE_BYTES_MAX = 1 << 30 };

static void pad(struct text *bytes)
{
	text_add(bytes, "\0\0\0", -bytes->length & 3);
}

static void put(struct archive *archive, const char *name, unsigned mode, const char *bytes,
		size_t length)
{
	unsigned inode = archive->names.count;
	/* inode, mode, owner, group, links, time, size, devices of it and of what it is, the
	 * length of its name, no check sum */
	text_printf(&archive->bytes, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		    inode, mode, 0u, 0u, 1u, 0u, length, 0u, 0u, 0u, 0u, strlen(name) + 1, 0u);
	text_add(&archive->bytes, name, strlen(name) + 1);
	pad(&archive->bytes);
	text_add(&archive->bytes, bytes, length);
	pad(&archive->bytes);
}

void archive_init(struct archive *archive)
{
	*archive = (struct archive){0};
	map_init(&archive->names, &archive->arena);
}

void archive_free(struct archive *archive)
{
	text_free(&archive->bytes);
	map_free(&archive->names);
	arena_free(&archive->arena);
}

bool archive_has(const struct archive *archive, const char *path)
{
	return map_find(&archive->names, path, strlen(path)) != 0;
}

/* The folders above a path, from the root down. */
static void add_above(struct archive *archive, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct text folder = {0};
		text_add(&folder, path, (size_t)(slash - path));
		if (!archive_has(archive, folder.data)) {
			map_intern(&archive->names, folder.data, folder.length);
			put(archive, folder.data + 1, S_IFDIR | MODE_FOLDER, "", 0);
		}
		text_free(&folder);
	}
}

static bool claim(struct archive *archive, const char *path)
{
	if (archive_has(archive, path))
		return false;
	add_above(archive, path);
	map_intern(&archive->names, path, strlen(path));
	return true;
}

void archive_add_folder(struct archive *archive, const char *path)
{
	if (path[1] && claim(archive, path))
		put(archive, path + 1, S_IFDIR | MODE_FOLDER, "", 0);
}

void archive_add_bytes(struct archive *archive, const char *path, unsigned mode, const char *bytes,
		       size_t length)
{
	if (claim(archive, path))
		put(archive, path + 1, S_IFREG | mode, bytes, length);
}

static bool read_whole(int fd, struct text *out)
{
	char bytes[65536];
	ssize_t got;
	while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		text_add(out, bytes, (size_t)got);
	}
	return true;
}

bool archive_add_file(struct archive *archive, const char *path, const char *from,
		      struct error *error)
{
	struct stat status;
	struct text content = {0};
	if (archive_has(archive, path))
		return true;
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0) {
		int reason = errno;
		if (fd >= 0)
			close(fd);
		return error_set_errno(error, reason, "cannot read %s", from);
	}
	bool fine = S_ISREG(status.st_mode) && status.st_size <= FILE_BYTES_MAX;
	if (!fine)
		error_set(error, ERROR_REFUSED, "%s is no file that a guest could be given", from);
	else if (!(fine = read_whole(fd, &content)))
		error_set_errno(error, errno, "cannot read %s", from);
	close(fd);
	if (fine)
		archive_add_bytes(archive, path, status.st_mode & 0777, text_string(&content),
				  content.length);
	text_free(&content);
	return fine;
}

void archive_finish(struct archive *archive)
{
	put(archive, "TRAILER!!!", 0, "", 0);
}
