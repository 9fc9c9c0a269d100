/*
 * vector: growable arrays, one macro a verb. A vector is a struct with the fields
 * `data`, `length` and `room`, declared with VECTOR(type); all zero is empty.
 */
#ifndef KTSTR_BASE_VECTOR_H
#define KTSTR_BASE_VECTOR_H

#include "base/arena.h"

#include <stdlib.h>

#define VECTOR(type)                                                                               \
	struct {                                                                                   \
		type *data;                                                                        \
		size_t length;                                                                     \
		size_t room;                                                                       \
	}

/* Make room for `extra` more items behind the last. */
#define VECTOR_RESERVE(vector, extra)                                                              \
	do {                                                                                       \
		if ((vector)->length + (extra) > (vector)->room) {                                 \
			size_t wanted = (vector)->room ? (vector)->room * 2 : 8;                   \
			while (wanted < (vector)->length + (extra))                                \
				wanted *= 2;                                                       \
			(vector)->data =                                                           \
				memory_resize((vector)->data, wanted * sizeof(*(vector)->data));   \
			(vector)->room = wanted;                                                   \
		}                                                                                  \
	} while (0)

#define VECTOR_PUSH(vector, ...)                                                                   \
	do {                                                                                       \
		VECTOR_RESERVE((vector), 1);                                                       \
		(vector)->data[(vector)->length++] = (__VA_ARGS__);                                \
	} while (0)

#define VECTOR_FREE(vector)                                                                        \
	do {                                                                                       \
		free((vector)->data);                                                              \
		(vector)->data = NULL;                                                             \
		(vector)->length = (vector)->room = 0;                                             \
	} while (0)

#endif
