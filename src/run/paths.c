#include "run/paths.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static size_t hash_path(int parent, name_id name)
{
	uint64_t hash = ((uint64_t)(uint32_t)parent << 32 | name) * 0x9e3779b97f4a7c15u;
	return (size_t)(hash >> 24);
}

static int *find_slot(const struct paths *paths, int parent, name_id name)
{
	size_t mask = paths->slot_count - 1;
	for (size_t i = hash_path(parent, name) & mask;; i = (i + 1) & mask) {
		int path = paths->slots[i];
		if (path < 0 ||
		    (paths->all.data[path].parent == parent && paths->all.data[path].name == name))
			return &paths->slots[i];
	}
}

static void grow(struct paths *paths)
{
	free(paths->slots);
	paths->slot_count = paths->slot_count ? paths->slot_count * 2 : 64;
	paths->slots = memory_resize(NULL, paths->slot_count * sizeof(*paths->slots));
	memset(paths->slots, 0xff, paths->slot_count * sizeof(*paths->slots));
	for (size_t i = PATH_ROOT + 1; i < paths->all.length; i++)
		*find_slot(paths, paths->all.data[i].parent, paths->all.data[i].name) = (int)i;
}

void paths_init(struct paths *paths)
{
	*paths = (struct paths){0};
	map_init(&paths->names, &paths->arena);
	VECTOR_PUSH(&paths->all,
		    (struct path){.parent = -1, .family = -1, .group = 0, .text = "host"});
	VECTOR_PUSH(&paths->all, (struct path){.parent = -1, .family = -1, .group = 1, .text = ""});
	VECTOR_PUSH(&paths->by_group, PATH_HOST);
	VECTOR_PUSH(&paths->by_group, PATH_ROOT);
	grow(paths);
}

void paths_free(struct paths *paths)
{
	VECTOR_FREE(&paths->all);
	VECTOR_FREE(&paths->by_group);
	free(paths->slots);
	map_free(&paths->names);
	arena_free(&paths->arena);
}

int paths_child(struct paths *paths, int parent, const char *name)
{
	name_id id = map_intern(&paths->names, name, strlen(name));
	int *slot = find_slot(paths, parent, id);
	if (*slot >= 0)
		return *slot;
	if (paths->all.length == PATHS_MAX || paths->bytes > (size_t)PATHS_MIB_MAX * 1024 * 1024)
		return -1;
	struct text text = {0};
	const char *above = paths->all.data[parent].text;
	text_printf(&text, "%s%s%s", above, *above ? "/" : "", name);
	paths->bytes += text.length;
	int path = (int)paths->all.length;
	*slot = path;
	VECTOR_PUSH(&paths->all, (struct path){.parent = parent,
					       .family = -1,
					       .name = id,
					       .group = -1,
					       .text = arena_copy(&paths->arena, text_string(&text),
								  text.length)});
	text_free(&text);
	if (paths->all.length * 2 > paths->slot_count)
		grow(paths);
	return path;
}

int paths_member(struct paths *paths, int family, int64_t index)
{
	char name[512];
	snprintf(name, sizeof(name), "%s_%" PRId64, paths_name(paths, family), index);
	int path = paths_child(paths, paths->all.data[family].parent, name);
	if (path >= 0)
		paths->all.data[path].family = family;
	return path;
}

const char *paths_text(const struct paths *paths, int path)
{
	return paths->all.data[path].text;
}

const char *paths_name(const struct paths *paths, int path)
{
	return map_text(&paths->names, paths->all.data[path].name);
}

void paths_set_group(struct paths *paths, int path, int group)
{
	if (group >= 0) {
		while (paths->by_group.length <= (size_t)group)
			VECTOR_PUSH(&paths->by_group, -1);
		paths->by_group.data[group] = path;
	}
	paths->all.data[path].group = group;
}

int paths_of_group(const struct paths *paths, int group)
{
	return paths->by_group.data[group];
}
