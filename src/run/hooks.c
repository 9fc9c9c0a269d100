#include "run/hooks.h"

void hooks_check(struct vm *vm, size_t scenario)
{
	const struct program *program = vm->program;
	struct run_hooks *hooks = vm->options->hooks;
	size_t end = scenario + 1 < program->scenarios.length
			     ? program->scenarios.data[scenario + 1].entry
			     : program->code.length;
	if (!vm->options->judge)
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
			vm_refused(vm, &error);
	}
	vm->at = program->scenarios.data[scenario].entry;
}

void hooks_call(struct vm *vm, uint32_t result, uint32_t number, const uint32_t *args)
{
	const struct hook *hook = &vm->program->hooks.data[number];
	(void)args;
	vm_event(vm, "custom", -1)->text = result_text(vm->result, hook->name);
	if (result == NONE)
		return;
	vm->guessed |= !vm->options->judge;
	switch (vm->program->registers.data[result]) {
	case 'S':
		text_clear(vm->registers[result].text);
		break;
	case 'C':
		*vm->registers[result].set = (struct cpuset){0};
		break;
	default:
		vm->registers[result].i = 0; /* or 0.0 */
		break;
	}
}
