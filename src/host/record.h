/*
 * record: what a run has made on this machine, written down on disk before it is made, so that a
 * later ktstr can sweep what a killed one left. A file in a folder that only its user can enter:
 * /run/ktstr for root, $XDG_RUNTIME_DIR/ktstr for others, /dev/shm/ktstr-UID where there is
 * neither. Whoever else owns or may write that folder, or a link in its place: it is not used.
 *
 * Its name is the run's, `ktstr-PID-STARTTIME`, as that of the run's cgroups. The running ktstr
 * holds a lock on it that ends with its process and that no child inherits (F_SETLK of fcntl(2)),
 * so neither a reused pid nor one that cannot be seen from here makes a living run look dead.
 *
 * The file appears with its lock held and its first lines written, or not at all.
 */
#ifndef KTSTR_HOST_RECORD_H
#define KTSTR_HOST_RECORD_H

#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

struct record {
	int fd;     /* -1: nothing is written down */
	int folder; /* that it lies in */
	char name[64];
};

/* Who made a record. */
struct record_maker {
	pid_t pid;
	uint64_t born; /* field 22 of /proc/PID/stat: proc(5) */
	uint64_t pid_namespace;
	char boot[40]; /* that of the kernel */
};

/* Make this process's record, or open it again. Without a folder for it there is none (`fd` is -1)
 * and the error says why; the name is there in any case. */
bool record_open(struct record *record, struct error *error);
/* Add a line; true where there is no record. */
bool record_add(const struct record *record, const char *line, struct error *error);
/* Close it, and if nothing is left of what it names, remove it. */
void record_close(struct record *record, bool nothing_left);

/* Remove one from its folder, and the folder with the last one; false with errno. */
bool record_remove(int folder, const char *name);

/* Folders of this user's records, by number; -1 with errno (ENOENT: there is none) and its path. */
enum { RECORD_PLACES = 2 };
int record_folder(int place, struct text *path);

/* "ktstr-PID-STARTTIME" of this process. */
void record_name(char *name, size_t room);
/* This process. */
void record_self(struct record_maker *maker);
/* When a living process was born, 0 if there is none of this number. */
uint64_t record_born(pid_t pid);

#endif
