#include "source/diag.h"

#include <stdio.h>
#include <string.h>

const struct diag_info diag_table[DIAG_CODE_COUNT] = {
#define DIAG(name, number, severity, title, explanation)                                           \
	[DIAG_##name] = {"KTS" #number, DIAG_##severity, title, explanation},
#include "source/diag.def"
#undef DIAG
};

/* So many are kept; a hostile file must not fill the memory with its own mistakes. */
enum { KEPT_MAX = 10000 };

void diag_init(struct diag_list *list, struct source_set *sources)
{
	*list = (struct diag_list){.sources = sources};
}

void diag_free(struct diag_list *list)
{
	for (size_t i = 0; i < list->diags.length; i++) {
		VECTOR_FREE(&list->diags.data[i].labels);
		VECTOR_FREE(&list->diags.data[i].notes);
	}
	VECTOR_FREE(&list->diags);
	arena_free(&list->arena);
}

static const char *format_text(struct diag_list *list, const char *format, va_list arguments)
{
	char buffer[1024];
	int length = vsnprintf(buffer, sizeof(buffer), format, arguments);
	size_t kept = length < 0 ? 0 : (size_t)length;
	if (kept >= sizeof(buffer))
		kept = sizeof(buffer) - 1;
	return arena_copy(&list->arena, buffer, kept);
}

void diag_report(struct diag_list *list, enum diag_code code, struct span span, const char *format,
		 ...)
{
	enum diag_severity severity = diag_table[code].severity;
	if (list->warnings_are_errors)
		severity = DIAG_ERROR;
	if (severity == DIAG_ERROR)
		list->errors++;
	else
		list->warnings++;
	struct diag diag = {.code = code,
			    .severity = severity,
			    .span = span,
			    .order = (uint32_t)list->diags.length};
	va_list arguments;
	va_start(arguments, format);
	diag.message = format_text(list, format, arguments);
	va_end(arguments);
	if (list->diags.length >= KEPT_MAX) {
		/* The last slot is overwritten so that notes have somewhere to go. */
		struct diag *last = &list->diags.data[list->diags.length - 1];
		VECTOR_FREE(&last->labels);
		VECTOR_FREE(&last->notes);
		*last = diag;
		return;
	}
	VECTOR_PUSH(&list->diags, diag);
}

static struct diag *newest(struct diag_list *list)
{
	return &list->diags.data[list->diags.length - 1];
}

void diag_label(struct diag_list *list, struct span span, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct diag_label label = {span, format_text(list, format, arguments)};
	va_end(arguments);
	VECTOR_PUSH(&newest(list)->labels, label);
}

void diag_note(struct diag_list *list, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *note = format_text(list, format, arguments);
	va_end(arguments);
	VECTOR_PUSH(&newest(list)->notes, note);
}

void diag_fix(struct diag_list *list, struct span span, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	newest(list)->fix = format_text(list, format, arguments);
	va_end(arguments);
	newest(list)->fix_span = span;
}

void diag_retract(struct diag_list *list, enum diag_code code, uint32_t start)
{
	while (list->diags.length) {
		struct diag *diag = newest(list);
		if (diag->code != code || diag->span.start < start)
			return;
		*(diag->severity == DIAG_ERROR ? &list->errors : &list->warnings) -= 1;
		VECTOR_FREE(&diag->labels);
		VECTOR_FREE(&diag->notes);
		list->diags.length--;
	}
}

static int compare_places(const void *left, const void *right)
{
	const struct diag *a = left, *b = right;
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void diag_sort(struct diag_list *list)
{
	if (!list->diags.length)
		return;
	qsort(list->diags.data, list->diags.length, sizeof(*list->diags.data), compare_places);
	size_t kept = 0;
	for (size_t i = 0; i < list->diags.length; i++) {
		struct diag *diag = &list->diags.data[i];
		struct diag *before = kept ? &list->diags.data[kept - 1] : NULL;
		if (before && span_equal(before->span, diag->span) &&
		    diag->severity == before->severity) {
			VECTOR_FREE(&diag->labels);
			VECTOR_FREE(&diag->notes);
			*(diag->severity == DIAG_ERROR ? &list->errors : &list->warnings) -= 1;
			continue;
		}
		list->diags.data[kept++] = *diag;
	}
	list->diags.length = kept;
}
