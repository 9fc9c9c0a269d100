#include "tool/fmt.h"

#include "syntax/format.h"
#include "tool/console.h"
#include "tool/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Put a file's new text in its place, behind links, too. */
static int rewrite(const char *path, const struct text *text)
{
	struct error error;
	char *place = realpath(path, NULL);
	/* Renaming would not ask whether the file itself may be written. */
	bool fine = place && access(place, W_OK) == 0;
	if (!fine)
		error_set_errno(&error, errno, "cannot write %s", path);
	else
		fine = console_write_file(place, text, &error);
	free(place);
	if (!fine)
		console_error("ktstrc", "%s", error.message);
	return fine ? EXIT_CLEAN : EXIT_USAGE;
}

/* Do with a canonical text what the mode says. */
static int deliver(const char *path, const struct source *source, const struct text *text,
		   enum fmt_mode mode)
{
	bool same = text->length == source->length &&
		    memcmp(text_string(text), source->text, text->length) == 0;
	bool standard_input = strcmp(path, "-") == 0;
	if (mode == FMT_WRITE && standard_input)
		return console_print("ktstrc", text);
	if (same)
		return EXIT_CLEAN;
	if (mode == FMT_WRITE)
		return rewrite(path, text);
	struct text out = {0};
	if (mode == FMT_CHECK)
		text_printf(&out, "%s\n", source->name);
	else
		diff_put(&out, source->name, source->text, source->length, text_string(text),
			 text->length);
	int code = console_print("ktstrc", &out);
	text_free(&out);
	return code == EXIT_CLEAN ? EXIT_FOUND : code;
}

static int format_file(const char *path, enum fmt_mode mode, const struct diag_style *style)
{
	struct source_set sources = {0};
	struct diag_list diags;
	struct arena arena = ARENA_INIT;
	struct map names;
	struct text text = {0};
	struct error error;
	size_t index;
	int code = EXIT_FOUND;
	diag_init(&diags, &sources);
	map_init(&names, &arena);
	struct tree tree = {.arena = &arena, .names = &names, .diags = &diags};
	if (!source_read(&sources, path, &index, &error)) {
		console_error("ktstrc", "%s", error.message);
		code = EXIT_USAGE;
	} else if (format_source(&tree, &sources.files.data[index], &text)) {
		code = deliver(path, &sources.files.data[index], &text, mode);
	} else {
		diag_sort(&diags);
		diag_render(&diags, style, &text);
		text_write(&text, STDERR_FILENO);
	}
	text_free(&text);
	VECTOR_FREE(&tree.suspects);
	map_free(&names);
	arena_free(&arena);
	diag_free(&diags);
	source_set_free(&sources);
	return code;
}

int fmt_files(int count, char **files, enum fmt_mode mode, const struct diag_style *style)
{
	int worst = EXIT_CLEAN;
	if (!count) {
		console_error("ktstrc", "which file? (- is standard input)");
		return EXIT_USAGE;
	}
	for (int i = 0; i < count; i++) {
		int code = format_file(files[i], mode, style);
		worst = code > worst ? code : worst;
	}
	return worst;
}
