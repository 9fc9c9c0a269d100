#include "tool/build.h"

#include "code/image.h"
#include "tool/console.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put_path(struct text *out, const char *path)
{
	size_t length = strlen(path);
	bool source = length > 4 && strcmp(path + length - 4, ".kts") == 0;
	text_add(out, path, source ? length - 4 : length);
	text_puts(out, ".ktb");
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;
	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool check_output(const struct source_set *sources, const char *output, struct error *error)
{
	bool standard_output = strcmp(output, "-") == 0;
	if (standard_output && isatty(STDOUT_FILENO))
		return error_set(error, ERROR_REFUSED,
				 "an image is nothing for a terminal; -o FILE, or redirect it");
	for (size_t i = 0; i < sources->files.length && !standard_output; i++) {
		if (is_same_file(sources->files.data[i].name, output))
			return error_set(error, ERROR_REFUSED,
					 "%s: the image would replace its source", output);
	}
	return true;
}

/* What could not be read again, such as names that are not UTF-8, is better refused now. */
static bool is_readable(const struct text *image, struct error *error)
{
	struct program program = {0};
	struct source_set sources = {0};
	bool fine = image_read(image->data, image->length, &program, &sources, error);
	program_free(&program);
	source_set_free(&sources);
	return fine;
}

static bool write_image(const struct text *image, const char *output, struct error *error)
{
	if (strcmp(output, "-") != 0)
		return console_write_file(output, image, error);
	return text_write(image, STDOUT_FILENO) ||
	       error_set_errno(error, errno, "cannot write the output");
}

static bool make_image(const struct compilation *compilation, const char *path, const char *output,
		       struct text *image, struct error *error)
{
	if (!check_output(&compilation->sources, output, error))
		return false;
	image_write(&compilation->program, &compilation->sources, image);
	return is_readable(image, error) || error_wrap(error, "%s", path);
}

int build_image(const struct compilation *compilation, const char *path, const char *output)
{
	struct text image = {0}, beside = {0};
	struct error error;
	int code = EXIT_CLEAN;
	if (compilation->image) {
		console_error("ktstrc", "%s: this is compiled already", path);
		return EXIT_USAGE;
	}
	if (!output && strcmp(path, "-") == 0) {
		console_error("ktstrc", "where to put the image of standard input? -o FILE");
		return EXIT_USAGE;
	}
	if (!output) {
		put_path(&beside, path);
		output = text_string(&beside);
	}
	if (!make_image(compilation, path, output, &image, &error))
		code = EXIT_USAGE;
	else if (!write_image(&image, output, &error))
		code = EXIT_INTERNAL;
	if (code != EXIT_CLEAN)
		console_error("ktstrc", "%s", error.message);
	text_free(&image);
	text_free(&beside);
	return code;
}
