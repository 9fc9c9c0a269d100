/*
 * scanner: what the generated scanner and parser share while they read one file. Private to the
 * front end (grammar/ and src/syntax); everybody else calls parse_source().
 *
 * The raw scanner (grammar/kts.l) knows characters. scanner_next() puts the rules of line ends and
 * brackets on top: which newlines end a statement, that every '}' ends the statement before it,
 * and that brackets come out balanced whatever the file says, so that the parser never has to
 * guess.
 */
#ifndef KTSTR_SYNTAX_SCANNER_H
#define KTSTR_SYNTAX_SCANNER_H

#include "base/text.h"
#include "syntax/tree.h"

enum { SCANNER_OPEN_MAX = 200 };

union KTS_STYPE;

struct open_bracket {
	char bracket; /* '{', '(', '[', or '"' for an expression inside a string */
	struct span span;
};

struct scanner {
	struct tree *tree;
	const struct source *source;
	void *flex;
	uint32_t at; /* offset behind the last raw token, in the common space */
	/* of the string being read */
	struct text string;
	uint32_t string_start;
	bool string_goes_on; /* this part follows a {…} of the same string */
	/* brackets */
	struct open_bracket open[SCANNER_OPEN_MAX];
	int open_count;
	int grouped; /* how many of them are not '{': inside those a newline means nothing */
	/* line ends */
	int previous; /* the last token given to the parser */
	int held;     /* a token read too early, 0: none */
	struct span held_span;
	union KTS_STYPE *held_value;
	bool finished;
	/* for messages */
	bool complained; /* about the statement being read; the parser's own complaint is dropped */
	bool at_start;   /* the next token is the first of a statement */
	int first;       /* first token of the statement, and how many came since */
	name_id first_name;
	name_id second_name; /* of the token behind the first: what it declares, if it does */
	struct span first_span;
	int since_first;
};

/* The raw scanner: next token, its value and place; 0 at the end. */
int scanner_raw(struct scanner *scan, union KTS_STYPE *value, struct span *span);
/* Begin and end of the raw scanner's life for one file. */
void scanner_open(struct scanner *scan);
void scanner_close(struct scanner *scan);

/* A scanner at the beginning of a file, past its byte order mark; and its end. */
struct scanner *scanner_begin(struct tree *tree, const struct source *source);
void scanner_end(struct scanner *scan);

/* As the parser sees it. */
int scanner_next(union KTS_STYPE *value, struct span *span, struct scanner *scan);

/* Literals: each reports what is wrong and gives a usable value all the same. */
int scanner_number(struct scanner *scan, const char *text, size_t length, union KTS_STYPE *value,
		   struct span span);
/* Does the '%' behind a number make it a percentage? `next` is the byte that follows, `rest` the
 * text behind that. */
bool scanner_is_percent(char next, const char *rest);

/* Did bison meet an error: say it well. `expected` are token numbers. */
void scanner_syntax_error(struct scanner *scan, int token, struct span span,
			  const char *const *expected, int expected_count, const char *found);

#endif
