#include "tool/files.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 16 };

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_folder(const char *path)
{
	struct stat status;
	return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_program(const char *path)
{
	size_t length = strlen(path);
	return length > 4 && strcmp(path + length - 4, ".kts") == 0;
}

static void push(struct files *files, const char *path)
{
	char *copy = memory_resize(NULL, strlen(path) + 1);
	VECTOR_PUSH(&files->all, strcpy(copy, path));
}

static bool add_folder(struct files *files, const char *path, int depth, struct error *error)
{
	struct dirent **entries;
	int count = depth < DEPTH_MAX ? scandir(path, &entries, NULL, compare_names) : 0;
	if (count < 0)
		return error_set_errno(error, errno, "%s: cannot read the folder", path);
	bool fine = true;
	for (int i = 0; i < count; i++) {
		struct text below = {0};
		text_printf(&below, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/",
			    entries[i]->d_name);
		const char *inside = text_string(&below);
		if (fine && entries[i]->d_name[0] != '.' && is_folder(inside))
			fine = add_folder(files, inside, depth + 1, error);
		else if (fine && entries[i]->d_name[0] != '.' && is_program(inside))
			push(files, inside);
		text_free(&below);
		free(entries[i]);
	}
	if (count > 0)
		free(entries);
	return fine;
}

bool files_add(struct files *files, const char *path, struct error *error)
{
	size_t before = files->all.length;
	if (!is_folder(path)) {
		push(files, path);
		return true;
	}
	return add_folder(files, path, 0, error) &&
	       (files->all.length > before ||
		error_set(error, ERROR_REFUSED, "%s: there are no .kts files in this folder",
			  path));
}

void files_free(struct files *files)
{
	for (size_t i = 0; i < files->all.length; i++)
		free(files->all.data[i]);
	VECTOR_FREE(&files->all);
}
