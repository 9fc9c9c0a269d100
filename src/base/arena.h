/*
 * arena: memory that is given back all at once.
 *
 * One arena lives as long as a compilation, one as long as a program. Nothing in it is freed
 * alone; OS resources never live in one. Running out of memory aborts the process: there is
 * nothing useful that a checker could do then, and a run's clean-up does not depend on it
 * (workers carry PDEATHSIG, groups are found again by their name).
 */
#ifndef KTSTR_BASE_ARENA_H
#define KTSTR_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next;
	char *end;
};

#define ARENA_INIT ((struct arena){0})

void arena_free(struct arena *arena);

/* The slow path of arena_alloc(). */
void *arena_grow(struct arena *arena, size_t size);

/* `size` bytes, zeroed, aligned to 8. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if ((size_t)(arena->end - arena->next) < size || !arena->next)
		return arena_grow(arena, size);
	void *memory = arena->next;
	arena->next += size;
	return memory;
}

#define ARENA_NEW(arena, type)           ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, length) ((type *)arena_alloc((arena), sizeof(type) * (length)))

/* A copy of `length` bytes with a NUL behind. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* malloc family that aborts instead of returning NULL; for vectors and tables. */
void *memory_resize(void *memory, size_t size);
void *memory_zeroed(size_t count, size_t size);

#endif
