#include "syntax/scanner.h"

#include "kts.tab.h"

#include <stdio.h>
#include <string.h>

/* Words that can begin a statement; for did-you-mean, and to know where an unclosed bracket must
 * have ended. */
static const struct {
	const char *word;
	int token;
} statement_words[] = {
	{"scenario", SCENARIO}, {"step", STEP},     {"scope", SCOPE}, {"cgroup", CGROUP},
	{"create", CREATE},     {"remove", REMOVE}, {"set", SET},     {"clear", CLEAR},
	{"swap", SWAP},         {"spawn", SPAWN},   {"stop", STOP},   {"move", MOVE},
	{"freeze", FREEZE},     {"thaw", THAW},     {"sleep", SLEEP}, {"hold", HOLD},
	{"await", AWAIT},       {"repeat", REPEAT}, {"for", FOR},     {"if", IF},
	{"skip", SKIP},         {"fail", FAIL},     {"note", NOTE},   {"expect", EXPECT},
	{"needs", NEEDS},       {"let", LET},       {"param", PARAM}, {"fn", FN},
	{"use", USE},           {"proc", PROC},     {"run", RUN},     {"wait", WAIT},
	{"kill", KILL},         {"flag", FLAG},     {"custom", CUSTOM},
	{"extern", EXTERN},     {"payload", PAYLOAD},
	{"metric", METRIC},     {"requires", REQUIRES},
	{"excludes", EXCLUDES}, {"scheduler", SCHEDULER},
};

enum { STATEMENT_WORDS = sizeof(statement_words) / sizeof(statement_words[0]) };

struct scanner *scanner_begin(struct tree *tree, const struct source *source)
{
	struct scanner *scan = memory_zeroed(1, sizeof(*scan));
	scan->tree = tree;
	scan->source = source;
	scan->at = source->base;
	scan->at_start = true;
	scan->held_value = memory_zeroed(1, sizeof(*scan->held_value));
	if (source->length >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0)
		scan->at += 3; /* a byte order mark */
	scanner_open(scan);
	return scan;
}

void scanner_end(struct scanner *scan)
{
	scanner_close(scan);
	text_free(&scan->string);
	free(scan->held_value);
	free(scan);
}

static bool starts_statement(int token)
{
	if (token == SLEEP || token == SET || token == FOR || token == IF || token == CUSTOM ||
	    token == REQUIRES)
		return false; /* these stand inside expressions and clauses, too */
	for (int i = 0; i < STATEMENT_WORDS; i++) {
		if (statement_words[i].token == token)
			return true;
	}
	return false;
}

/* After these no statement has begun yet. */
static bool begins(int token)
{
	return token == 0 || token == NEWLINE || token == '{';
}

/* After these a newline cannot end a statement. */
static bool goes_on(int token)
{
	switch (token) {
	case 0:
	case NEWLINE:
	case '{':
	case ',':
	case '=':
	case '+':
	case '-':
	case '*':
	case '/':
	case '%':
	case '|':
	case '&':
	case '<':
	case '>':
	case EQ:
	case NE:
	case LE:
	case GE:
	case AND:
	case OR:
	case NOT:
	case RANGE:
		return true;
	default:
		return false;
	}
}

static void unclosed(struct scanner *scan, const struct open_bracket *open)
{
	/* What the parser did not understand behind the bracket follows from it. */
	if (open->bracket != '{')
		diag_retract(scan->tree->diags, DIAG_SYNTAX, open->span.start);
	diag_report(scan->tree->diags, DIAG_UNCLOSED, open->span, "this '%c' is never closed",
		    open->bracket == '"' ? '{' : open->bracket);
	scan->complained = true;
}

/* Forget brackets that the line ends without closing. */
static void drop_grouped(struct scanner *scan, bool complain)
{
	while (scan->grouped) {
		struct open_bracket *open = &scan->open[--scan->open_count];
		scan->grouped--;
		if (complain && !scan->grouped)
			unclosed(scan, open);
	}
}

