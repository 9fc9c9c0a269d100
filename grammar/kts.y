/*
 * The grammar. Its actions only call the constructors of src/syntax/tree.h; where a statement may
 * stand and what it means is the checker's business, which can say it better. One list of items
 * serves for files and for every kind of block.
 *
 * NEWLINE is the end of a statement: a line's end, a ';', or nothing before a '}'.
 */
%code requires {
#include "syntax/tree.h"

struct scanner;

#define KTS_LTYPE struct span
#define YYLLOC_DEFAULT(result, rhs, count)                                                         \
	((result) = (count) ? (struct span){YYRHSLOC(rhs, 1).start, YYRHSLOC(rhs, count).end}      \
			    : (struct span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})
}

%code {
#include "syntax/scanner.h"

#include <string.h>

#define yylex scanner_next
#define TREE  (scan->tree)

/* Deep nesting is refused by the scanner and the tree; this only has to be out of their way. */
#define YYMAXDEPTH 20000

static void kts_error(struct span *span, struct scanner *scan, const char *message)
{
	(void)message;
	diag_report(TREE->diags, DIAG_DEEP_NESTING, *span, "this is nested too deeply to be read");
}

static struct stmt *new_simple(struct scanner *scan, enum stmt_kind kind, struct span span,
			       struct expr *value, struct expr *second)
{
	struct stmt *stmt = tree_stmt(TREE, kind, span);
	stmt->simple.value = value;
	stmt->simple.second = second;
	return stmt;
}

static struct stmt *new_body(struct scanner *scan, enum stmt_kind kind, struct span span,
			     struct expr *first, struct expr *second, struct block block)
{
	struct stmt *stmt = tree_stmt(TREE, kind, span);
	stmt->body.first = first;
	stmt->body.second = second;
	stmt->body.block = block;
	return stmt;
}

static struct stmt *new_group(struct scanner *scan, enum stmt_kind kind, struct span span,
			      struct ref *ref)
{
	struct stmt *stmt = tree_stmt(TREE, kind, span);
	stmt->group.ref = ref;
	return stmt;
}

static struct stmt *new_routine(struct scanner *scan, enum stmt_kind kind, struct span span,
				struct parameter *params)
{
	struct stmt *stmt = tree_stmt(TREE, kind, span);
	stmt->routine.params = params;
	return stmt;
}

static struct stmt *new_flags(struct scanner *scan, enum stmt_kind kind, struct span span,
			      struct item *list)
{
	struct stmt *stmt = tree_stmt(TREE, kind, span);
	stmt->flags.list = list;
	return stmt;
}

/* `hook` and `work` are words only here. */
static bool is_extern_work(struct scanner *scan, name_id word, struct span span)
{
	const char *text = map_text(TREE->names, word);
	bool work = strcmp(text, "work") == 0;
	if (!work && strcmp(text, "hook") != 0)
		diag_report(TREE->diags, DIAG_SYNTAX, span, "expected 'hook' or 'work', found '%s'",
			    text);
	return work;
}

/* `scheduler start NAME` and `scheduler replace NAME`: what is to be done is no word of its own. */
static name_id scheduler_verb(struct scanner *scan, name_id word, struct span span)
{
	const char *text = map_text(TREE->names, word);
	if (strcmp(text, "start") != 0 && strcmp(text, "replace") != 0)
		diag_report(TREE->diags, DIAG_SYNTAX, span,
			    "expected 'start', 'replace' or 'stop', found '%s'", text);
	return word;
}

static struct stmt *named(struct stmt *stmt, name_id name, struct span span)
{
	stmt->name = name;
	stmt->name_span = span;
	return stmt;
}
}

%define api.pure full
%define api.prefix {kts_}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {struct scanner *scan}

