/* Statements that a hook gives as text: compiled like a file, run in the place of the call. */
#include "run/hook_verbs.h"

#include "code/emit.h"
#include "code/verify.h"
#include "run/interpreter.h"
#include "sema/sema.h"
#include "syntax/parse.h"

#include <stdio.h>
#include <string.h>

struct fragment {
	struct source_set sources;
	struct diag_list diags;
	struct arena arena;
	struct map names;
	struct program program;
	uint32_t prelude; /* bytes of text in front of the hook's own */
	uint32_t lines;   /* likewise */
};

static void fragment_free(struct fragment *fragment)
{
	program_free(&fragment->program);
	map_free(&fragment->names);
	arena_free(&fragment->arena);
	diag_free(&fragment->diags);
	source_set_free(&fragment->sources);
}

/* The groups that exist, as the checker has to know them; see vm->adopted_end. */
static void put_prelude(const struct vm *vm, struct fragment *fragment, struct text *text)
{
	text_puts(text, "scenario custom_text {\n");
	fragment->lines = 1;
	for (size_t i = PATH_ROOT + 1; i < vm->paths.all.length; i++) {
		if (vm->paths.all.data[i].group < 0)
			continue;
		text_printf(text, "create %s\n", paths_text(&vm->paths, (int)i));
		fragment->lines++;
	}
	fragment->prelude = (uint32_t)text->length;
}

/* The first mistake, with its place in the hook's own text. */
static bool mistake(struct fragment *fragment, struct error *error)
{
	diag_sort(&fragment->diags);
	for (size_t i = 0; i < fragment->diags.diags.length; i++) {
		const struct diag *diag = &fragment->diags.diags.data[i];
		struct source_place place = {0};
		if (diag->severity != DIAG_ERROR)
			continue;
		source_locate(&fragment->sources, diag->span.start, &place);
		return error_set(error, ERROR_REFUSED, "line %u, column %u of the text: %s",
				 place.line > fragment->lines ? place.line - fragment->lines : 1,
				 place.column, diag->message);
	}
	return error_set(error, ERROR_REFUSED, "the text has mistakes");
}

static bool compile(const struct vm *vm, struct fragment *fragment, const char *statements,
		    struct error *error)
{
	struct text text = {0};
	put_prelude(vm, fragment, &text);
	text_printf(&text, "%s\n}\n", statements);
	diag_init(&fragment->diags, &fragment->sources);
	map_init(&fragment->names, &fragment->arena);
	sema_reserve_names(&fragment->names);
	struct tree tree = {
		.arena = &fragment->arena, .names = &fragment->names, .diags = &fragment->diags};
	size_t index =
		source_add(&fragment->sources, "text of a hook", text_string(&text), text.length);
	text_free(&text);
	parse_source(&tree, &fragment->sources.files.data[index]);
	sema_check(&tree);
	bool fine = !fragment->diags.errors;
	/* A text that closes the block around it could declare what only a file may. */
	if (fine && (!tree.first || tree.first->next))
		fine = error_set(error, ERROR_REFUSED,
				 "the text closes a block that it did not open");
	else if (!fine)
		mistake(fragment, error);
	if (fine)
		emit_program(&tree, &fragment->program);
	VECTOR_FREE(&tree.suspects);
	return fine && verify_program(&fragment->program, error);
}

struct running {
	struct vm *vm;
	const struct fragment *fragment;
	bool block;
};

static void do_run(struct vm *vm, void *argument)
{
	const struct running *running = argument;
	interpreter_run(vm, running->fragment->program.scenarios.data[0].entry);
}

/* What the run keeps of the text's places means the line of the call. */
static void move_spans(struct vm *vm, size_t reasons, size_t events, size_t batches, size_t limits)
{
	struct result *result = vm->result;
	for (size_t i = reasons; i < result->reasons.length; i++)
		result->reasons.data[i].span = vm_span(vm);
	for (size_t i = events; i < result->events.length; i++)
		result->events.data[i].span = vm_span(vm);
	for (size_t i = batches; i < vm->batches.length; i++)
		vm->batches.data[i].span = vm_span(vm);
	for (size_t i = limits; i < vm->limits.length; i++)
		vm->limits.data[i].span = vm_span(vm);
}

/* Run the fragment in place of the program that runs. */
static bool run(struct vm *vm, const struct fragment *fragment, bool block, struct error *error)
{
	const struct program *program = vm->program;
	union value *registers = vm->registers;
	struct arena values = vm->values;
	uint32_t adopted_end = vm->adopted_end, at = vm->at;
	bool was_fragment = vm->fragment;
	size_t depth = vm->fragment_depth, scopes = vm->scopes.length;
	size_t reasons = vm->result->reasons.length, batches = vm->batches.length;
	size_t limits = vm->limits.length;
	size_t events = vm->options->trace ? vm->result->events.length : 0;
	int64_t settings[] = {vm->duration_ns, vm->settle_ns, vm->workers, vm->timeout_ns};
	vm->program = &fragment->program;
	vm->values = ARENA_INIT;
	vm_make_registers(vm);
	vm->at = fragment->program.scenarios.data[0].entry;
	vm->adopted_end = fragment->prelude;
	vm->fragment = !block;
	vm->fragment_depth = scopes;
	bool fine = hook_try(vm, do_run, &(struct running){vm, fragment, block}, error);
	bool ending = vm->ending;
	vm->ending |= !fine;
	while (vm->scopes.length > scopes)
		ledger_close_scope(vm);
	vm->ending = ending;
	vm_free_registers(vm);
	vm->program = program;
	vm->registers = registers;
	vm->values = values;
	vm->adopted_end = adopted_end;
	vm->fragment = was_fragment;
	vm->fragment_depth = depth;
	vm->at = at;
	vm->duration_ns = settings[0];
	vm->settle_ns = settings[1];
	vm->workers = settings[2];
	vm->timeout_ns = settings[3];
	move_spans(vm, reasons, events, batches, limits);
	return fine;
}

bool hook_run_text(struct vm *vm, const char *text, struct error *error)
{
	struct fragment fragment = {0};
	bool fine = compile(vm, &fragment, text, error) && run(vm, &fragment, false, error);
	fragment_free(&fragment);
	return fine;
}

bool hook_run_block(struct vm *vm, const char *text, int64_t verdict, struct error *error)
{
	struct fragment fragment = {0};
	size_t kept = vm->result->reasons.length;
	enum status before = vm->result->status;
	bool fine = compile(vm, &fragment, text, error);
	if (fine && !run(vm, &fragment, true, error) && !vm->over)
		result_add(vm->result,
			   error->kind == ERROR_UNAVAILABLE ? STATUS_SKIP : STATUS_BROKEN, "custom",
			   vm_span(vm), "%s", error->message);
	if (!vm->over)
		hook_divert(vm, kept, before, verdict);
	fragment_free(&fragment);
	return fine && !vm->over;
}
