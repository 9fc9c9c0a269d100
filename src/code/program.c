#include "code/program.h"

#include <string.h>

const struct op_info op_table[OP_COUNT] = {
#define OP(name, a, b, c, effect)                                                                  \
	[OP_##name] = {#name, {OPERAND_##a, OPERAND_##b, OPERAND_##c}, effect},
#include "code/ops.def"
#undef OP
};

char operand_register(enum operand operand)
{
	static const char types[] = {
		[OPERAND_RI] = 'I', [OPERAND_RF] = 'F', [OPERAND_RS] = 'S', [OPERAND_RC] = 'C',
		[OPERAND_RW] = 'W', [OPERAND_RA] = 'A', [OPERAND_RP] = 'P', [OPERAND_RM] = 'M',
		[OPERAND_RG] = 'G', [OPERAND_RH] = 'H', [OPERAND_OI] = 'I', [OPERAND_OS] = 'S',
		[OPERAND_OG] = 'G', [OPERAND_WI] = 'I', [OPERAND_WF] = 'F', [OPERAND_WS] = 'S',
		[OPERAND_WC] = 'C', [OPERAND_WW] = 'W', [OPERAND_WA] = 'A', [OPERAND_WP] = 'P',
		[OPERAND_WM] = 'M', [OPERAND_WG] = 'G', [OPERAND_WH] = 'H', [OPERAND_RL] = 'L', [OPERAND_WL] = 'L'};
	return (size_t)operand < sizeof(types) ? types[operand] : 0;
}

bool operand_is_optional(enum operand operand)
{
	return operand == OPERAND_OI || operand == OPERAND_OS || operand == OPERAND_OG;
}

size_t program_flag(const struct program *program, const char *name, size_t length)
{
	for (size_t i = 0; i < program->flags.length; i++) {
		const char *known = program->flags.data[i].name;
		if (strncmp(known, name, length) == 0 && !known[length])
			return i;
	}
	return program->flags.length;
}

void program_free(struct program *program)
{
	VECTOR_FREE(&program->code);
	VECTOR_FREE(&program->spans);
	VECTOR_FREE(&program->registers);
	VECTOR_FREE(&program->constants);
	VECTOR_FREE(&program->strings);
	VECTOR_FREE(&program->pool);
	VECTOR_FREE(&program->scenarios);
	VECTOR_FREE(&program->params);
	VECTOR_FREE(&program->hooks);
	VECTOR_FREE(&program->libraries);
	VECTOR_FREE(&program->payloads);
	VECTOR_FREE(&program->schedulers);
	VECTOR_FREE(&program->flags);
	arena_free(&program->arena);
}