%union {
	name_id name;
	int64_t integer;
	double number;
	struct { name_id name; struct span span; } loop;
	struct expr *expr;
	struct item *item;
	struct item_list items;
	struct ref *ref;
	struct stmt *stmt;
	struct stmt_list stmts;
	struct block block;
	struct limit *limit;
	struct limit_list limits;
	struct { struct arm *first, *last; } arms;
	struct parameter *parameter;
	struct { struct parameter *first, *last; } parameters;
	enum tree_op op;
}

%token END 0 "the end of the file"
%token NEWLINE "the end of the statement"
%token <name> NAME "a name" STRING "a string"
%token <name> TEXT_START "a string with {" TEXT_MIDDLE "'}'" TEXT_END "the end of the string"
%token <integer> INTEGER "a number" DURATION "a time" SIZE "a size" BOOL "true or false"
%token <number> FLOAT "a decimal number" PERCENT "a percentage"
%token SCENARIO "'scenario'" STEP "'step'" SCOPE "'scope'" CGROUP "'cgroup'" CREATE "'create'"
%token REMOVE "'remove'" SET "'set'" CLEAR "'clear'" SWAP "'swap'" SPAWN "'spawn'" STOP "'stop'"
%token MOVE "'move'" FREEZE "'freeze'" THAW "'thaw'" SLEEP "'sleep'" HOLD "'hold'" REST "'rest'"
%token AWAIT "'await'" TIMEOUT "'timeout'" REPEAT "'repeat'" EVERY "'every'" TIMES "'times'"
%token FOR "'for'" IN "'in'" IF "'if'" ELSE "'else'" SKIP "'skip'" FAIL "'fail'" NOTE "'note'"
%token EXPECT "'expect'" NEEDS "'needs'" LET "'let'" PARAM "'param'" FROM "'from'" TO "'to'"
%token USE "'use'" FN "'fn'" PROC "'proc'" ARROW "'->'" EXTERN "'extern'" PAYLOAD "'payload'"
%token METRIC "'metric'" FLAG "'flag'" REQUIRES "'requires'" EXCLUDES "'excludes'"
%token SCHEDULER "'scheduler'" CUSTOM "'custom'" RUN "'run'" WAIT "'wait'" KILL "'kill'"
%token AS "'as'" AND "'and'" OR "'or'" NOT "'not'"
%token EQ "'=='" NE "'!='" LE "'<='" GE "'>='" RANGE "'..'"
%token BAD_CHARACTER BAD_AND BAD_OR BAD_NOT

%left OR
%left AND
%precedence NOT
%nonassoc EQ NE LE GE '<' '>'
%left '|'
%left '&'
%left '+' '-'
%left '*' '/' '%'
%precedence NEGATIVE
%left '.' '['

%type <stmts> items
%type <stmt> item declaration clause statement setting spawn
%type <block> block
%type <expr> expr string opt_string opt_for opt_timeout opt_if work count custom
%type <item> argument
%type <items> arguments some_arguments text_parts names opt_requires
%type <ref> ref part opt_in
%type <name> name set_name type setting_name
%type <loop> opt_as
%type <arms> arms
%type <limit> limit
%type <limits> limits
%type <op> relation
%type <parameter> parameter
%type <parameters> parameters some_parameters
%type <stmt> opt_settings

%%

file: items { TREE->first = $1.first; };

items:
  %empty                      { $$ = (struct stmt_list){0}; }
| items item NEWLINE          { $$ = $1; tree_append_stmt(&$$, $2); }
| items error NEWLINE         { $$ = $1; yyerrok; }
| items error block NEWLINE   {
	/* What a broken line opens is read for its own mistakes. */
	$$ = $1;
	tree_append_stmt(&$$, new_body(scan, STMT_ERROR, @3, NULL, NULL, $3));
	yyerrok;
  }
;

block: '{' items '}' { $$ = (struct block){$2.first, @$}; };

item: declaration | clause | statement | setting;

setting: setting_name '=' expr {
	$$ = named(new_simple(scan, STMT_SETTING, @$, $3, NULL), $1, @1);
};
setting_name:
  NAME
| TIMEOUT   { $$ = map_intern(TREE->names, "timeout", 7); }
| SCHEDULER { $$ = map_intern(TREE->names, "scheduler", 9); }
;

