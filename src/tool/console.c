#include "tool/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool console_read_color(const char *word, enum console_color *color)
{
	static const char *const words[] = {"auto", "always", "never"};
	for (int i = 0; i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			*color = (enum console_color)i;
			return true;
		}
	}
	return false;
}

bool console_use_color(enum console_color color, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return console_is_terminal(fd);
}

bool console_is_terminal(int fd)
{
	const char *terminal = getenv("TERM");
	return isatty(fd) && !(terminal && strcmp(terminal, "dumb") == 0);
}

int console_print(const char *program, const struct text *text)
{
	if (text_write(text, STDOUT_FILENO))
		return EXIT_CLEAN;
	console_error(program, "cannot write the output: %m");
	return EXIT_INTERNAL;
}

int console_puts(const char *program, const char *string)
{
	struct text text = {0};
	text_puts(&text, string);
	int code = console_print(program, &text);
	text_free(&text);
	return code;
}

void console_error(const char *program, const char *format, ...)
{
	char message[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	fprintf(stderr, "%s: %s\n", program, message);
}

/* A file without a name in the folder of `path`, so that a program which is killed leaves none; -1
 * where the file system has no such thing (open(2)). */
static int open_nameless(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct text folder = {0};
	text_add(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	int fd = open(folder.length ? text_string(&folder) : ".", O_TMPFILE | O_RDWR | O_CLOEXEC,
		      0600);
	text_free(&folder);
	return fd;
}

/* The file gets the mode of what it replaces, or of any new file. Root leaves it to its owner. */
static bool set_mode(int fd, const struct stat *replaced)
{
	mode_t mask = umask(0);
	umask(mask);
	if (replaced && geteuid() == 0 && fchown(fd, replaced->st_uid, replaced->st_gid) != 0)
		return false;
	return fchmod(fd, replaced ? replaced->st_mode & 0777 : 0666 & ~mask) == 0;
}

/* The same for a name that is taken, by way of a temporary one that exists for the time of two
 * calls.
 */
static bool replace(const char *self, const char *path)
{
	enum { TRIES = 100 };
	struct text temporary = {0};
	bool named = false;
	for (int i = 0; i < TRIES && !named; i++) {
		text_clear(&temporary);
		text_printf(&temporary, "%s.%d-%d", path, (int)getpid(), i);
		named = linkat(AT_FDCWD, self, AT_FDCWD, temporary.data, AT_SYMLINK_FOLLOW) == 0;
		if (!named && errno != EEXIST)
			break;
	}
	bool fine = named && rename(temporary.data, path) == 0;
	int number = errno;
	if (named && !fine)
		unlink(temporary.data);
	text_free(&temporary);
	errno = number;
	return fine;
}

/* Give a nameless file its name. */
static bool give_name(int fd, const char *path)
{
	char self[64];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return true;
	return errno == EEXIST && replace(self, path);
}

static bool close_file(int fd, bool fine)
{
	int number = errno;
	if (close(fd) != 0 && fine)
		return false;
	errno = number;
	return fine;
}

static bool write_nameless(int fd, const char *path, const struct text *text,
			   const struct stat *replaced)
{
	bool fine = set_mode(fd, replaced) && text_write(text, fd) && give_name(fd, path);
	return close_file(fd, fine);
}

static bool write_beside(const char *path, const struct text *text, const struct stat *replaced)
{
	struct text temporary = {0};
	text_printf(&temporary, "%s.XXXXXX", path);
	int fd = mkostemp(temporary.data, O_CLOEXEC);
	bool fine = fd >= 0 && set_mode(fd, replaced) && text_write(text, fd);
	fine = fd >= 0 && close_file(fd, fine) && rename(temporary.data, path) == 0;
	int number = errno;
	if (!fine && fd >= 0)
		unlink(temporary.data);
	text_free(&temporary);
	errno = number;
	return fine;
}

/* A device or a pipe is written to, not replaced. */
static bool write_special(const char *path, const struct text *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && close_file(fd, text_write(text, fd));
}

bool console_write_file(const char *path, const struct text *text, struct error *error)
{
	struct stat status;
	bool exists = stat(path, &status) == 0, fine;
	const struct stat *replaced = exists ? &status : NULL;
	int fd = -1;
	if (exists && !S_ISREG(status.st_mode))
		fine = write_special(path, text);
	else if ((fd = open_nameless(path)) >= 0)
		fine = write_nameless(fd, path, text, replaced);
	else
		fine = write_beside(path, text, replaced);
	return fine || error_set_errno(error, errno, "cannot write %s", path);
}

void console_unknown(const char *program, const char *what, const char *word,
		     const char *const *known)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, word);
	for (; *known; known++)
		text_nearest_offer(&nearest, *known);
	if (nearest.best)
		console_error(program, "there is no %s '%s'; did you mean '%s'?", what, word,
			      nearest.best);
	else
		console_error(program, "there is no %s '%s'; see %s --help", what, word, program);
}
