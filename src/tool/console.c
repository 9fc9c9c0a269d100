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

static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(fd, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

bool console_write(int fd, const struct text *text)
{
	return write_all(fd, text_string(text), text->length);
}

int console_print(const char *program, const struct text *text)
{
	if (console_write(STDOUT_FILENO, text))
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

bool console_write_file(const char *path, const struct text *text, struct error *error)
{
	struct text temporary = {0};
	struct stat status;
	/* A device or a pipe is written to, not replaced. */
	bool exists = stat(path, &status) == 0;
	bool special = exists && !S_ISREG(status.st_mode);
	text_printf(&temporary, special ? "%s" : "%s.XXXXXX", path);
	int fd = special ? open(path, O_WRONLY | O_CLOEXEC) : mkostemp(temporary.data, O_CLOEXEC);
	bool fine = fd >= 0;
	int number = errno;
	if (fine && !special) {
		/* mkostemp() makes it private; it is to be as readable as what it replaces, or as
		 * any new file. Root leaves it to its owner. */
		mode_t mask = umask(0);
		umask(mask);
		mode_t mode = exists ? status.st_mode & 0777 : 0666 & ~mask;
		if (exists && geteuid() == 0)
			fine = fchown(fd, status.st_uid, status.st_gid) == 0;
		fine = fine && fchmod(fd, mode) == 0;
	}
	if (fine && !write_all(fd, text_string(text), text->length))
		fine = false;
	if (!fine)
		number = errno;
	if (fd >= 0 && close(fd) && fine) {
		number = errno;
		fine = false;
	}
	if (fine && !special && rename(temporary.data, path)) {
		number = errno;
		fine = false;
	}
	if (!fine && fd >= 0 && !special)
		unlink(temporary.data);
	text_free(&temporary);
	return fine || error_set_errno(error, number, "cannot write %s", path);
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