declaration:
  SCENARIO name opt_string block {
	$$ = named(new_body(scan, STMT_SCENARIO, @$, NULL, $3, $4), $2, @2);
  }
| PARAM name '=' expr opt_string {
	$$ = named(new_simple(scan, STMT_PARAM, @$, $4, $5), $2, @2);
  }
| PARAM name ':' type '=' expr opt_string {
	$$ = named(new_simple(scan, STMT_PARAM, @$, $6, $7), $2, @2);
	$$->simple.type_name = $4;
	$$->simple.type_span = @4;
  }
| LET name '=' expr {
	$$ = named(new_simple(scan, STMT_LET, @$, $4, NULL), $2, @2);
  }
| LET name ':' type '=' expr {
	$$ = named(new_simple(scan, STMT_LET, @$, $6, NULL), $2, @2);
	$$->simple.type_name = $4;
	$$->simple.type_span = @4;
  }
| LET name '=' spawn {
	$$ = named(new_simple(scan, STMT_LET, @$, NULL, NULL), $2, @2);
	$$->simple.spawn = $4;
  }
| LET name ':' type '=' spawn {
	$$ = named(new_simple(scan, STMT_LET, @$, NULL, NULL), $2, @2);
	$$->simple.spawn = $6;
	$$->simple.type_name = $4;
	$$->simple.type_span = @4;
  }
| USE STRING {
	$$ = tree_stmt(TREE, STMT_USE, @$);
	$$->name = $2;
	$$->name_span = @2;
  }
| USE NAME STRING {
	$$ = tree_stmt(TREE, STMT_USE, @$);
	$$->name = $3;
	$$->name_span = @3;
	$$->hooks = true;
	if (strcmp(map_text(TREE->names, $2), "hooks") != 0)
		diag_report(TREE->diags, DIAG_SYNTAX, @2,
			    "expected a file's name or 'hooks', found '%s'",
			    map_text(TREE->names, $2));
  }
| FN name '(' parameters ')' ARROW type '=' expr {
	$$ = named(new_routine(scan, STMT_FN, @$, $4.first), $2, @2);
	$$->routine.value = $9;
	$$->routine.type_name = $7;
	$$->routine.type_span = @7;
  }
| PROC name '(' parameters ')' block {
	$$ = named(new_routine(scan, STMT_PROC, @$, $4.first), $2, @2);
	$$->routine.block = $6;
  }
| EXTERN NAME name '(' parameters ')' {
	$$ = named(new_routine(scan, STMT_EXTERN, @$, $5.first), $3, @3);
	$$->routine.work = is_extern_work(scan, $2, @2);
  }
| EXTERN NAME name '(' parameters ')' ARROW type {
	$$ = named(new_routine(scan, STMT_EXTERN, @$, $5.first), $3, @3);
	$$->routine.work = is_extern_work(scan, $2, @2);
	$$->routine.type_name = $8;
	$$->routine.type_span = @8;
  }
| PAYLOAD name block {
	$$ = named(new_body(scan, STMT_PAYLOAD, @$, NULL, NULL, $3), $2, @2);
  }
| SCHEDULER name block {
	$$ = named(new_body(scan, STMT_SCHEDULER, @$, NULL, NULL, $3), $2, @2);
  }
| FLAG name opt_string opt_requires {
	$$ = named(new_flags(scan, STMT_FLAG, @$, $4.first), $2, @2);
	$$->flags.doc = $3;
  }
| FLAG name block {
	$$ = named(new_body(scan, STMT_FLAG_ARGS, @$, NULL, NULL, $3), $2, @2);
  }
| METRIC name '=' expr {
	$$ = named(new_simple(scan, STMT_METRIC, @$, $4, NULL), $2, @2);
  }
;

parameters:
  %empty { $$.first = $$.last = NULL; }
| some_parameters
| some_parameters ','
;
some_parameters:
  parameter                       { $$.first = $$.last = $1; }
