/*
 * luggage: what a guest is given besides ktstr itself: programs with all that they need to start:
 * loader, shared libraries, the interpreter of a script. Each lies in the guest where it lies here,
 * so that paths mean the same.
 */
#ifndef KTSTR_VM_LUGGAGE_H
#define KTSTR_VM_LUGGAGE_H

#include "vm/archive.h"

/* Where an executable is found: `name` itself if it has a slash (made absolute), else in PATH;
 * false if nowhere. */
bool luggage_find(const char *name, struct text *path);

/* Add a file as an absolute `path`; if it is a program or library, with what it needs. */
bool luggage_add(struct archive *archive, const char *path, struct error *error);

/* Only what the program needs, not itself. */
bool luggage_add_needed(struct archive *archive, const char *path, struct error *error);

/* The text of `path` as an absolute one, "." and ".." and double slashes gone. */
void luggage_put_absolute(struct text *out, const char *path);

#endif
