#include "sema/checker.h"

#include <string.h>

static void grow(struct checker *check, name_id name)
{
	if (name < check->symbol_room)
		return;
	name_id room = check->symbol_room ? check->symbol_room : 256;
	while (room <= name)
		room *= 2;
	check->symbols = memory_resize(check->symbols, room * sizeof(*check->symbols));
	check->group_names = memory_resize(check->group_names, room);
	memset(check->symbols + check->symbol_room, 0,
	       (room - check->symbol_room) * sizeof(*check->symbols));
	memset(check->group_names + check->symbol_room, 0, room - check->symbol_room);
	check->symbol_room = room;
}

void scope_open(struct checker *check, size_t *mark)
{
	*mark = check->declared.length;
}

void scope_close(struct checker *check, size_t mark)
{
	while (check->declared.length > mark) {
		struct symbol *symbol = check->declared.data[--check->declared.length];
		check->symbols[symbol->name] = symbol->hidden;
		bool needed = symbol->kind == SYMBOL_LOOP && symbol->stmt->kind == STMT_FOR;
		if (symbol->used || needed || symbol->kind == SYMBOL_RUN || symbol->global ||
		    symbol->span.start >= check->main_end ||
		    checker_text(check, symbol->name)[0] == '_')
			continue;
		diag_report(check->diags, DIAG_UNUSED_NAME, symbol->span, "'%s' is never used",
			    checker_text(check, symbol->name));
		diag_note(check->diags, "a name that begins with '_' may go unused");
	}
}

struct meaning scope_meaning(const struct checker *check, name_id name)
{
	return name < check->meaning_count ? check->meanings[name] : (struct meaning){0};
}

struct symbol *scope_find(const struct checker *check, name_id name)
{
	return name < check->symbol_room ? check->symbols[name] : NULL;
}

bool scope_is_group(const struct checker *check, name_id name)
{
	return name == check->host || (name < check->symbol_room && check->group_names[name]);
}

struct symbol *scope_declare(struct checker *check, enum symbol_kind kind, name_id name,
			     struct span span, struct stmt *stmt)
{
	grow(check, name);
	struct symbol *before = check->symbols[name];
	const char *text = checker_text(check, name);
	struct meaning meaning = scope_meaning(check, name);
	if (meaning.word || meaning.work || name == check->topo || name == check->sched ||
	    name == check->host) {
		diag_report(check->diags, DIAG_RESERVED_NAME, span,
			    "'%s' is a word of the language; choose another name", text);
	} else if (before) {
		diag_report(check->diags, DIAG_DUPLICATE_NAME, span, "'%s' is declared already",
			    text);
		diag_label(check->diags, before->span, "declared here");
	}
	struct symbol *symbol = ARENA_NEW(check->tree->arena, struct symbol);
	*symbol = (struct symbol){
		.kind = kind, .name = name, .span = span, .stmt = stmt, .hidden = before};
	check->symbols[name] = symbol;
	VECTOR_PUSH(&check->declared, symbol);
	return symbol;
}

static void add_group(struct checker *check, const struct ref *ref)
{
	for (; ref; ref = ref->next) {
		grow(check, ref->name);
		if (!check->group_names[ref->name]) {
			check->group_names[ref->name] = 1;
			VECTOR_PUSH(&check->group_list, ref->name);
		}
	}
}

/* dispatch */
void scope_collect_groups(struct checker *check, struct stmt *first)
{
	for (struct stmt *stmt = first; stmt; stmt = stmt->next) {
		switch ((enum stmt_kind)stmt->kind) {
		case STMT_CGROUP:
			add_group(check, stmt->body.ref);
			scope_collect_groups(check, stmt->body.block.first);
			break;
		case STMT_CREATE:
			add_group(check, stmt->group.ref);
			break;
		case STMT_ERROR:
		case STMT_STEP:
		case STMT_SCOPE:
		case STMT_EVERY:
		case STMT_TIMES:
		case STMT_FOR:
			scope_collect_groups(check, stmt->body.block.first);
			break;
		case STMT_IF:
			for (struct arm *arm = stmt->arms; arm; arm = arm->next)
				scope_collect_groups(check, arm->block.first);
			break;
		case STMT_SCENARIO:
			scope_collect_groups(check, stmt->body.block.first);
			break;
		case STMT_PROC:
			scope_collect_groups(check, stmt->routine.block.first);
			break;
		case STMT_USE:
		case STMT_PARAM:
		case STMT_LET:
		case STMT_FN:
		case STMT_EXTERN:
		case STMT_PAYLOAD:
		case STMT_SCHEDULER:
		case STMT_FLAG:
		case STMT_FLAG_ARGS:
		case STMT_METRIC:
		case STMT_REQUIRES:
		case STMT_EXCLUDES:
		case STMT_CUSTOM:
		case STMT_RUN:
		case STMT_WAIT:
		case STMT_KILL:
		case STMT_SCHEDULER_OP:
		case STMT_CALL:
		case STMT_SETTING:
		case STMT_NEEDS:
		case STMT_REMOVE:
		case STMT_SET:
		case STMT_CLEAR:
		case STMT_SWAP:
		case STMT_SPAWN:
		case STMT_STOP:
		case STMT_MOVE:
		case STMT_FREEZE:
		case STMT_THAW:
		case STMT_SLEEP:
		case STMT_HOLD:
		case STMT_AWAIT:
		case STMT_SKIP:
		case STMT_FAIL:
		case STMT_NOTE:
		case STMT_EXPECT:
		case STMT_LIMITS:
			break;
		}
	}
}

void scope_forget_groups(struct checker *check)
{
	for (size_t i = 0; i < check->group_list.length; i++)
		check->group_names[check->group_list.data[i]] = 0;
	check->group_list.length = 0;
	check->all_groups = false;
}

const char *scope_nearest(const struct checker *check, const char *word, bool with_groups)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, word);
	for (size_t i = 0; i < check->declared.length && i < 2000; i++)
		text_nearest_offer(&nearest, checker_text(check, check->declared.data[i]->name));
	for (size_t i = 0; with_groups && i < check->group_list.length && i < 2000; i++)
		text_nearest_offer(&nearest, checker_text(check, check->group_list.data[i]));
	for (enum word i = 0; i < WORD_COUNT; i++)
		text_nearest_offer(&nearest, word_table[i].name);
	for (enum work_kind i = 0; i < WORK_COUNT; i++)
		text_nearest_offer(&nearest, work_table[i].name);
	return nearest.best;
}

void scope_check_group_names(struct checker *check, const struct ref *ref)
{
	for (; ref; ref = ref->next) {
		size_t length = strlen(checker_text(check, ref->name));
		if (length > SEMA_GROUP_NAME_MAX)
			diag_report(check->diags, DIAG_LONG_NAME, ref->name_span,
				    "the name of a cgroup has at most %d characters, not %zu",
				    SEMA_GROUP_NAME_MAX, length);
	}
}
