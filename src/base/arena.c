#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks double: a run keeps thousands of small arenas, one for each result. */
enum { BLOCK_LEAST = 8 * 1024, BLOCK_MOST = 256 * 1024 };

struct arena_block {
	struct arena_block *older;
	size_t next_room; /* of the block after it */
	char data[] __attribute__((aligned(8)));
};

static void out_of_memory(void)
{
	fputs("ktstr: out of memory\n", stderr);
	abort();
}

void *arena_grow(struct arena *arena, size_t size)
{
	size_t usual = arena->blocks ? arena->blocks->next_room : BLOCK_LEAST;
	size_t room = size > usual ? size : usual;
	struct arena_block *block = calloc(1, sizeof(*block) + room);
	if (!block)
		out_of_memory();
	block->older = arena->blocks;
	block->next_room = usual < BLOCK_MOST ? usual * 2 : BLOCK_MOST;
	arena->blocks = block;
	arena->next = block->data + size;
	arena->end = block->data + room;
	return block->data;
}

void arena_free(struct arena *arena)
{
	struct arena_block *block = arena->blocks;
	while (block) {
		struct arena_block *older = block->older;
		free(block);
		block = older;
	}
	*arena = ARENA_INIT;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	return copy;
}

void *memory_resize(void *memory, size_t size)
{
	void *resized = realloc(memory, size ? size : 1);
	if (!resized)
		out_of_memory();
	return resized;
}

void *memory_zeroed(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		out_of_memory();
	return memory;
}