static bool push_bracket(struct scanner *scan, char bracket, struct span span)
{
	if (scan->open_count == SCANNER_OPEN_MAX) {
		diag_report(scan->tree->diags, DIAG_DEEP_NESTING, span,
			    "nested more than %d levels deep; the rest of the file is not read",
			    SCANNER_OPEN_MAX);
		scan->complained = true;
		scan->finished = true;
		return false;
	}
	scan->open[scan->open_count++] = (struct open_bracket){bracket, span};
	scan->grouped += bracket != '{';
	return true;
}

/* Is this closing bracket the partner of the newest open one? */
static bool pop_bracket(struct scanner *scan, char bracket, struct span span)
{
	char wanted = bracket == '}' ? '{' : bracket == ')' ? '(' : '[';
	if (bracket == '}')
		drop_grouped(scan, true);
	if (scan->open_count && scan->open[scan->open_count - 1].bracket == wanted) {
		scan->open_count--;
		scan->grouped -= wanted != '{';
		return true;
	}
	if (!scan->complained)
		diag_report(scan->tree->diags, DIAG_STRAY_CLOSE, span, "this '%c' closes nothing",
			    bracket);
	scan->complained = true;
	return false;
}

static void bad_character(struct scanner *scan, int token, struct span span)
{
	struct diag_list *diags = scan->tree->diags;
	const char *word = token == BAD_AND ? "and" : token == BAD_OR ? "or" : "not";
	if (token == BAD_CHARACTER) {
		const char *text = scan->source->text + (span.start - scan->source->base);
		diag_report(diags, DIAG_BAD_CHARACTER, span,
			    "'%.*s' has no meaning outside a string or a comment",
			    (int)(span.end - span.start > 16 ? 16 : span.end - span.start), text);
	} else {
		diag_report(diags, DIAG_BAD_CHARACTER, span, "this operator is written `%s`", word);
		diag_fix(diags, span, "%s", word);
	}
	scan->complained = true;
}

static int operator_of(int token)
{
	return token == BAD_AND ? AND : token == BAD_OR ? OR : NOT;
}

/* Is the text inside the {…} of a string? Such a string ends with its line, too. */
static bool in_string(const struct scanner *scan)
{
	for (int i = scan->open_count - scan->grouped; i < scan->open_count; i++) {
		if (scan->open[i].bracket == '"')
			return true;
	}
	return false;
}

/* The next token with its brackets balanced; NEWLINEs come as they stand in the text. */
static int next_balanced(struct scanner *scan, KTS_STYPE *value, struct span *span)
{
	for (;;) {
		int token = scan->finished ? 0 : scanner_raw(scan, value, span);
		switch (token) {
		case NEWLINE:
			if (in_string(scan))
				drop_grouped(scan, true);
			return token;
		case 0:
			if (scan->finished)
				span->start = span->end = scan->at;
			return 0;
		case BAD_CHARACTER:
			bad_character(scan, token, *span);
			continue;
		case BAD_AND:
		case BAD_OR:
		case BAD_NOT:
			bad_character(scan, token, *span);
			return operator_of(token);
		case '{':
			drop_grouped(scan, true);
			if (!push_bracket(scan, '{', *span))
				continue;
			return token;
		case '(':
		case '[':
			if (!push_bracket(scan, (char)token, *span))
				continue;
			return token;
		case TEXT_START:
		case TEXT_MIDDLE:
			if (!push_bracket(scan, '"', *span))
				continue;
			return token;
		case '}':
		case ')':
		case ']':
			if (!pop_bracket(scan, (char)token, *span))
				continue;
			return token;
		default:
			return token;
		}
	}
}

/* At the end of the text: close what is open, then end. */
static int at_end(struct scanner *scan, struct span *span)
{
	drop_grouped(scan, true);
	if (!goes_on(scan->previous))
		return NEWLINE;
	if (scan->open_count) {
		struct open_bracket *open = &scan->open[--scan->open_count];
		if (!scan->finished)
			unclosed(scan, open);
		scan->finished = true;
		return '}';
	}
	span->start = span->end;
	return 0;
}

