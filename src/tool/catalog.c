#include "tool/catalog.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Behind the folder of the program: where it was built, and where it was installed. */
static const char *const beside[] = {"scenarios", "../" KTSTR_DATA_NAME "/ktstr/scenarios"};

static bool is_folder(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool find_folder(struct text *path)
{
	const char *given = getenv("KTSTR_CATALOG");
	char program[4096];
	if (given && *given) {
		text_puts(path, given);
		return true;
	}
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[length > 0 ? length : 0] = '\0';
	const char *slash = strrchr(program, '/');
	for (size_t i = 0; slash && i < sizeof(beside) / sizeof(beside[0]); i++) {
		text_clear(path);
		text_printf(path, "%.*s/%s", (int)(slash - program), program, beside[i]);
		if (is_folder(text_string(path)))
			return true;
	}
	text_clear(path);
	text_puts(path, KTSTR_DATA_PATH "/ktstr/scenarios");
	return is_folder(text_string(path));
}

bool catalog_open(struct catalog *catalog, struct error *error)
{
	struct text path = {0};
	*catalog = (struct catalog){0};
	bool fine = find_folder(&path) ? files_add(&catalog->files, text_string(&path), error)
				       : error_set(error, ERROR_REFUSED,
						   "it is neither beside this program nor in %s; "
						   "KTSTR_CATALOG may say where it is",
						   text_string(&path));
	text_free(&path);
	for (size_t i = 0; i < catalog->files.all.length; i++) {
		const char *file = catalog->files.all.data[i], *slash = strrchr(file, '/');
		const char *base = slash ? slash + 1 : file;
		size_t length = strlen(base) - strlen(".kts");
		VECTOR_PUSH(&catalog->names, arena_copy(&catalog->arena, base, length));
	}
	VECTOR_PUSH(&catalog->names, NULL);
	return fine || error_wrap(error, "the catalog");
}

void catalog_free(struct catalog *catalog)
{
	VECTOR_FREE(&catalog->names);
	arena_free(&catalog->arena);
	files_free(&catalog->files);
}

const char *catalog_find(const struct catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->files.all.length; i++) {
		if (strcmp(catalog->names.data[i], name) == 0)
			return catalog->files.all.data[i];
	}
	return NULL;
}
