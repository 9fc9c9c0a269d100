/*
 * image_format: what the writer and the reader of images share, and nobody else. The layout stands
 * in image.h.
 */
#ifndef KTSTR_CODE_IMAGE_FORMAT_H
#define KTSTR_CODE_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define IMAGE_MAGIC "\x89KTB\r\n\x1a\n"

enum {
	IMAGE_MAGIC_BYTES = sizeof(IMAGE_MAGIC) - 1,
	IMAGE_HEADER_BYTES = IMAGE_MAGIC_BYTES + 4 + 3 * 8,
};

/* FNV-1a of 64 bits (Fowler, Noll, Vo); `hash` is that of the bytes before. */
#define IMAGE_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t image_hash(uint64_t hash, const char *bytes, size_t length);

/* Of this ktstr's tables. */
uint64_t image_fingerprint(void);

#endif
