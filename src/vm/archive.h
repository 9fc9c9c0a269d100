/*
 * archive: an initramfs in memory: a cpio archive in the `newc` form, which the kernel unpacks at
 * its start (Documentation/driver-api/early-userspace/buffer-format.rst of Linux).
 *
 * The same calls give the same bytes: no times, no owners, no numbers of the host's inodes. Names
 * are absolute paths; the folders above a file come by themselves. A name that is there already is
 * left as it is.
 */
#ifndef KTSTR_VM_ARCHIVE_H
#define KTSTR_VM_ARCHIVE_H

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"

struct archive {
	struct text bytes;
	struct arena arena;
	struct map names;
};

void archive_init(struct archive *archive);
void archive_free(struct archive *archive);
bool archive_has(const struct archive *archive, const char *path);
void archive_add_folder(struct archive *archive, const char *path);
void archive_add_bytes(struct archive *archive, const char *path, unsigned mode, const char *bytes,
		       size_t length);
/* A file of this machine, under `path`; its mode comes along, its owner does not. */
bool archive_add_file(struct archive *archive, const char *path, const char *from,
		      struct error *error);
void archive_finish(struct archive *archive);

#endif