static int give(struct scanner *scan, int token, const KTS_STYPE *value, struct span span)
{
	if (token == NEWLINE || token == '{' || token == '}') {
		scan->at_start = token != '}';
	} else if (scan->at_start) {
		scan->at_start = false;
		scan->complained = false;
		scan->first = token;
		scan->first_name = token == NAME ? value->name : 0;
		scan->first_span = span;
		scan->second_name = 0;
		scan->since_first = 0;
	} else {
		if (++scan->since_first == 1 && token == NAME)
			scan->second_name = value->name;
	}
	scan->previous = token;
	return token;
}

/* Keep a token for the next call and end the statement before it. */
static int end_statement_before(struct scanner *scan, int token, const KTS_STYPE *value,
				struct span *span)
{
	scan->held = token;
	scan->held_span = *span;
	*scan->held_value = *value;
	span->end = span->start;
	return give(scan, NEWLINE, value, *span);
}

/* Was the text before this token inside '(' or '['? The token's own bracket is entered already. */
static bool inside_brackets(const struct scanner *scan, int token)
{
	if (token == ')' || token == ']')
		return true;
	return scan->grouped > (token == '(' || token == '[');
}

int scanner_next(KTS_STYPE *value, struct span *span, struct scanner *scan)
{
	if (scan->held) {
		int token = scan->held;
		scan->held = 0;
		*value = *scan->held_value;
		*span = scan->held_span;
		return give(scan, token, value, *span);
	}
	bool newline = false, hard = false; /* a ';' ends a statement wherever it stands */
	struct span newline_span = {0};
	for (;;) {
		int token = next_balanced(scan, value, span);
		if (token == NEWLINE || token == ';') {
			if (!newline)
				newline_span = *span;
			newline = true;
			hard |= token == ';';
			continue;
		}
		if (token == 0) {
			token = at_end(scan, span);
			if (token == NEWLINE && newline)
				*span = newline_span;
			return give(scan, token, value, *span);
		}
		bool ends = newline && !goes_on(scan->previous) && token != ELSE;
		if (hard && !begins(scan->previous)) {
			ends = true;
			drop_grouped(scan, true);
		}
		if (scan->grouped && newline && starts_statement(token) && scan->previous != ':')
			drop_grouped(scan, true);
		else if (!hard && inside_brackets(scan, token))
			ends = false;
		if (token == '}' && !begins(scan->previous))
			ends = true;
		if (!ends)
			return give(scan, token, value, *span);
		int ended = end_statement_before(scan, token, value, span);
		if (newline)
			*span = newline_span;
		return ended;
	}
}

static const struct {
	const char *name;
	int token;
	int64_t factor;
} units[] = {
	{"ns", DURATION, 1},         {"us", DURATION, 1000},         {"ms", DURATION, 1000000},
	{"s", DURATION, 1000000000}, {"min", DURATION, 60000000000}, {"B", SIZE, 1},
	{"KiB", SIZE, 1 << 10},      {"MiB", SIZE, 1 << 20},         {"GiB", SIZE, 1 << 30},
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

static void too_large(struct scanner *scan, struct span span)
{
	diag_report(scan->tree->diags, DIAG_BAD_NUMBER, span,
		    "this number does not fit in 64 bits");
}

/* Digits with the unit's factor, exactly: integer part and up to 18 decimals. */
static bool scaled(const char *digits, int64_t factor, int64_t *result)
{
	int64_t whole = 0, place = 1, decimals = 0;
	bool behind_point = false;
	for (; *digits; digits++) {
		if (*digits == '.') {
			behind_point = true;
		} else if (!behind_point) {
			if (__builtin_mul_overflow(whole, 10, &whole) ||
			    __builtin_add_overflow(whole, *digits - '0', &whole))
				return false;
		} else if (place < 1000000000) {
			place *= 10;
			decimals = decimals * 10 + (*digits - '0');
		}
	}
	int64_t part = (int64_t)(((__int128)decimals * factor + place / 2) / place);
	return !__builtin_mul_overflow(whole, factor, result) &&
	       !__builtin_add_overflow(*result, part, result);
}

static int unknown_unit(struct scanner *scan, const char *digits, const char *unit,
			KTS_STYPE *value, struct span span)
{
	static const struct {
		const char *written, *meant;
	} habits[] = {{"sec", "s"},   {"secs", "s"},  {"msec", "ms"},  {"usec", "us"},
		      {"nsec", "ns"}, {"m", "min"},   {"mins", "min"}, {"kb", "KiB"},
		      {"k", "KiB"},   {"mb", "MiB"},  {"gb", "GiB"},   {"kib", "KiB"},
		      {"mib", "MiB"}, {"gib", "GiB"}, {"pct", "%"}};
	const char *meant = NULL;
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		if (strcasecmp(habits[i].written, unit) == 0)
			meant = habits[i].meant;
	}
	struct diag_list *diags = scan->tree->diags;
	if (meant) {
		diag_report(diags, DIAG_BAD_UNIT, span, "there is no unit '%s'; write `%s%s`", unit,
			    digits, meant);
		diag_fix(diags, span, "%s%s", digits, meant);
	} else {
		diag_report(diags, DIAG_BAD_UNIT, span, "there is no unit '%s'", unit);
		diag_note(diags, "times: ns us ms s min; sizes: B KiB MiB GiB; shares: %%");
	}
	value->integer = -1; /* marks the literal as unusable */
	return DURATION;
}

