/*
 * The fuzzer's target without the fuzzer: each file given as a whole, then cut off at many places
 * and with many single bytes replaced, always the same ones.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* What a hand might type in the wrong place. */
static const char replacements[] = "{}()[]\"%;\n#=-.0\xff";

static long try_file(const char *path)
{
	static uint8_t bytes[1 << 16], copy[1 << 16];
	FILE *file = fopen(path, "rb");
	if (!file) {
		printf("Bail out! %s: %m\n", path);
		exit(1);
	}
	size_t length = fread(bytes, 1, sizeof(bytes), file);
	long tries = 1;
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, length);
	for (size_t cut = 0; cut < length; cut += 1 + length / 60, tries++)
		LLVMFuzzerTestOneInput(bytes, cut);
	for (size_t at = 0; at < length; at += 1 + length / 120, tries++) {
		memcpy(copy, bytes, length);
		copy[at] = (uint8_t)replacements[at % (sizeof(replacements) - 1)];
		LLVMFuzzerTestOneInput(copy, length);
	}
	return tries;
}

int main(int count, char **arguments)
{
	printf("1..%d\n", count - 1);
	for (int i = 1; i < count; i++)
		printf("ok %d - %s: %ld programs\n", i, arguments[i], try_file(arguments[i]));
	return count > 1 ? 0 : 1;
}
