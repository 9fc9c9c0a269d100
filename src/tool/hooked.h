/*
 * hooked: the hook libraries of a command: those of --hooks, those that its programs use, and what
 * is linked in; and the scenarios that they register.
 */
#ifndef KTSTR_TOOL_HOOKED_H
#define KTSTR_TOOL_HOOKED_H

#include "api/hooks.h"
#include "tool/compile.h"

struct hooked {
	struct registry registry;
	struct hook_caller *caller; /* NULL: no library was given */
};

/* The scenario of this name as a program; false if no library has one. */
bool hooked_compile(const struct hooked *hooked, const char *name, struct compilation *compilation,
		    struct error *error);
/* Load what the program, which was read from `path`, uses by `use hooks`. */
bool hooked_load_used(struct hooked *hooked, struct compilation *compilation, const char *path,
		      struct error *error);
void hooked_free(struct hooked *hooked);

#endif