| some_parameters ',' parameter   { $$ = $1; $$.last = $$.last->next = $3; }
;
parameter:
  name ':' type                   { $$ = tree_parameter(TREE, $1, @1, $3, @3, NULL); }
| name ':' type '=' expr          { $$ = tree_parameter(TREE, $1, @1, $3, @3, $5); }
;

clause:
  NEEDS expr opt_string       { $$ = new_simple(scan, STMT_NEEDS, @$, $2, $3); }
| EXPECT expr opt_string      { $$ = new_simple(scan, STMT_EXPECT, @$, $2, $3); }
| EXPECT '{' limits '}' {
	$$ = tree_stmt(TREE, STMT_LIMITS, @$);
	$$->limits.first = $3.first;
  }
| EXPECT FOR ref '{' limits '}' {
	$$ = tree_stmt(TREE, STMT_LIMITS, @$);
	$$->limits.ref = $3;
	$$->limits.first = $5.first;
  }
| REQUIRES names            { $$ = new_flags(scan, STMT_REQUIRES, @$, $2.first); }
| EXCLUDES names            { $$ = new_flags(scan, STMT_EXCLUDES, @$, $2.first); }
;

limits:
  %empty                { $$ = (struct limit_list){0}; }
| limits limit NEWLINE  { $$ = $1; tree_append_limit(&$$, $2); }
| limits error NEWLINE  { $$ = $1; yyerrok; }
;

limit:
  NAME                  { $$ = tree_limit(TREE, $1, @1, @$); }
| NAME NAME {
	$$ = tree_limit(TREE, $2, @2, @$);
	$$->off = true;
	if (strcmp(map_text(TREE->names, $1), "no") != 0)
		diag_report(TREE->diags, DIAG_SYNTAX, @1,
			    "expected a metric with its limit, or 'no' and a metric");
  }
| NAME relation expr opt_for {
	$$ = tree_limit(TREE, $1, @1, @$);
	$$->op = (uint8_t)$2;
	$$->value = $3;
	$$->sustained = $4;
  }
;

relation:
  LE { $$ = TREE_LE; } | GE { $$ = TREE_GE; } | '<' { $$ = TREE_LT; } | '>' { $$ = TREE_GT; }
| EQ { $$ = TREE_EQ; } | NE { $$ = TREE_NE; }
;

statement:
  STEP string block           { $$ = new_body(scan, STMT_STEP, @$, $2, NULL, $3); }
| SCOPE block                 { $$ = new_body(scan, STMT_SCOPE, @$, NULL, NULL, $2); }
| CGROUP ref block {
	$$ = new_body(scan, STMT_CGROUP, @$, NULL, NULL, $3);
	$$->body.ref = $2;
  }
| CREATE ref                  { $$ = new_group(scan, STMT_CREATE, @$, $2); }
| REMOVE ref                  { $$ = new_group(scan, STMT_REMOVE, @$, $2); }
| FREEZE ref                  { $$ = new_group(scan, STMT_FREEZE, @$, $2); }
| THAW ref                    { $$ = new_group(scan, STMT_THAW, @$, $2); }
| STOP ref                    { $$ = new_group(scan, STMT_STOP, @$, $2); }
| SET ref '.' NAME '=' expr {
	$$ = named(new_group(scan, STMT_SET, @$, $2), $4, @4);
	$$->group.value = $6;
  }
| CLEAR ref '.' NAME          { $$ = named(new_group(scan, STMT_CLEAR, @$, $2), $4, @4); }
| SWAP ref '.' NAME ',' ref '.' NAME {
	$$ = named(new_group(scan, STMT_SWAP, @$, $2), $4, @4);
	$$->group.other = $6;
	$$->group.other_name = $8;
	$$->group.other_span = @8;
  }
| MOVE expr FROM ref TO ref {
	$$ = new_group(scan, STMT_MOVE, @$, $4);
	$$->group.value = $2;
	$$->group.other = $6;
  }
