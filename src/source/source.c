#include "source/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void source_set_free(struct source_set *set)
{
	for (size_t i = 0; i < set->files.length; i++) {
		free(set->files.data[i].name);
		free(set->files.data[i].text);
		free(set->files.data[i].lines);
	}
	VECTOR_FREE(&set->files);
	set->end = 0;
}

/* Takes over `text`, which has room for two bytes behind `length`. */
static size_t adopt(struct source_set *set, const char *name, char *text, size_t length)
{
	assert(text);
	text[length] = text[length + 1] = '\0';
	char *copy = memory_resize(NULL, strlen(name) + 1);
	strcpy(copy, name);
	VECTOR_PUSH(&set->files, (struct source){.name = copy,
						 .text = text,
						 .length = (uint32_t)length,
						 .base = set->end});
	set->end += (uint32_t)length + 1;
	return set->files.length - 1;
}

size_t source_add(struct source_set *set, const char *name, const char *text, size_t length)
{
	char *copy = memory_resize(NULL, length + 2);
	memcpy(copy, text, length);
	return adopt(set, name, copy, length);
}

static bool read_all(int fd, const char *path, char **text, size_t *length, struct error *error)
{
	struct stat status;
	if (fstat(fd, &status))
		return error_set_errno(error, errno, "%s", path);
	if (S_ISDIR(status.st_mode))
		return error_set(error, ERROR_REFUSED, "%s: this is a folder, not a .kts file",
				 path);
	size_t room = S_ISREG(status.st_mode) && status.st_size < SOURCE_BYTES_MAX
			      ? (size_t)status.st_size + 3
			      : 65536;
	char *buffer = memory_resize(NULL, room);
	size_t used = 0;
	for (;;) {
		if (used + 2 >= room)
			buffer = memory_resize(buffer, room *= 2);
		ssize_t got = read(fd, buffer + used, room - used - 2);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(buffer);
			return error_set_errno(error, errno, "%s", path);
		}
		if (got == 0)
			break;
		used += (size_t)got;
		if (used > SOURCE_BYTES_MAX) {
			free(buffer);
			return error_set(error, ERROR_REFUSED,
					 "%s: larger than the limit of %d MiB for a program", path,
					 SOURCE_BYTES_MAX / 1024 / 1024);
		}
	}
	*text = memory_resize(buffer, used + 2);
	*length = used;
	return true;
}

bool source_read(struct source_set *set, const char *path, size_t *index, struct error *error)
{
	bool standard_input = strcmp(path, "-") == 0;
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "%s", path);
	char *text = NULL;
	size_t length = 0;
	bool read = read_all(fd, path, &text, &length, error);
	if (!standard_input)
		close(fd);
	if (!read)
		return false;
	if ((uint64_t)set->end + length >= UINT32_MAX - 2) {
		free(text);
		return error_set(error, ERROR_REFUSED, "%s: too much text in one compilation",
				 path);
	}
	*index = adopt(set, standard_input ? "<stdin>" : path, text, length);
	return true;
}

static void map_lines(struct source *file)
{
	VECTOR(uint32_t) lines = {0};
	VECTOR_PUSH(&lines, 0);
	const char *end = file->text + file->length;
	for (const char *at = file->text; at < end; at++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			break;
		VECTOR_PUSH(&lines, (uint32_t)(at - file->text) + 1);
	}
	file->lines = lines.data;
	file->line_count = lines.length;
}

bool source_locate(struct source_set *set, uint32_t offset, struct source_place *place)
{
	for (size_t i = 0; i < set->files.length; i++) {
		struct source *file = &set->files.data[i];
		if (offset < file->base || offset > file->base + file->length)
			continue;
		if (!file->lines)
			map_lines(file);
		uint32_t at = offset - file->base;
		size_t low = 0, high = file->line_count;
		while (high - low > 1) {
			size_t middle = (low + high) / 2;
			if (file->lines[middle] <= at)
				low = middle;
			else
				high = middle;
		}
		*place = (struct source_place){file, (uint32_t)low + 1, at - file->lines[low] + 1};
		return true;
	}
	return false;
}

const char *source_line(const struct source *file, uint32_t line, size_t *length)
{
	uint32_t start = file->lines[line - 1];
	uint32_t end = line < file->line_count ? file->lines[line] - 1 : file->length;
	if (end > start && file->text[end - 1] == '\r')
		end--;
	*length = end - start;
	return file->text + start;
}
