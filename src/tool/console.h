/*
 * console: what the two programs share towards their user: colour, usage errors, output that is
 * whole or an error.
 */
#ifndef KTSTR_TOOL_CONSOLE_H
#define KTSTR_TOOL_CONSOLE_H

#include "base/error.h"
#include "base/text.h"

/* Exit codes of section 9 of the language's design that both programs share. */
enum { EXIT_CLEAN = 0, EXIT_FOUND = 1, EXIT_USAGE = 2, EXIT_INTERNAL = 3 };

enum console_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* --color's word; false if it is none. */
bool console_read_color(const char *word, enum console_color *color);
/* Whether to colour what goes to this fd: asked for, or a terminal without NO_COLOR. */
bool console_use_color(enum console_color color, int fd);

/* A terminal that obeys more than newlines. */
bool console_is_terminal(int fd);

/* Write a text to stdout as all that a command does; returns its exit code. */
int console_print(const char *program, const struct text *text);
int console_puts(const char *program, const char *text);
/* "PROGRAM: message" on stderr. */
void console_error(const char *program, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Write a file that is whole or not there: it gets its name last, or takes another's. A file that
 * is replaced leaves it its mode, and its owner where we may give files away. */
bool console_write_file(const char *path, const struct text *text, struct error *error);

/* Report a word that is not in a NULL-terminated list, with the nearest one. */
void console_unknown(const char *program, const char *what, const char *word,
		     const char *const *known);

#endif