| MOVE expr TO ref {
	$$ = new_group(scan, STMT_MOVE, @$, NULL);
	$$->group.value = $2;
	$$->group.other = $4;
  }
| spawn
| SLEEP expr                  { $$ = new_simple(scan, STMT_SLEEP, @$, $2, NULL); }
| HOLD expr                   { $$ = new_simple(scan, STMT_HOLD, @$, $2, NULL); }
| HOLD REST                   { $$ = new_simple(scan, STMT_HOLD, @$, NULL, NULL); }
| AWAIT expr opt_timeout      { $$ = new_simple(scan, STMT_AWAIT, @$, $2, $3); }
| REPEAT EVERY expr opt_for opt_as block {
	$$ = named(new_body(scan, STMT_EVERY, @$, $3, $4, $6), $5.name, $5.span);
  }
| REPEAT expr TIMES opt_as block {
	$$ = named(new_body(scan, STMT_TIMES, @$, $2, NULL, $5), $4.name, $4.span);
  }
| FOR name IN expr RANGE expr block {
	$$ = named(new_body(scan, STMT_FOR, @$, $4, $6, $7), $2, @2);
  }
| arms {
	$$ = tree_stmt(TREE, STMT_IF, @$);
	$$->arms = $1.first;
  }
| SKIP string opt_if          { $$ = new_simple(scan, STMT_SKIP, @$, $2, $3); }
| FAIL string opt_if          { $$ = new_simple(scan, STMT_FAIL, @$, $2, $3); }
| NOTE string                 { $$ = new_simple(scan, STMT_NOTE, @$, $2, NULL); }
| NAME '(' arguments ')' {
	$$ = new_simple(scan, STMT_CALL, @$, tree_call(TREE, $1, $3.first, @$), NULL);
  }
| custom                      { $$ = new_simple(scan, STMT_CUSTOM, @$, $1, NULL); }
| RUN name opt_in opt_as {
	$$ = named(new_group(scan, STMT_RUN, @$, $3), $2, @2);
	$$->group.other_name = $4.name;
	$$->group.other_span = $4.span;
  }
| WAIT name opt_timeout {
	$$ = named(new_simple(scan, STMT_WAIT, @$, $3, NULL), $2, @2);
  }
| SCHEDULER NAME NAME {
	struct expr *which = tree_named(TREE, EXPR_NAME, $3, @3);
	$$ = named(new_simple(scan, STMT_SCHEDULER_OP, @$, which, NULL),
		   scheduler_verb(scan, $2, @2), @2);
  }
| SCHEDULER STOP {
	$$ = named(new_simple(scan, STMT_SCHEDULER_OP, @$, NULL, NULL),
		   map_intern(TREE->names, "stop", 4), @2);
  }
| KILL name {
	$$ = named(new_simple(scan, STMT_KILL, @$, NULL, NULL), $2, @2);
  }
;

arms:
  IF expr block               { $$.first = $$.last = tree_arm(TREE, $2, $3); }
| arms ELSE IF expr block     { $$ = $1; $$.last = $$.last->next = tree_arm(TREE, $4, $5); }
| arms ELSE block             { $$ = $1; $$.last = $$.last->next = tree_arm(TREE, NULL, $3); }
;

spawn:
  SPAWN work opt_in opt_settings {
	$$ = tree_stmt(TREE, STMT_SPAWN, @$);
	$$->spawn.work = $2;
	$$->spawn.ref = $3;
	$$->spawn.settings = $4;
  }
| SPAWN count work opt_in opt_settings {
	$$ = tree_stmt(TREE, STMT_SPAWN, @$);
	$$->spawn.count = $2;
	$$->spawn.work = $3;
	$$->spawn.ref = $4;
	$$->spawn.settings = $5;
  }
;

count:
  INTEGER             { $$ = tree_integer(TREE, EXPR_INT, $1, @1); }
| '(' expr ')'        { $$ = $2; }
| NAME                { $$ = tree_named(TREE, EXPR_NAME, $1, @1); }
| count '.' NAME      { $$ = tree_field(TREE, $1, $3, @$); }
;

