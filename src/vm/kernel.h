/*
 * kernel: a kernel image as QEMU starts it fastest. A bzImage whose payload can be unpacked here
 * and entered directly (PVH) becomes that ELF file, which spares the guest its own unpacking; any
 * other bzImage, and an ELF kernel, is taken as it is.
 */
#ifndef KTSTR_VM_KERNEL_H
#define KTSTR_VM_KERNEL_H

#include "base/error.h"

/* A file descriptor to boot from; -1 when it is no kernel, or cannot be read. */
int kernel_open(const char *path, struct error *error);

#endif
