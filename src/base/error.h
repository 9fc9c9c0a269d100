/*
 * error: how the world's refusals travel upwards.
 *
 * A function that can be refused returns bool and takes a `struct error *` last; false means that
 * the error is filled. Each caller may put its own context in front with error_wrap(). The user's
 * own mistakes are diagnostics (src/source/diag.h), ours are asserts; neither comes through here.
 */
#ifndef KTSTR_BASE_ERROR_H
#define KTSTR_BASE_ERROR_H

#include <stdbool.h>

enum error_kind {
	ERROR_NONE,
	ERROR_REFUSED,     /* the set-up failed (permission, fork, I/O): the scenario is BROKEN */
	ERROR_UNAVAILABLE, /* this machine does not have it: the scenario is a SKIP */
};

struct error {
	enum error_kind kind;
	int number; /* errno of the refusal, 0 where none applies */
	char message[512];
};

/* Fill `error` (which may be NULL) and return false. The errno's text is not added: say it with
 * error_set_errno(). */
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set() with ERROR_REFUSED, followed by ": " and the text of `number`. Returns false. */
bool error_set_errno(struct error *error, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "context: " in front of the message. Returns false, so `return error_wrap(…)` unwinds. */
bool error_wrap(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