work:
  NAME                    { $$ = tree_named(TREE, EXPR_NAME, $1, @1); }
| NAME '(' arguments ')'  { $$ = tree_call(TREE, $1, $3.first, @$); }
;

opt_in: %empty { $$ = NULL; } | IN ref { $$ = $2; };
opt_settings: %empty { $$ = NULL; } | block { $$ = $1.first; };
opt_string: %empty { $$ = NULL; } | string;
opt_for: %empty { $$ = NULL; } | FOR expr { $$ = $2; };
opt_as: %empty { $$.name = 0; $$.span = SPAN_NONE; } | AS name { $$.name = $2; $$.span = @2; };
opt_if: %empty { $$ = NULL; } | IF expr { $$ = $2; };
opt_timeout: %empty { $$ = NULL; } | TIMEOUT expr { $$ = $2; };
opt_requires: %empty { $$ = (struct item_list){0}; } | REQUIRES names { $$ = $2; };

names:
  name {
	$$ = (struct item_list){0};
	tree_append_item(&$$, tree_item(TREE, $1, @1, NULL));
  }
| names ',' name            { $$ = $1; tree_append_item(&$$, tree_item(TREE, $3, @3, NULL)); }
;

/* A call of a registered C function. */
custom: CUSTOM NAME '(' arguments ')' {
	$$ = tree_call(TREE, $2, $4.first, @$);
	$$->custom = true;
};

/* Where no statement can begin, `set` is a name like any other. */
name: NAME | set_name;
set_name: SET { $$ = map_intern(TREE->names, "set", 3); };
type: NAME | CGROUP { $$ = map_intern(TREE->names, "cgroup", 6); };

ref: part | ref '/' part { $$ = tree_ref_append(TREE, $1, $3); };
part:
  NAME                { $$ = tree_ref(TREE, $1, @1, NULL, @$); }
| NAME '[' expr ']'   { $$ = tree_ref(TREE, $1, @1, $3, @$); }
;

string:
  STRING              { $$ = tree_named(TREE, EXPR_STRING, $1, @1); }
| text_parts TEXT_END {
	struct item_list parts = $1;
	tree_append_item(&parts, tree_item(TREE, 0, @2, tree_named(TREE, EXPR_STRING, $2, @2)));
	$$ = tree_items(TREE, EXPR_TEXT, parts.first, @$);
  }
;
text_parts:
  TEXT_START expr {
	$$ = (struct item_list){0};
	tree_append_item(&$$, tree_item(TREE, 0, @1, tree_named(TREE, EXPR_STRING, $1, @1)));
	tree_append_item(&$$, tree_item(TREE, 0, @2, $2));
  }
| text_parts TEXT_MIDDLE expr {
	$$ = $1;
	tree_append_item(&$$, tree_item(TREE, 0, @2, tree_named(TREE, EXPR_STRING, $2, @2)));
	tree_append_item(&$$, tree_item(TREE, 0, @3, $3));
  }
;

expr:
  INTEGER             { $$ = tree_integer(TREE, EXPR_INT, $1, @1); }
