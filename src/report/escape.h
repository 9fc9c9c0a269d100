/*
 * escape: text from anywhere, put where a format gives some bytes a meaning. All of these first
 * make control bytes and bad UTF-8 visible (text_put_visible), so nothing ends a line or reaches a
 * terminal.
 */
#ifndef KTSTR_REPORT_ESCAPE_H
#define KTSTR_REPORT_ESCAPE_H

#include "base/text.h"

/* For content and for quoted attributes of XML 1.0 and of HTML. */
void escape_xml(struct text *out, const char *text);
/* A description of TAP: `#` begins a directive, so it gets a backslash, and so does that. */
void escape_tap(struct text *out, const char *text);
/* A name of KTAP cannot hold `#` at all: it becomes `_`. */
void escape_ktap(struct text *out, const char *text);
/* The message of one of GitHub's workflow commands, or one of its properties. */
void escape_github(struct text *out, const char *text, bool property);
/* A cell of a Markdown table: nothing in it is markup or HTML. */
void escape_markdown(struct text *out, const char *text);
/* A double-quoted scalar of YAML, with its quotes. */
void escape_yaml(struct text *out, const char *text);

#endif
