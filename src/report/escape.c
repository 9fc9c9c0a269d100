#include "report/escape.h"

#include <stdlib.h>
#include <string.h>

/* `text` made visible; the caller frees it. */
static struct text visible(const char *text)
{
	struct text shown = {0};
	text_put_visible(&shown, text, strlen(text));
	return shown;
}

void escape_xml(struct text *out, const char *text)
{
	struct text shown = visible(text);
	for (const char *at = text_string(&shown); *at; at++) {
		/* U+FFFE and U+FFFF are well-formed UTF-8, and no characters of XML. */
		if (memcmp(at, "\xef\xbf\xbe", strnlen(at, 3)) == 0 ||
		    memcmp(at, "\xef\xbf\xbf", strnlen(at, 3)) == 0) {
			text_puts(out, "\xef\xbf\xbd");
			at += 2;
		} else if (*at == '&') {
			text_puts(out, "&amp;");
		} else if (*at == '<') {
			text_puts(out, "&lt;");
		} else if (*at == '>') {
			text_puts(out, "&gt;");
		} else if (*at == '"') {
			text_puts(out, "&quot;");
		} else if (*at == '\'') {
			text_puts(out, "&#39;");
		} else {
			text_putc(out, *at);
		}
	}
	text_free(&shown);
}

void escape_tap(struct text *out, const char *text)
{
	struct text shown = visible(text);
	for (const char *at = text_string(&shown); *at; at++) {
		if (*at == '#' || *at == '\\')
			text_putc(out, '\\');
		text_putc(out, *at);
	}
	text_free(&shown);
}

void escape_ktap(struct text *out, const char *text)
{
	struct text shown = visible(text);
	for (const char *at = text_string(&shown); *at; at++)
		text_putc(out, *at == '#' ? '_' : *at);
	text_free(&shown);
}

void escape_github(struct text *out, const char *text, bool property)
{
	struct text shown = visible(text);
	for (const char *at = text_string(&shown); *at; at++) {
		if (*at == '%' || (property && (*at == ':' || *at == ',')))
			text_printf(out, "%%%02X", (unsigned char)*at);
		else
			text_putc(out, *at);
	}
	text_free(&shown);
}

void escape_markdown(struct text *out, const char *text)
{
	struct text shown = visible(text);
	for (const char *at = text_string(&shown); *at; at++) {
		/* A name of a user or of an issue would become a link. */
		if (strchr("&<>@#:", *at))
			text_printf(out, "&#%d;", *at);
		else if (strchr("\\`*_{}[]()!|~$", *at))
			text_printf(out, "\\%c", *at);
		else
			text_putc(out, *at);
	}
	text_free(&shown);
}

void escape_yaml(struct text *out, const char *text)
{
	struct text shown = visible(text);
	text_putc(out, '"');
	for (const char *at = text_string(&shown); *at; at++) {
		if (*at == '"' || *at == '\\')
			text_putc(out, '\\');
		text_putc(out, *at);
	}
	text_putc(out, '"');
	text_free(&shown);
}
