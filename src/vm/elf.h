/*
 * elf: what an ELF file says of itself: the loader and the shared libraries that it asks for, and
 * whether a kernel in this form can be booted directly. The file is read with suspicion: nothing
 * in it leads outside of it.
 */
#ifndef KTSTR_VM_ELF_H
#define KTSTR_VM_ELF_H

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <stdint.h>

struct elf {
	uint16_t machine;
	char *loader;  /* NULL: static, or a library */
	char *runpath; /* folders to look in first, with colons between; NULL: none */
	VECTOR(char *) needed;
};

/* Is it an ELF file at all? */
bool elf_is(const char *bytes, size_t length);
/* Read the 64-bit ELF file in memory. */
bool elf_read(struct elf *elf, const char *bytes, size_t length, struct error *error);
void elf_free(struct elf *elf);
/* Has it the note by which a Linux kernel can be entered without its decompressor (PVH)? */
bool elf_boots(const char *bytes, size_t length);

#endif
