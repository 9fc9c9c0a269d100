/*
 * diag: what is wrong with a program, collected while the checks go on, put in order of place,
 * and printed for people or machines. The codes and their explanations stand in diag.def.
 *
 * A diagnostic has one main span, and may have labels (a second place, where the other half of the
 * story is), notes without a place, and one fix: text to put in place of a span, given only when
 * it is certain.
 */
#ifndef KTSTR_SOURCE_DIAG_H
#define KTSTR_SOURCE_DIAG_H

#include "base/json.h"
#include "source/source.h"

#include <stdarg.h>

enum diag_severity { DIAG_WARNING, DIAG_ERROR };

enum diag_code {
#define DIAG(name, number, severity, title, explanation) DIAG_##name,
#include "source/diag.def"
#undef DIAG
	DIAG_CODE_COUNT
};

struct diag_info {
	const char *id; /* "KTS0123" */
	enum diag_severity severity;
	const char *title;
	const char *explanation;
};

extern const struct diag_info diag_table[DIAG_CODE_COUNT];

struct diag_label {
	struct span span;
	const char *message;
};

struct diag {
	enum diag_code code;
	enum diag_severity severity;
	struct span span;
	uint32_t order; /* of arrival; decides between two at one place */
	const char *message;
	VECTOR(struct diag_label) labels;
	VECTOR(const char *) notes;
	const char *fix; /* NULL: none */
	struct span fix_span;
};

struct diag_list {
	struct source_set *sources;
	struct arena arena;
	VECTOR(struct diag) diags;
	size_t errors;
	size_t warnings;
	bool warnings_are_errors;
};

void diag_init(struct diag_list *list, struct source_set *sources);
void diag_free(struct diag_list *list);

/* Report a diagnostic; its severity is the table's. The functions below add to the newest one. A
 * second error at the very same span is dropped (and what is added to it, too): it would be a
 * consequence of the first. */
void diag_report(struct diag_list *list, enum diag_code code, struct span span, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));
void diag_label(struct diag_list *list, struct span span, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note(struct diag_list *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void diag_fix(struct diag_list *list, struct span span, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Take back the newest diagnostics as long as they have this code and begin at `start` or behind:
 * a better one is about to come. */
void diag_retract(struct diag_list *list, enum diag_code code, uint32_t start);

/* Sort by place. Call before rendering. */
void diag_sort(struct diag_list *list);

struct diag_style {
	bool color;
	size_t limit; /* errors shown, 0: all */
};

/* For people: GNU-style first line, source line, carets, notes; a closing line counts. */
void diag_render(struct diag_list *list, const struct diag_style *style, struct text *out);
/* One JSON object a line: severity, code, message, file, line, column, end_line, end_column,
 * byte_start, byte_end, labels, notes, fix, rendered. */
void diag_render_json(struct diag_list *list, const struct diag_style *style, struct text *out);
/* GitHub's workflow commands, one line each: ::error file=…,line=…,title=KTS0123::message. */
void diag_render_github(struct diag_list *list, const struct diag_style *style, struct text *out);
/* One diagnostic as diag_render() prints it. */
void diag_render_one(struct diag_list *list, const struct diag *diag, bool color, struct text *out);

/* "file:line:column: severity: message", the line and carets: for run-time failures, which have
 * the form of a diagnostic but no code. */
void diag_render_place(struct source_set *sources, struct span span, const char *severity,
		       const char *message, bool color, struct text *out);

#endif
