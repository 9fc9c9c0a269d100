/* Printing of diagnostics. The layout of one:
 *
 *   file.kts:3:19: error[KTS0201]: there is no cgroup 'lefft' here; did you mean 'left'?
 *       3 |     move all from lefft to right
 *         |                   ^~~~~
 *   file.kts:2:12: note: 'left' is declared here
 *       2 |     cgroup left { }
 *         |            ^~~~
 *     = help: …
 */
#include "source/diag.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { LINE_COLUMNS = 100, TAB_COLUMNS = 4 };

static const char *paint(bool color, const char *code)
{
	return color ? code : "";
}

#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define CYAN   "\033[1;36m"
#define GREEN  "\033[1;32m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

/* One character of a source line as it is shown: its bytes, and how many columns it takes. */
struct glyph {
	size_t bytes;
	int columns;
	char shown[8];
};

static struct glyph read_glyph(const char *at, size_t left)
{
	struct glyph glyph = {.bytes = 1, .columns = 1};
	size_t length = text_utf8_length(at, left);
	if (*at == '\t') {
		glyph.columns = TAB_COLUMNS;
		memset(glyph.shown, ' ', TAB_COLUMNS);
		return glyph;
	}
	wchar_t wide;
	mbstate_t state = {0};
	int columns = -1;
	if (length && mbrtowc(&wide, at, length, &state) == length)
		columns = wcwidth(wide);
	if (columns < 0) { /* control bytes, and what is no UTF-8 or unknown here */
		glyph.bytes = length ? length : 1;
		glyph.shown[0] = '?';
		return glyph;
	}
	glyph.bytes = length;
	glyph.columns = columns;
	memcpy(glyph.shown, at, length);
	return glyph;
}

/* The byte at which to begin so that `from` is in sight on a line too long to show. */
static size_t window_start(const char *line, size_t from)
{
	if (from < LINE_COLUMNS - 20)
		return 0;
	size_t start = from - 40;
	while (start > 0 && ((unsigned char)line[start] & 0xc0) == 0x80)
		start--;
	return start;
}

/* The source line and, below it, marks under bytes [from, to) of it. */
static void put_line(struct text *out, const char *line, size_t length, uint32_t number,
		     size_t from, size_t to, bool color, const char *mark_color)
{
	struct text marks = {0};
	size_t start = window_start(line, from);
	text_printf(out, "%s%5u |%s %s", paint(color, CYAN), number, paint(color, PLAIN),
		    start ? "..." : "");
	text_repeat(&marks, ' ', start ? 3 : 0);
	int column = 0;
	bool marked = false;
	size_t at = start;
	while (at < length && column < LINE_COLUMNS) {
		struct glyph glyph = read_glyph(line + at, length - at);
		text_puts(out, glyph.shown);
		bool inside = at >= from && at < to;
		for (int i = 0; i < glyph.columns; i++) {
			text_putc(&marks, !inside ? ' ' : marked ? '~' : '^');
			marked |= inside;
		}
		column += glyph.columns;
		at += glyph.bytes;
	}
	if (at < length)
		text_puts(out, "...");
	if (!marked)
		text_putc(&marks, '^');
	while (marks.length && marks.data[marks.length - 1] == ' ')
		marks.data[--marks.length] = '\0';
	text_printf(out, "\n%s      |%s %s%s%s\n", paint(color, CYAN), paint(color, PLAIN),
		    paint(color, mark_color), text_string(&marks), paint(color, PLAIN));
	text_free(&marks);
}

static void put_place(struct source_set *sources, struct span span, bool color,
		      const char *mark_color, struct text *out)
{
	struct source_place place;
	if (!source_locate(sources, span.start, &place))
		return;
	size_t length;
	const char *line = source_line(place.file, place.line, &length);
	size_t from = place.column - 1;
	size_t to = from + (span.end - span.start);
	put_line(out, line, length, place.line, from, to > length ? length : to, color, mark_color);
}

static void put_head(struct source_set *sources, struct span span, const char *severity,
		     const char *severity_color, const char *message, bool color, struct text *out)
{
	struct source_place place;
	if (source_locate(sources, span.start, &place))
		text_printf(out, "%s%s:%u:%u:%s ", paint(color, BOLD), place.file->name, place.line,
			    place.column, paint(color, PLAIN));
	text_printf(out, "%s%s:%s ", paint(color, severity_color), severity, paint(color, PLAIN));
	/* Messages quote the program; what is not printable in it must not reach a terminal. */
	for (const char *at = message; *at;) {
		struct glyph glyph = read_glyph(at, strlen(at));
		text_puts(out, *at == '\n' ? "\n" : glyph.shown);
		at += glyph.bytes;
	}
	text_putc(out, '\n');
}

void diag_render_place(struct source_set *sources, struct span span, const char *severity,
		       const char *message, bool color, struct text *out)
{
	put_head(sources, span, severity, RED, message, color, out);
	put_place(sources, span, color, RED, out);
}

