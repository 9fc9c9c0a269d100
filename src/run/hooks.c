#include "run/hooks.h"

#include <string.h>

void hooks_check(struct vm *vm, size_t scenario)
{
	const struct program *program = vm->program;
	struct run_hooks *hooks = vm->options->hooks;
	size_t end = scenario + 1 < program->scenarios.length
			     ? program->scenarios.data[scenario + 1].entry
			     : program->code.length;
	if (!vm->options->judge && !hooks)
		return;
	/* Procs stand before the scenarios, and belong to all of them. */
	for (uint32_t at = 0; at < end; at++) {
		const struct instruction *instruction = &program->code.data[at];
		bool of_another = at >= program->scenarios.data[0].entry &&
				  at < program->scenarios.data[scenario].entry;
		struct error error;
		if (of_another ||
		    (instruction->op != OP_CUSTOM && instruction->op != OP_EXTERN_WORK))
			continue;
		const struct hook *hook = &program->hooks.data[instruction->b];
		vm->at = at;
		if (!hooks)
			vm_end(vm, STATUS_BROKEN, "custom",
			       "'%s' is registered nowhere: no library was given", hook->name);
		if (!hooks->find(hooks, hook, &error))
			vm_end(vm, STATUS_BROKEN, "custom", "%s", error.message);
	}
	vm->at = program->scenarios.data[scenario].entry;
}

static void get_values(const struct vm *vm, const struct hook *hook, const uint32_t *args,
		       union hook_value *values)
{
	for (uint32_t i = 0; i < hook->param_count; i++) {
		const union value *from = &vm->registers[args[i]];
		switch (vm->program->registers.data[args[i]]) {
		case 'S':
			values[i].text = text_string(from->text);
			break;
		case 'C':
			values[i].set = from->set;
			break;
		case 'G':
			values[i].text = from->i == PATH_HOST
						 ? "host"
						 : paths_text(&vm->paths, (int)from->i);
			break;
		default:
			values[i].integer = from->i; /* or the bits of a double */
			break;
		}
	}
}

static void put_result(struct vm *vm, uint32_t reg, const struct hook_result *result)
{
	union value *to = &vm->registers[reg];
	switch (vm->program->registers.data[reg]) {
	case 'S':
		text_clear(to->text);
		text_puts(to->text, text_string(&result->text));
		break;
	case 'C':
		*to->set = result->set;
		break;
	case 'F':
		to->f = result->number;
		break;
	default:
		to->i = result->integer;
		break;
	}
}

void hooks_call(struct vm *vm, uint32_t result, uint32_t number, const uint32_t *args)
{
	const struct hook *hook = &vm->program->hooks.data[number];
	struct run_hooks *hooks = vm->options->hooks;
	struct hook_result given = {0};
	if (vm->options->trace)
		vm_event(vm, "custom", -1)->text = result_text(vm->result, hook->name);
	if (vm->options->judge) {
		union hook_value values[HOOK_PARAMS_MAX];
		get_values(vm, hook, args, values);
		hooks->call(hooks, vm, hook, values, &given);
	} else {
		/* It may take as long as the scenario, and as long as it may be silent. */
		vm->result->awaits_ns =
			vm_later(vm->result->awaits_ns,
				 vm_later(vm->duration_ns, vm->options->hook_timeout_ns));
		vm->guessed |= result != NONE;
	}
	if (result != NONE)
		put_result(vm, result, &given);
	text_free(&given.text);
}

void hooks_fill_work(struct vm *vm, struct work *work, uint32_t number, const uint32_t *args)
{
	const struct hook *hook = &vm->program->hooks.data[number];
	*work = (struct work){.kind = WORK_COUNT, .foreign = hook->name};
	if (vm->options->judge)
		work->body = vm->options->hooks->body(vm->options->hooks, hook);
	for (uint32_t i = 0; i < hook->param_count; i++)
		work->params[i] = vm->registers[args[i]].i; /* or the bits of a double */
}