int scanner_number(struct scanner *scan, const char *text, size_t length, KTS_STYPE *value,
		   struct span span)
{
	char digits[80];
	size_t used = 0, at = 0;
	bool decimal = false;
	for (; at < length && (strchr("0123456789_.", text[at])); at++) {
		decimal |= text[at] == '.';
		if (text[at] != '_' && used + 1 < sizeof(digits))
			digits[used++] = text[at];
	}
	digits[used] = '\0';
	const char *unit = text + at;
	size_t unit_length = length - at;
	if (unit_length == 0 && !decimal) {
		if (!scaled(digits, 1, &value->integer))
			too_large(scan, span);
		return INTEGER;
	}
	if (unit_length == 0 || *unit == '%') {
		value->number = strtod(digits, NULL) / (unit_length ? 100.0 : 1.0);
		return unit_length ? PERCENT : FLOAT;
	}
	for (int i = 0; i < UNITS; i++) {
		if (strlen(units[i].name) == unit_length &&
		    memcmp(units[i].name, unit, unit_length) == 0) {
			if (!scaled(digits, units[i].factor, &value->integer))
				too_large(scan, span);
			return units[i].token;
		}
	}
	char name[24];
	size_t kept = unit_length < sizeof(name) ? unit_length : sizeof(name) - 1;
	memcpy(name, unit, kept);
	name[kept] = '\0';
	return unknown_unit(scan, digits, name, value, span);
}

static bool in_name(char byte)
{
	return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z');
}

/* Does the text begin with this word? Its first byte is given apart. */
static bool word_is(char first, const char *text, const char *word)
{
	size_t length = strlen(word) - 1;
	return first == word[0] && strncmp(text, word + 1, length) == 0 && !in_name(text[length]);
}

bool scanner_is_percent(char next, const char *rest)
{
	/* Words that can follow a complete expression: the '%' before them is no operator. */
	static const char *const behind[] = {"from", "to", "for", "as",      "times", "if",
					     "and",  "or", "in",  "timeout", "else"};
	while (next == ' ' || next == '\t')
		next = *rest++;
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		if (word_is(next, rest, behind[i]))
			return true;
	}
	return !(next == '(' || in_name(next));
}

static void unknown_statement(struct scanner *scan)
{
	const char *word = map_text(scan->tree->names, scan->first_name);
	struct text_nearest nearest;
	text_nearest_start(&nearest, word);
	for (int i = 0; i < STATEMENT_WORDS; i++)
		text_nearest_offer(&nearest, statement_words[i].word);
	struct diag_list *diags = scan->tree->diags;
	if (nearest.best) {
		diag_report(diags, DIAG_UNKNOWN_STATEMENT, scan->first_span,
			    "there is no statement '%s'; did you mean '%s'?", word, nearest.best);
		diag_fix(diags, scan->first_span, "%s", nearest.best);
	} else {
		diag_report(diags, DIAG_UNKNOWN_STATEMENT, scan->first_span,
			    "there is no statement '%s'", word);
		diag_note(diags, "a setting is written `%s = value`", word);
	}
}