void diag_render_one(struct diag_list *list, const struct diag *diag, bool color, struct text *out)
{
	const char *severity_color = diag->severity == DIAG_ERROR ? RED : YELLOW;
	char severity[32];
	snprintf(severity, sizeof(severity), "%s[%s]",
		 diag->severity == DIAG_ERROR ? "error" : "warning", diag_table[diag->code].id);
	put_head(list->sources, diag->span, severity, severity_color, diag->message, color, out);
	put_place(list->sources, diag->span, color, severity_color, out);
	for (size_t i = 0; i < diag->labels.length; i++) {
		const struct diag_label *label = &diag->labels.data[i];
		put_head(list->sources, label->span, "note", CYAN, label->message, color, out);
		put_place(list->sources, label->span, color, CYAN, out);
	}
	for (size_t i = 0; i < diag->notes.length; i++)
		text_printf(out, "      %s=%s help: %s\n", paint(color, CYAN), paint(color, PLAIN),
			    diag->notes.data[i]);
	if (diag->fix)
		text_printf(out, "      %s= fix:%s %s\n", paint(color, GREEN), paint(color, PLAIN),
			    diag->fix);
}

void diag_render(struct diag_list *list, const struct diag_style *style, struct text *out)
{
	size_t shown = 0;
	for (size_t i = 0; i < list->diags.length; i++) {
		const struct diag *diag = &list->diags.data[i];
		if (diag->severity == DIAG_ERROR && style->limit && shown >= style->limit) {
			text_printf(out, "... and %zu more error%s\n", list->errors - shown,
				    list->errors - shown == 1 ? "" : "s");
			break;
		}
		shown += diag->severity == DIAG_ERROR;
		diag_render_one(list, diag, style->color, out);
	}
	if (list->errors || list->warnings) {
		text_printf(out, "%zu error%s", list->errors, list->errors == 1 ? "" : "s");
		if (list->warnings)
			text_printf(out, ", %zu warning%s", list->warnings,
				    list->warnings == 1 ? "" : "s");
		text_putc(out, '\n');
	}
}

static void put_json_span(struct json *json, struct source_set *sources, struct span span)
{
	struct source_place start, end;
	if (!source_locate(sources, span.start, &start) || !source_locate(sources, span.end, &end))
		return;
	json_member_string(json, "file", start.file->name);
	json_member_int(json, "line", start.line);
	json_member_int(json, "column", start.column);
	json_member_int(json, "end_line", end.line);
	json_member_int(json, "end_column", end.column);
	json_member_int(json, "byte_start", span.start - start.file->base);
	json_member_int(json, "byte_end", span.end - start.file->base);
}

static void put_json(struct json *json, struct diag_list *list, const struct diag *diag)
{
	json_open_object(json);
	json_member_string(json, "severity", diag->severity == DIAG_ERROR ? "error" : "warning");
	json_member_string(json, "code", diag_table[diag->code].id);
	json_member_string(json, "message", diag->message);
	put_json_span(json, list->sources, diag->span);
	json_put_key(json, "labels");
	json_open_array(json);
	for (size_t i = 0; i < diag->labels.length; i++) {
		json_open_object(json);
		json_member_string(json, "message", diag->labels.data[i].message);
		put_json_span(json, list->sources, diag->labels.data[i].span);
		json_close_object(json);
	}
	json_close_array(json);
	json_put_key(json, "notes");
	json_open_array(json);
	for (size_t i = 0; i < diag->notes.length; i++)
		json_put_string(json, diag->notes.data[i]);
	json_close_array(json);
	if (diag->fix) {
		json_put_key(json, "fix");
		json_open_object(json);
		json_member_string(json, "replacement", diag->fix);
		put_json_span(json, list->sources, diag->fix_span);
		json_close_object(json);
	}
	struct text rendered = {0};
	diag_render_one(list, diag, false, &rendered);
	json_member_string(json, "rendered", text_string(&rendered));
	text_free(&rendered);
	json_close_object(json);
}

void diag_render_json(struct diag_list *list, const struct diag_style *style, struct text *out)
{
	size_t shown = 0;
	for (size_t i = 0; i < list->diags.length; i++) {
		const struct diag *diag = &list->diags.data[i];
		if (diag->severity == DIAG_ERROR && style->limit && shown >= style->limit)
			break;
		shown += diag->severity == DIAG_ERROR;
		struct json json;
		json_start(&json, out, false);
		put_json(&json, list, diag);
		text_putc(out, '\n');
	}
}

/* Data and properties of a workflow command have escapes of their own (GitHub's toolkit,
 * packages/core/src/command.ts): % CR LF, and in properties : and , as well. */
static void put_github(struct text *out, const char *text, bool property)
{
	for (; *text; text++) {
		bool special = *text == '%' || *text == '\r' || *text == '\n' ||
			       (property && (*text == ':' || *text == ','));
		if (special)
			text_printf(out, "%%%02X", (unsigned char)*text);
		else
			text_putc(out, *text);
	}
}

void diag_render_github(struct diag_list *list, const struct diag_style *style, struct text *out)
{
	size_t shown = 0;
	for (size_t i = 0; i < list->diags.length; i++) {
		const struct diag *diag = &list->diags.data[i];
		struct source_place start, end;
		if (diag->severity == DIAG_ERROR && style->limit && shown++ >= style->limit)
			break;
		text_printf(out, "::%s ", diag->severity == DIAG_ERROR ? "error" : "warning");
		if (source_locate(list->sources, diag->span.start, &start) &&
		    source_locate(list->sources, diag->span.end, &end)) {
			text_puts(out, "file=");
			put_github(out, start.file->name, true);
			text_printf(out, ",line=%u,endLine=%u", start.line, end.line);
			/* Columns mean something to GitHub on one line only. */
			if (start.line == end.line)
				text_printf(out, ",col=%u,endColumn=%u", start.column, end.column);
			text_putc(out, ',');
		}
		text_printf(out, "title=%s::", diag_table[diag->code].id);
		put_github(out, diag->message, false);
		text_putc(out, '\n');
	}
}
