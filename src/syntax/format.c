#include "syntax/format.h"

#include "syntax/parse.h"
#include "syntax/scanner.h"

#include "kts.tab.h"

#include <string.h>

enum { LINE_COLUMNS = 88, LEVEL_BLANKS = 4 };

#define NO_TOKEN UINT32_MAX

struct token {
	uint32_t start, end; /* bytes of the file */
	uint32_t opener; /* index of the innermost bracket around it, its own for a closing one */
	uint32_t closer; /* of an opening bracket */
	int kind;
	bool starts : 1;    /* first of its statement */
	bool newline : 1;   /* the author began a line with it */
	bool commented : 1; /* there is a comment between it and the token before */
	bool gap : 1;       /* there is anything between it and the token before */
	bool blank : 1;     /* within a line, a blank stands before it */
	bool unary : 1;     /* a '-' that negates */
	bool path : 1;      /* a '/' between the names of cgroups */
	bool flat : 1; /* '{': its block stands on one line; '(' '[': no line break behind it */
};

/* What stands between a token and the one before; within a line, the columns it takes. */
enum layout { LAYOUT_TIGHT, LAYOUT_BLANK, LAYOUT_SEMICOLON, LAYOUT_BREAK };

struct format {
	const char *text; /* of the file */
	uint32_t length;
	VECTOR(struct token) tokens; /* a string is one token, whatever stands in it; a 0 is last */
	/* while reading */
	uint32_t opener; /* innermost open bracket, NO_TOKEN: none */
	int first;       /* token of the statement */
	bool ref;        /* a cgroup's path is about to come, or being read */
	/* while printing */
	struct text *out;
	size_t levels[SCANNER_OPEN_MAX + 1]; /* of the lines that open brackets belong to */
	size_t depth;                        /* how many are open */
	size_t statement;                    /* level of the statement */
	size_t line;                         /* level of the line */
};

static bool opens(int kind)
{
	return kind == '{' || kind == '(' || kind == '[';
}

static bool closes(int kind)
{
	return kind == '}' || kind == ')' || kind == ']';
}

/* Can an operand end with this token? A '-' behind it subtracts, a '[' takes a part of it. */
static bool ends_operand(int kind)
{
	switch (kind) {
	case NAME:
	case STRING:
	case INTEGER:
	case DURATION:
	case SIZE:
	case BOOL:
	case FLOAT:
	case PERCENT:
	case ')':
	case ']':
		return true;
	default:
		return false;
	}
}

/* Look at what the author wrote before a token. */
static void look_between(const struct format *format, uint32_t from, struct token *token)
{
	token->gap = from < token->start;
	for (uint32_t at = from; at < token->start; at++) {
		if (format->text[at] == '\n') {
			token->newline = true;
		} else if (format->text[at] == '#') {
			const char *comment = format->text + at;
			const char *end = memchr(comment, '\n', token->start - at);
			token->commented = true;
			at = end ? (uint32_t)(end - format->text) - 1 : token->start;
		}
	}
}

/* Does a blank stand between two tokens of a statement? */
static bool blank_between(const struct token *left, const struct token *right)
{
	if (left->kind == '(' || left->kind == '[' || left->kind == '.' || left->kind == RANGE ||
	    left->unary || left->path || right->path)
		return false;
	switch (right->kind) {
	case ')':
	case ']':
	case ',':
	case ':':
	case '.':
	case RANGE:
		return false;
	case '(':
		return left->kind != NAME;
	case '[':
		return !ends_operand(left->kind);
	default:
		return true;
	}
}

/* Is this innermost bracket a '(' or '['? */
static bool in_group(const struct format *format, uint32_t opener)
{
	return opener != NO_TOKEN && format->tokens.data[opener].kind != '{';
}

/* Follow where paths of cgroups stand: there a '/' is no division. */
static void follow_refs(struct format *format, const struct token *before, struct token *token)
{
	int kind = token->kind;
	if (token->starts) {
		format->first = kind;
		format->ref = kind == CGROUP || kind == CREATE || kind == REMOVE ||
			      kind == FREEZE || kind == THAW || kind == STOP || kind == SET ||
			      kind == CLEAR || kind == SWAP;
	} else if (in_group(format, format->opener)) {
		return;
	} else if (kind == '=' || kind == '{' || kind == '}') {
		format->ref = false;
	} else if (kind == IN) {
		format->ref = format->first != FOR;
	} else if (kind == FROM || kind == TO ||
		   (kind == FOR && before && before->kind == EXPECT)) {
		format->ref = true;
	}
	token->path = kind == '/' && format->ref;
}

