/*
 * bpf_map: a look into a pinned BPF map, as bpf(2) has it. Nothing is created or changed.
 */
#ifndef KTSTR_HOST_BPF_MAP_H
#define KTSTR_HOST_BPF_MAP_H

#include "base/error.h"

#include <stdint.h>

/* The value at a key of the map pinned at `path`. Keys are of 4 or 8 bytes, values of 1, 2, 4 or 8,
 * without a sign. ERROR_UNAVAILABLE with ENOENT: nothing is pinned there, or nothing is at that
 * key. */
bool bpf_map_value(const char *path, int64_t key, int64_t *value, struct error *error);

#endif
