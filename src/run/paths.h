/*
 * paths: names of cgroups while a scenario runs. A path is a small number, whether the cgroup
 * exists or not; the same parts always give the same number.
 */
#ifndef KTSTR_RUN_PATHS_H
#define KTSTR_RUN_PATHS_H

#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"

enum { PATH_HOST = 0, PATH_ROOT = 1, PATHS_MAX = 1 << 20, PATHS_MIB_MAX = 256 };

struct path {
	int parent;
	int family;       /* the path `cell` of a member `cell[3]`, else -1 */
	name_id name;     /* of the directory */
	unsigned stamp;   /* of the caller, to mark some */
	int group;        /* the host's number while it exists, else -1 */
	const char *text; /* "a/b_3", for people */
};

struct paths {
	struct arena arena;
	struct map names;
	VECTOR(struct path) all;
	int *slots; /* open addressing by parent and name; -1 is free */
	size_t slot_count;
	size_t bytes;         /* of all texts */
	VECTOR(int) by_group; /* path of each group of the host */
};

void paths_init(struct paths *paths);
void paths_free(struct paths *paths);
/* The path of `name` below `parent`; -1 when there are too many. */
int paths_child(struct paths *paths, int parent, const char *name);
int paths_member(struct paths *paths, int family, int64_t index);
const char *paths_text(const struct paths *paths, int path);
const char *paths_name(const struct paths *paths, int path);
/* The path exists as this group of the host, or (-1) no longer does. */
void paths_set_group(struct paths *paths, int path, int group);
int paths_of_group(const struct paths *paths, int group);

#endif