| DURATION            { $$ = tree_integer(TREE, EXPR_DURATION, $1, @1); }
| SIZE                { $$ = tree_integer(TREE, EXPR_SIZE, $1, @1); }
| BOOL                { $$ = tree_integer(TREE, EXPR_BOOL, $1, @1); }
| FLOAT               { $$ = tree_number(TREE, EXPR_FLOAT, $1, @1); }
| PERCENT             { $$ = tree_number(TREE, EXPR_PERCENT, $1, @1); }
| string
| NAME                { $$ = tree_named(TREE, EXPR_NAME, $1, @1); }
| set_name            { $$ = tree_named(TREE, EXPR_NAME, $1, @1); }
| NAME '(' arguments ')' { $$ = tree_call(TREE, $1, $3.first, @$); }
| custom
| expr '.' NAME       { $$ = tree_field(TREE, $1, $3, @$); }
| expr '[' expr ']'   { $$ = tree_index(TREE, $1, $3, @$); }
| '(' expr ')'        { $$ = $2; $$->span = @$; }
| '[' arguments ']'   { $$ = tree_items(TREE, EXPR_LIST, $2.first, @$); }
| '-' expr %prec NEGATIVE { $$ = tree_unary(TREE, TREE_NEG, $2, @$); }
| NOT expr            { $$ = tree_unary(TREE, TREE_NOT, $2, @$); }
| expr '+' expr       { $$ = tree_binary(TREE, TREE_ADD, $1, $3); }
| expr '-' expr       { $$ = tree_binary(TREE, TREE_SUB, $1, $3); }
| expr '*' expr       { $$ = tree_binary(TREE, TREE_MUL, $1, $3); }
| expr '/' expr       { $$ = tree_binary(TREE, TREE_DIV, $1, $3); }
| expr '%' expr       { $$ = tree_binary(TREE, TREE_MOD, $1, $3); }
| expr '|' expr       { $$ = tree_binary(TREE, TREE_UNION, $1, $3); }
| expr '&' expr       { $$ = tree_binary(TREE, TREE_INTERSECT, $1, $3); }
| expr EQ expr        { $$ = tree_binary(TREE, TREE_EQ, $1, $3); }
| expr NE expr        { $$ = tree_binary(TREE, TREE_NE, $1, $3); }
| expr LE expr        { $$ = tree_binary(TREE, TREE_LE, $1, $3); }
| expr GE expr        { $$ = tree_binary(TREE, TREE_GE, $1, $3); }
| expr '<' expr       { $$ = tree_binary(TREE, TREE_LT, $1, $3); }
| expr '>' expr       { $$ = tree_binary(TREE, TREE_GT, $1, $3); }
| expr AND expr       { $$ = tree_binary(TREE, TREE_AND, $1, $3); }
| expr OR expr        { $$ = tree_binary(TREE, TREE_OR, $1, $3); }
;

arguments: %empty { $$ = (struct item_list){0}; } | some_arguments | some_arguments ',';
some_arguments:
  argument                    { $$ = (struct item_list){0}; tree_append_item(&$$, $1); }
| some_arguments ',' argument { $$ = $1; tree_append_item(&$$, $3); }
;
argument:
  expr                { $$ = tree_item(TREE, 0, @1, $1); }
| NAME ':' expr       { $$ = tree_item(TREE, $1, @1, $3); }
| set_name ':' expr   { $$ = tree_item(TREE, $1, @1, $3); }
| SLEEP '(' arguments ')' {
	name_id name = map_intern(TREE->names, "sleep", 5);
	$$ = tree_item(TREE, 0, @1, tree_call(TREE, name, $3.first, @$));
  }
| SLEEP ':' expr      { $$ = tree_item(TREE, map_intern(TREE->names, "sleep", 5), @1, $3); }
;

%%

static int kts_report_syntax_error(const yypcontext_t *context, struct scanner *scan);

static int yyreport_syntax_error(const yypcontext_t *context, struct scanner *scan)
{
	return kts_report_syntax_error(context, scan);
}

enum { EXPECTED_MAX = YYNTOKENS };

static int kts_report_syntax_error(const yypcontext_t *context, struct scanner *scan)
{
	yysymbol_kind_t expected[EXPECTED_MAX];
	const char *names[EXPECTED_MAX];
	int count = yypcontext_expected_tokens(context, expected, EXPECTED_MAX);
	for (int i = 0; i < count; i++)
		names[i] = yysymbol_name(expected[i]);
	yysymbol_kind_t found = yypcontext_token(context);
	const char *name = found == YYSYMBOL_YYEMPTY ? "nothing" : yysymbol_name(found);
	scanner_syntax_error(scan, (int)found, *yypcontext_location(context), names,
			     count > 0 ? count : 0, name);
	return 0;
}