static void add_token(struct format *format, struct token token)
{
	uint32_t index = (uint32_t)format->tokens.length;
	struct token *before = index ? &format->tokens.data[index - 1] : NULL;
	if (closes(token.kind) && format->opener != NO_TOKEN) {
		/* A closing bracket ends its own, and belongs to it. */
		token.opener = format->opener;
		format->tokens.data[format->opener].closer = index;
		format->opener = format->tokens.data[format->opener].opener;
	} else {
		token.opener = format->opener;
	}
	if (token.kind == SLEEP && in_group(format, token.opener))
		token.kind = NAME; /* no statement, but a phase or a parameter of this name */
	look_between(format, before ? before->end : 0, &token);
	follow_refs(format, before, &token);
	if (before) {
		token.unary = token.kind == '-' && !ends_operand(before->kind);
		token.blank = blank_between(before, &token);
		if (before->kind == '/' && !before->path)
			/* Numbers or cgroups? Whoever wrote it knew. */
			before->blank = token.blank = before->gap || token.gap;
	}
	if (opens(token.kind))
		format->opener = index;
	VECTOR_PUSH(&format->tokens, token);
}

static void read_tokens(struct format *format, struct scanner *scan)
{
	uint32_t base = scan->source->base;
	uint32_t text_start = 0;
	int texts = 0, kind;
	bool starts = true;
	do {
		KTS_STYPE value;
		struct span span;
		kind = scanner_next(&value, &span, scan);
		if (kind == TEXT_START && texts++ == 0)
			text_start = span.start;
		if (texts && kind == TEXT_END && --texts == 0) {
			kind = STRING;
			span.start = text_start;
		}
		if (kind == NEWLINE)
			starts = true;
		if (texts || kind == NEWLINE)
			continue;
		uint32_t end = kind ? span.end - base : format->length;
		add_token(format, (struct token){.start = kind ? span.start - base : end,
						 .end = end,
						 .kind = kind,
						 .starts = starts && kind && kind != '}'});
		starts = kind == '{';
	} while (kind);
}

/* Which brackets did the author leave on one line? */
static void find_flat(struct format *format)
{
	uint32_t last_break = 0; /* the last token so far that begins a line */
	for (uint32_t i = 0; i < format->tokens.length; i++) {
		struct token *token = &format->tokens.data[i];
		if (token->newline)
			last_break = i;
		if (token->kind == '}' && token->opener != NO_TOKEN) {
			struct token *opener = &format->tokens.data[token->opener];
			opener->flat = last_break <= token->opener;
		} else if (token->kind == '(' || token->kind == '[') {
			token->flat = !token[1].newline || closes(token[1].kind);
		}
	}
}

static enum layout layout_before(const struct format *format, uint32_t index)
{
	const struct token *token = &format->tokens.data[index];
	const struct token *opener =
		token->opener == NO_TOKEN ? NULL : &format->tokens.data[token->opener];
	if (!index || !token->kind || token->commented)
		return LAYOUT_BREAK;
	if (token->kind == '}')
		return opener && opener->flat ? LAYOUT_BLANK : LAYOUT_BREAK;
	if (token->starts) {
		if (!opener || !opener->flat)
			return LAYOUT_BREAK;
		return token[-1].kind == '{' ? LAYOUT_BLANK : LAYOUT_SEMICOLON;
	}
	if (token->kind == ')' || token->kind == ']')
		return opener && !opener->flat ? LAYOUT_BREAK : LAYOUT_TIGHT;
	bool may_break = token->blank || token[-1].kind == '(' || token[-1].kind == '[';
	if (token->newline && may_break && token->kind != ELSE)
		return LAYOUT_BREAK;
	return token->blank ? LAYOUT_BLANK : LAYOUT_TIGHT;
}

/* Columns of a token, as an editor counts them. */
static size_t width_of(const struct format *format, const struct token *token)
{
	size_t width = 0;
	for (uint32_t at = token->start; at < token->end; at++)
		width += ((unsigned char)format->text[at] & 0xc0) != 0x80;
	return width;
}

/* Give a block lines of its own, and what else hangs on it. */
static void break_block(struct format *format, uint32_t opener)
{
	struct token *tokens = format->tokens.data;
	for (;;) {
		tokens[opener].flat = false;
		uint32_t at = tokens[opener].closer + 1;
		if (tokens[at].kind != ELSE)
			return;
		while (tokens[at].kind != '{')
			at++;
		opener = at;
	}
}

