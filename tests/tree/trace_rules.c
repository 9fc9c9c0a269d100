/*
 * Which rules of the grammar a text uses: the number of each, one a line, in order.
 *
 *     trace_rules FILE...
 *
 * The parser is bison's tracing one; what it would print of a reduction comes here instead.
 */
#include "sema/sema.h"
#include "syntax/parse.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "trace_rules.h"

enum { RULES_MAX = 4096 };

static bool used[RULES_MAX];

/* Set by the parser that bison writes with --debug. */
extern int kts_debug;

int trace_rules_print(FILE *file, const char *format, ...)
{
	(void)file;
	if (strncmp(format, "Reducing stack by rule %d", 25) != 0)
		return 0;
	va_list arguments;
	va_start(arguments, format);
	int rule = va_arg(arguments, int);
	va_end(arguments);
	if (rule >= 0 && rule < RULES_MAX)
		used[rule] = true;
	return 0;
}

static bool parse(const char *path)
{
	struct source_set sources = {0};
	struct diag_list diags;
	struct arena arena = ARENA_INIT;
	struct map names;
	struct error error;
	size_t index;
	diag_init(&diags, &sources);
	map_init(&names, &arena);
	sema_reserve_names(&names);
	struct tree tree = {.arena = &arena, .names = &names, .diags = &diags};
	bool read = source_read(&sources, path, &index, &error);
	if (read)
		parse_source(&tree, &sources.files.data[index]);
	else
		fprintf(stderr, "%s\n", error.message);
	VECTOR_FREE(&tree.suspects);
	map_free(&names);
	arena_free(&arena);
	diag_free(&diags);
	source_set_free(&sources);
	return read;
}

int main(int count, char **arguments)
{
	kts_debug = 1;
	for (int i = 1; i < count; i++) {
		if (!parse(arguments[i]))
			return 1;
	}
	for (int rule = 0; rule < RULES_MAX; rule++) {
		if (used[rule])
			printf("%d\n", rule);
	}
	return 0;
}
