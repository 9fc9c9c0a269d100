#include "vm/wire.h"

#include <assert.h>
#include <string.h>

/* Two letters, the kind, a zero, the length. */
enum { HEADER_BYTES = 8 };

static const char magic[2] = {'K', 'V'};

void wire_put(struct text *out, enum wire_kind kind, const void *bytes, size_t length)
{
	uint32_t size = (uint32_t)length;
	char header[HEADER_BYTES] = {magic[0], magic[1], (char)kind};
	assert(length <= WIRE_LENGTH_MAX);
	memcpy(header + 4, &size, sizeof(size));
	text_add(out, header, sizeof(header));
	text_add(out, bytes, length);
}

bool wire_take(const char *arrived, size_t length, struct wire_frame *frame, size_t *used,
	       bool *garbled)
{
	uint32_t size;
	*garbled = false;
	if (length < HEADER_BYTES)
		return false;
	memcpy(&size, arrived + 4, sizeof(size));
	*garbled = memcmp(arrived, magic, sizeof(magic)) != 0 || size > WIRE_LENGTH_MAX;
	if (*garbled || length - HEADER_BYTES < size)
		return false;
	*frame = (struct wire_frame){(enum wire_kind)arrived[2], arrived + HEADER_BYTES, size};
	*used = HEADER_BYTES + size;
	return true;
}