/* Break the first block of a line that is too long. */
static void fit_line(struct format *format, uint32_t first)
{
	size_t width = format->line * LEVEL_BLANKS;
	uint32_t block = NO_TOKEN;
	for (uint32_t i = first; format->tokens.data[i].kind; i++) {
		const struct token *token = &format->tokens.data[i];
		enum layout layout = i == first ? LAYOUT_TIGHT : layout_before(format, i);
		if (layout == LAYOUT_BREAK)
			break;
		width += layout + width_of(format, token);
		if (block == NO_TOKEN && token->kind == '{' && token->flat && token->closer > i + 1)
			block = i;
		if (width > LINE_COLUMNS && block != NO_TOKEN) {
			break_block(format, block);
			return;
		}
	}
}

static void start_line(struct format *format, size_t level, bool empty_before)
{
	if (format->out->length)
		text_puts(format->out, empty_before ? "\n\n" : "\n");
	text_repeat(format->out, ' ', level * LEVEL_BLANKS);
}

/* The level of a token that begins a line. */
static size_t level_of(const struct format *format, const struct token *token)
{
	size_t inside = format->depth ? format->levels[format->depth - 1] : 0;
	if (!token->kind)
		return 0;
	if (closes(token->kind))
		return inside;
	if (token->starts)
		return format->depth ? inside + 1 : 0;
	if (token->kind == ELSE)
		return format->statement;
	return (in_group(format, token->opener) ? inside : format->statement) + 1;
}

/* Print the comments before a token; true if an empty line stands between them and it. */
static bool put_comments(struct format *format, uint32_t index, size_t level)
{
	const struct token *token = &format->tokens.data[index];
	uint32_t at = index ? token[-1].end : 0;
	bool fresh = !index || opens(token[-1].kind); /* no empty line here */
	bool own_line = !index;
	unsigned breaks = 0;
	for (; at < token->start; at++) {
		if (format->text[at] == '\n') {
			breaks++;
			own_line = true;
		} else if (format->text[at] == ';') {
			breaks = breaks > 1 ? 1 : breaks; /* a line with nothing else */
		} else if (format->text[at] == '#') {
			uint32_t start = at;
			while (at < token->start && format->text[at] != '\n')
				at++;
			uint32_t end = at--;
			while (strchr(" \t\r", format->text[end - 1]))
				end--;
			if (own_line)
				start_line(format, level, breaks > 1 && !fresh);
			else
				text_puts(format->out, "  ");
			text_add(format->out, format->text + start, end - start);
			fresh = fresh && !own_line;
			breaks = 0;
		}
	}
	return breaks > 1 && !fresh && token->kind && !closes(token->kind);
}

static void put_token(struct format *format, uint32_t index)
{
	const struct token *token = &format->tokens.data[index];
	enum layout layout = layout_before(format, index);
	if (layout == LAYOUT_BREAK) {
		size_t level = level_of(format, token);
		/* What stands at the end of a block is still inside it. */
		bool empty_before = put_comments(format, index, level + closes(token->kind));
		if (!token->kind)
			return;
		start_line(format, level, empty_before);
		format->line = level;
	} else {
		text_puts(format->out, layout == LAYOUT_SEMICOLON ? "; "
				       : layout == LAYOUT_BLANK   ? " "
								  : "");
	}
	if (token->starts)
		format->statement = level_of(format, token);
	if (layout == LAYOUT_BREAK)
		fit_line(format, index);
	text_add(format->out, format->text + token->start, token->end - token->start);
	if (opens(token->kind)) {
		format->levels[format->depth++] =
			token->kind == '{' ? format->statement : format->line;
	} else if (closes(token->kind)) {
		format->depth--;
		if (token->kind == '}')
			format->statement = format->levels[format->depth];
	}
}

bool format_source(struct tree *tree, const struct source *source, struct text *out)
{
	size_t errors = tree->diags->errors;
	parse_source(tree, source);
	if (tree->diags->errors > errors)
		return false;
	struct format *format = memory_zeroed(1, sizeof(*format));
	struct scanner *scan = scanner_begin(tree, source);
	*format = (struct format){
		.text = source->text, .length = source->length, .opener = NO_TOKEN, .out = out};
	read_tokens(format, scan);
	scanner_end(scan);
	find_flat(format);
	for (uint32_t i = 0; i < format->tokens.length; i++)
		put_token(format, i);
	if (out->length)
		text_putc(out, '\n');
	VECTOR_FREE(&format->tokens);
	free(format);
	return true;
}