static bool among(const char *name, const char *const *expected, int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(expected[i], name) == 0)
			return true;
	}
	return false;
}

/* Tokens by their names in the grammar, between bars: those that never help, those that an
 * expression can begin with, and those that can follow one. */
static const char never_told[] = "|END|BAD_CHARACTER|BAD_AND|BAD_OR|BAD_NOT|a string with {|'set'|";
static const char of_expression[] =
	"|a name|a string|a number|a time|a size|true or false|a decimal number|a percentage"
	"|'not'|'('|'['|'-'|'custom'|";
static const char of_operators[] =
	"|'=='|'!='|'<='|'>='|'<'|'>'|'and'|'or'|'+'|'-'|'*'|'/'|'%'|'|'|'&'|'.'|'['|'('|";

static bool is_listed(const char *list, const char *name)
{
	char between[40];
	snprintf(between, sizeof(between), "|%s|", name);
	return strstr(list, between) != NULL;
}

/* What was expected, in as few words as say it. */
static void put_expected(struct text *text, const char *const *expected, int count)
{
	if (among("'spawn'", expected, count) && among("'hold'", expected, count)) {
		text_puts(text, "a statement");
		if (among("'}'", expected, count))
			text_puts(text, " or '}'");
		return;
	}
	bool expression = among("a percentage", expected, count) && among("'not'", expected, count);
	bool operators = among("'=='", expected, count) && among("'*'", expected, count);
	const char *separator = "";
	int shown = 0;
	if (expression) {
		text_puts(text, "an expression");
		separator = " or ";
		shown++;
	}
	for (int i = 0; i < count && shown < 5; i++) {
		if (is_listed(never_told, expected[i]) ||
		    (expression && is_listed(of_expression, expected[i])) ||
		    (operators && is_listed(of_operators, expected[i])))
			continue;
		text_printf(text, "%s%s", separator, expected[i]);
		separator = " or ";
		shown++;
	}
	if (!shown)
		text_puts(text, "something else");
}

/* A word in the place of a keyword is often that keyword, mistyped. */
static void put_meant(struct text *text, const char *word, const char *const *expected, int count)
{
	struct text_nearest nearest;
	char words[STATEMENT_WORDS + 16][16];
	int kept = 0;
	text_nearest_start(&nearest, word);
	for (int i = 0; i < count && kept < STATEMENT_WORDS + 16; i++) {
		size_t length = strlen(expected[i]);
		if (length < 4 || length > 15 || expected[i][0] != '\'')
			continue;
		memcpy(words[kept], expected[i] + 1, length - 2);
		words[kept][length - 2] = '\0';
		text_nearest_offer(&nearest, words[kept++]);
	}
	if (nearest.best)
		text_printf(text, "; did you mean '%s'?", nearest.best);
}

void scanner_syntax_error(struct scanner *scan, int token, struct span span,
			  const char *const *expected, int expected_count, const char *found)
{
	(void)token;
	enum { SUSPECTS_MAX = 200 };
	if (scan->second_name && scan->tree->suspects.length < SUSPECTS_MAX)
		VECTOR_PUSH(&scan->tree->suspects, scan->second_name);
	if (scan->complained)
		return;
	scan->complained = true;
	if (scan->first == NAME && scan->since_first <= 1 && scan->first_name &&
	    among("'='", expected, expected_count)) {
		unknown_statement(scan);
		return;
	}
	struct text message = {0};
	text_puts(&message, "expected ");
	put_expected(&message, expected, expected_count);
	char word[48] = "";
	bool is_name = strcmp(found, "a name") == 0;
	if (is_name) {
		size_t length = span.end - span.start;
		memcpy(word, scan->source->text + (span.start - scan->source->base),
		       length < sizeof(word) ? length : sizeof(word) - 1);
		text_printf(&message, ", found '%s'", word);
		put_meant(&message, word, expected, expected_count);
	} else {
		text_printf(&message, ", found %s", found);
	}
	diag_report(scan->tree->diags, DIAG_SYNTAX, span, "%s", text_string(&message));
	text_free(&message);
}
