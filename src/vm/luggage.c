#include "vm/luggage.h"

#include "base/vector.h"
#include "vm/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 32 };

/* Where the loader looks without being told, Debian's folders first. */
static const char *const usual[] = {"/lib/x86_64-linux-gnu",
				    "/usr/lib/x86_64-linux-gnu",
				    "/lib64",
				    "/usr/lib64",
				    "/lib",
				    "/usr/lib"};

static bool add(struct archive *archive, const char *path, int depth, struct error *error);

void luggage_put_absolute(struct text *out, const char *path)
{
	struct text whole = {0};
	char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);
	size_t start = out->length;
	text_printf(&whole, "%s/%s", folder ? folder : "", path);
	free(folder);
	for (char *rest = whole.data, *part; (part = strsep(&rest, "/"));) {
		if (!*part || strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") != 0) {
			text_printf(out, "/%s", part);
			continue;
		}
		while (out->length > start && out->data[--out->length] != '/')
			continue;
		if (out->data)
			out->data[out->length] = '\0';
	}
	if (out->length == start)
		text_putc(out, '/');
	text_free(&whole);
}

static bool is_program(const char *path)
{
	struct stat status;
	return access(path, X_OK) == 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool luggage_find(const char *name, struct text *path)
{
	const char *folders = getenv("PATH");
	text_clear(path);
	if (strchr(name, '/')) {
		luggage_put_absolute(path, name);
		return is_program(path->data);
	}
	for (const char *at = folders ? folders : "/usr/bin:/bin"; *name && at;) {
		size_t length = strcspn(at, ":");
		struct text candidate = {0};
		text_add(&candidate, at, length);
		text_printf(&candidate, "%s%s", length ? "/" : "", name);
		text_clear(path);
		luggage_put_absolute(path, text_string(&candidate));
		text_free(&candidate);
		if (is_program(path->data))
			return true;
		at = at[length] ? at + length + 1 : NULL;
	}
	return false;
}

/* Is there a library for the same machine? */
static bool fits(const char *path, uint16_t machine)
{
	char header[20] = "";
	uint16_t its;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool read_it = fd >= 0 && read(fd, header, sizeof(header)) == sizeof(header);
	if (fd >= 0)
		close(fd);
	memcpy(&its, header + 18, sizeof(its)); /* e_machine */
	return read_it && elf_is(header, sizeof(header)) && its == machine;
}

/* Look for a library in a list of folders with colons between. */
static bool search(const char *folders, const char *origin, const char *name, uint16_t machine,
		   struct text *found)
{
	for (const char *at = folders; at && *at;) {
		size_t length = strcspn(at, ":");
		struct text path = {0};
		size_t word = strncmp(at, "$ORIGIN", 7) == 0     ? 7
			      : strncmp(at, "${ORIGIN}", 9) == 0 ? 9
								 : 0;
		text_puts(&path, word ? origin : "");
		text_add(&path, at + word, length - word);
		text_printf(&path, "/%s", name);
		text_clear(found);
		luggage_put_absolute(found, text_string(&path));
		text_free(&path);
		if (fits(found->data, machine))
			return true;
		at += length + (at[length] == ':');
	}
	return false;
}

/* The folders of ld.so.conf and what it includes. */
static void put_configured(struct text *folders, const char *pattern, int depth)
{
	glob_t files;
	if (depth > 4 || glob(pattern, 0, NULL, &files) != 0)
		return;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char line[512], word[512];
		FILE *file = fopen(files.gl_pathv[i], "re");
		while (file && fgets(line, sizeof(line), file)) {
			if (sscanf(line, " include %511s", word) == 1)
				put_configured(folders, word, depth + 1);
			else if (sscanf(line, " %511s", word) == 1 && word[0] == '/')
				text_printf(folders, "%s:", word);
		}
		if (file)
			fclose(file);
	}
	globfree(&files);
}

