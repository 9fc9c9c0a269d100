#include "base/map.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash_bytes(const char *text, size_t length)
{
	/* FNV-1a, 32 bits. */
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

void map_init(struct map *map, struct arena *arena)
{
	*map = (struct map){.arena = arena, .room = 64, .slot_count = 128};
	map->entries = memory_zeroed(map->room, sizeof(*map->entries));
	map->slots = memory_zeroed(map->slot_count, sizeof(*map->slots));
}

void map_free(struct map *map)
{
	free(map->entries);
	free(map->slots);
	*map = (struct map){0};
}

static uint32_t find_slot(const struct map *map, const char *text, size_t length, uint32_t hash)
{
	uint32_t mask = map->slot_count - 1;
	for (uint32_t slot = hash & mask;; slot = (slot + 1) & mask) {
		uint32_t id = map->slots[slot];
		if (!id)
			return slot;
		const struct map_entry *entry = &map->entries[id];
		if (entry->hash == hash && entry->length == length &&
		    memcmp(entry->text, text, length) == 0)
			return slot;
	}
}

static void grow_slots(struct map *map)
{
	free(map->slots);
	map->slot_count *= 2;
	map->slots = memory_zeroed(map->slot_count, sizeof(*map->slots));
	uint32_t mask = map->slot_count - 1;
	for (uint32_t id = 1; id <= map->count; id++) {
		uint32_t slot = map->entries[id].hash & mask;
		while (map->slots[slot])
			slot = (slot + 1) & mask;
		map->slots[slot] = id;
	}
}

name_id map_intern(struct map *map, const char *text, size_t length)
{
	uint32_t hash = hash_bytes(text, length);
	uint32_t slot = find_slot(map, text, length, hash);
	if (map->slots[slot])
		return map->slots[slot];
	if (map->count + 2 > map->room) {
		map->room *= 2;
		map->entries = memory_resize(map->entries, map->room * sizeof(*map->entries));
	}
	name_id id = ++map->count;
	map->entries[id] = (struct map_entry){.text = arena_copy(map->arena, text, length),
					      .length = (uint32_t)length,
					      .hash = hash};
	map->slots[slot] = id;
	if (map->count * 2 > map->slot_count)
		grow_slots(map);
	return id;
}

name_id map_find(const struct map *map, const char *text, size_t length)
{
	return map->slots[find_slot(map, text, length, hash_bytes(text, length))];
}
