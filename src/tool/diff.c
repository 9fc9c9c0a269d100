#include "tool/diff.h"

#include "base/vector.h"

#include <string.h>

/* How many lines of both together to skip until they agree again, and lines shown around a change.
 */
enum { AHEAD = 48, CONTEXT = 3 };

struct line {
	const char *text;
	size_t length; /* with its '\n' */
};

struct side {
	VECTOR(struct line) lines;
};

/* Lines [before, before_end) became [after, after_end). */
struct change {
	size_t before, before_end;
	size_t after, after_end;
};

struct diff {
	struct side before, after;
	VECTOR(struct change) changes;
};

static void split(struct side *side, const char *text, size_t length)
{
	while (length) {
		const char *end = memchr(text, '\n', length);
		size_t line = end ? (size_t)(end - text) + 1 : length;
		VECTOR_PUSH(&side->lines, (struct line){text, line});
		text += line;
		length -= line;
	}
}

static bool same(const struct diff *diff, size_t before, size_t after)
{
	if (before >= diff->before.lines.length || after >= diff->after.lines.length)
		return before >= diff->before.lines.length && after >= diff->after.lines.length;
	const struct line *a = &diff->before.lines.data[before];
	const struct line *b = &diff->after.lines.data[after];
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* From two lines that differ: the nearest two behind them that agree, else the next two. */
static void resume(const struct diff *diff, size_t *before, size_t *after)
{
	for (size_t sum = 1; sum <= AHEAD; sum++) {
		for (size_t skip = 0; skip <= sum; skip++) {
			if (same(diff, *before + skip, *after + sum - skip)) {
				*before += skip;
				*after += sum - skip;
				return;
			}
		}
	}
	*before += *before < diff->before.lines.length;
	*after += *after < diff->after.lines.length;
}

static void compare(struct diff *diff)
{
	size_t before = 0, after = 0;
	while (before < diff->before.lines.length || after < diff->after.lines.length) {
		if (same(diff, before, after)) {
			before++;
			after++;
			continue;
		}
		struct change change = {.before = before, .after = after};
		resume(diff, &before, &after);
		if (before > diff->before.lines.length)
			before = diff->before.lines.length;
		if (after > diff->after.lines.length)
			after = diff->after.lines.length;
		change.before_end = before;
		change.after_end = after;
		struct change *last =
			diff->changes.length ? &diff->changes.data[diff->changes.length - 1] : NULL;
		if (last && last->before_end == change.before && last->after_end == change.after) {
			last->before_end = before;
			last->after_end = after;
		} else {
			VECTOR_PUSH(&diff->changes, change);
		}
	}
}

static void put_lines(struct text *out, char mark, const struct side *side, size_t from, size_t to)
{
	for (; from < to; from++) {
		const struct line *line = &side->lines.data[from];
		text_putc(out, mark);
		text_add(out, line->text, line->length);
		if (line->text[line->length - 1] != '\n')
			text_puts(out, "\n\\ No newline at end of file\n");
	}
}

/* "12,3": lines counted from 1; of none, the line before. */
static void put_range(struct text *out, size_t from, size_t to)
{
	text_printf(out, "%zu,%zu", to > from ? from + 1 : from, to - from);
}

/* Changes [first, last] and what stands around and between them. */
static void put_hunk(struct text *out, const struct diff *diff, size_t first, size_t last)
{
	const struct change *changes = diff->changes.data;
	size_t lead = changes[first].before < CONTEXT ? changes[first].before : CONTEXT;
	size_t trail = diff->before.lines.length - changes[last].before_end;
	trail = trail < CONTEXT ? trail : CONTEXT;
	text_puts(out, "@@ -");
	put_range(out, changes[first].before - lead, changes[last].before_end + trail);
	text_puts(out, " +");
	put_range(out, changes[first].after - lead, changes[last].after_end + trail);
	text_puts(out, " @@\n");
	size_t shown = changes[first].before - lead;
	for (size_t i = first; i <= last; i++) {
		put_lines(out, ' ', &diff->before, shown, changes[i].before);
		put_lines(out, '-', &diff->before, changes[i].before, changes[i].before_end);
		put_lines(out, '+', &diff->after, changes[i].after, changes[i].after_end);
		shown = changes[i].before_end;
	}
	put_lines(out, ' ', &diff->before, shown, shown + trail);
}

void diff_put(struct text *out, const char *name, const char *before, size_t before_length,
	      const char *after, size_t after_length)
{
	struct diff diff = {0};
	split(&diff.before, before, before_length);
	split(&diff.after, after, after_length);
	compare(&diff);
	if (diff.changes.length)
		text_printf(out, "--- %s\n+++ %s\n", name, name);
	for (size_t first = 0, last; first < diff.changes.length; first = last + 1) {
		last = first;
		while (last + 1 < diff.changes.length &&
		       diff.changes.data[last + 1].before - diff.changes.data[last].before_end <=
			       2 * CONTEXT)
			last++;
		put_hunk(out, &diff, first, last);
	}
	VECTOR_FREE(&diff.before.lines);
	VECTOR_FREE(&diff.after.lines);
	VECTOR_FREE(&diff.changes);
}
