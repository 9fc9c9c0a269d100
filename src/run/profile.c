#include "run/profile.h"

#include "base/error.h"

#include <string.h>

enum { PROFILES_MAX = 4096 };

#define DEFAULT "default"

struct search {
	struct profile_list *list;
	const struct program *program;
	const struct scenario *scenario;
};

/* Decide about flag `flag`, then about those above it. What a flag needs has a lower number, and
 * what is required is closed under it, so that every branch ends in a profile. */
static void decide(struct search *search, size_t flag, uint64_t flags)
{
	struct profile_list *list = search->list;
	uint64_t bit = UINT64_C(1) << flag;
	if (list->all.length == PROFILES_MAX) {
		list->cut = true;
		return;
	}
	if (flag == search->program->flags.length) {
		VECTOR_PUSH(&list->all, flags);
		return;
	}
	uint64_t needs = search->program->flags.data[flag].needs;
	if (!(search->scenario->requires & bit))
		decide(search, flag + 1, flags);
	if (!(search->scenario->excludes & bit) && !(needs & ~flags))
		decide(search, flag + 1, flags | bit);
}

static int compare_masks(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
	return a < b ? -1 : a > b;
}

void profile_list(struct profile_list *list, const struct program *program,
		  const struct scenario *scenario)
{
	uint64_t closed = scenario->requires;
	*list = (struct profile_list){0};
	for (size_t i = 0; i < program->flags.length; i++) {
		if (scenario->requires >> i & 1)
			closed |= program->flags.data[i].needs;
	}
	if (closed == scenario->requires && !(closed & scenario->excludes))
		decide(&(struct search){list, program, scenario}, 0, 0);
	if (list->all.length)
		qsort(list->all.data, list->all.length, sizeof(uint64_t), compare_masks);
}

void profile_list_free(struct profile_list *list)
{
	VECTOR_FREE(&list->all);
}

void profile_put(struct text *out, const struct program *program, uint64_t flags)
{
	bool any = false;
	for (size_t i = 0; i < program->flags.length; i++) {
		if (flags >> i & 1) {
			text_printf(out, "%s%s", any ? "+" : "", program->flags.data[i].name);
			any = true;
		}
	}
	if (!any)
		text_puts(out, DEFAULT);
}

bool profile_read(const struct program *program, const char *text, uint64_t *flags,
		  struct error *error)
{
	*flags = 0;
	if (strcmp(text, DEFAULT) == 0)
		return true;
	for (bool more = true; more;) {
		size_t length = strcspn(text, "+");
		size_t flag = program_flag(program, text, length);
		if (flag == program->flags.length)
			return error_set(error, ERROR_UNAVAILABLE, "the program has no flag '%.*s'",
					 length > 64 ? 64 : (int)length, text);
		*flags |= UINT64_C(1) << flag;
		more = text[length] == '+';
		text += length + more;
	}
	for (size_t i = 0; i < program->flags.length; i++) {
		const struct flag_declaration *flag = &program->flags.data[i];
		struct text lacking = {0};
		if (!(*flags >> i & 1) || !(flag->needs & ~*flags))
			continue;
		profile_put(&lacking, program, flag->needs & ~*flags);
		error_set(error, ERROR_REFUSED, "the flag '%s' needs '%s', which is not in it",
			  flag->name, text_string(&lacking));
		text_free(&lacking);
		return false;
	}
	return true;
}
