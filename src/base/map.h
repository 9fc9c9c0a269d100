/*
 * map: interned names. Each distinct byte string gets a small number, counted from 1 (0 is "no
 * name"), and keeps it; comparing names is then comparing numbers. The bytes are copied into the
 * arena given at the start and outlive the map.
 */
#ifndef KTSTR_BASE_MAP_H
#define KTSTR_BASE_MAP_H

#include "base/arena.h"

#include <stdint.h>

typedef uint32_t name_id;

struct map_entry {
	const char *text; /* NUL-terminated */
	uint32_t length;
	uint32_t hash;
};

struct map {
	struct arena *arena;
	struct map_entry *entries; /* [0] unused */
	uint32_t *slots;           /* open addressing, 0 is free */
	uint32_t count;
	uint32_t room;       /* of entries */
	uint32_t slot_count; /* power of two */
};

void map_init(struct map *map, struct arena *arena);
void map_free(struct map *map);
name_id map_intern(struct map *map, const char *text, size_t length);
/* The number of a name that is there already, 0 if it is not. */
name_id map_find(const struct map *map, const char *text, size_t length);

static inline const char *map_text(const struct map *map, name_id id)
{
	return id ? map->entries[id].text : "";
}

#endif