static bool find_library(const struct elf *elf, const char *origin, const char *name,
			 struct archive *archive, struct text *found, struct error *error)
{
	struct text folders = {0};
	if (strchr(name, '/')) {
		luggage_put_absolute(found, name);
		return true;
	}
	bool fine = search(elf->runpath, origin, name, elf->machine, found) ||
		    search(getenv("LD_LIBRARY_PATH"), origin, name, elf->machine, found);
	for (size_t i = 0; !fine && i < sizeof(usual) / sizeof(usual[0]); i++)
		fine = search(usual[i], origin, name, elf->machine, found);
	if (!fine) {
		put_configured(&folders, "/etc/ld.so.conf", 0);
		fine = search(text_string(&folders), origin, name, elf->machine, found) &&
		       /* only its cache tells the guest's loader of such a folder */
		       archive_add_file(archive, "/etc/ld.so.cache", "/etc/ld.so.cache", NULL);
	}
	text_free(&folders);
	return fine || error_set(error, ERROR_REFUSED, "its library %s is not found", name);
}

static bool add_needed(struct archive *archive, const char *path, const char *bytes, size_t length,
		       int depth, struct error *error)
{
	struct elf elf;
	struct text origin = {0}, found = {0};
	bool fine = elf_read(&elf, bytes, length, error);
	text_add(&origin, path, (size_t)(strrchr(path, '/') - path));
	if (fine && elf.loader)
		fine = add(archive, elf.loader, depth + 1, error);
	for (size_t i = 0; fine && i < elf.needed.length; i++) {
		text_clear(&found);
		fine = find_library(&elf, text_string(&origin), elf.needed.data[i], archive, &found,
				    error) &&
		       add(archive, text_string(&found), depth + 1, error);
	}
	elf_free(&elf);
	text_free(&origin);
	text_free(&found);
	return fine;
}

/* The interpreter of a script, and the program that env(1) is told to start. */
static bool add_interpreter(struct archive *archive, const char *bytes, size_t length, int depth,
			    struct error *error)
{
	char line[256], first[128], second[128];
	struct text path = {0};
	size_t used = length < sizeof(line) - 1 ? length : sizeof(line) - 1;
	memcpy(line, bytes, used);
	line[used] = '\0';
	line[strcspn(line, "\n")] = '\0';
	int words = sscanf(line, "#! %127s %127s", first, second);
	bool fine = words < 1 || !is_program(first) || add(archive, first, depth + 1, error);
	if (fine && words == 2 && luggage_find(second, &path))
		fine = add(archive, path.data, depth + 1, error);
	text_free(&path);
	return fine;
}

static bool add_behind(struct archive *archive, const char *path, int depth, struct error *error)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0 || !status.st_size) {
		if (fd >= 0)
			close(fd);
		return true;
	}
	size_t length = (size_t)status.st_size;
	char *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return error_set_errno(error, errno, "cannot read %s", path);
	bool fine = true;
	if (elf_is(bytes, length))
		fine = add_needed(archive, path, bytes, length, depth, error) ||
		       error_wrap(error, "%s", path);
	else if (length > 2 && memcmp(bytes, "#!", 2) == 0)
		fine = add_interpreter(archive, bytes, length, depth, error);
	munmap(bytes, length);
	return fine;
}

static bool add(struct archive *archive, const char *path, int depth, struct error *error)
{
	if (archive_has(archive, path))
		return true;
	if (depth > DEPTH_MAX)
		return error_set(error, ERROR_REFUSED, "%s: too many libraries behind each other",
				 path);
	return archive_add_file(archive, path, path, error) &&
	       add_behind(archive, path, depth, error);
}

bool luggage_add(struct archive *archive, const char *path, struct error *error)
{
	return add(archive, path, 0, error);
}

bool luggage_add_needed(struct archive *archive, const char *path, struct error *error)
{
	return add_behind(archive, path, 0, error);
}
