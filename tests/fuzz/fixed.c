/*
 * A target without the fuzzer, for compilers that have none: each program given as it is, cut off
 * at many places, and with many single bytes replaced, always the same ones.
 *
 *     fixed FILE...                   tries them; TAP
 *     fixed --seeds FOLDER FILE...    only writes the target's inputs for these programs
 */
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a hand might type in the wrong place. */
static const char replacements[] = "{}()[]\"%;\n#=-.0\xff";

static struct text read_seed(const char *path)
{
	static char bytes[1 << 16];
	struct text seed = {0};
	FILE *file = fopen(path, "rb");
	if (!file)
		subject_fail("%s: %m", path);
	size_t length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	subject_seed(bytes, length, &seed);
	return seed;
}

static void try_copy(const struct text *seed, size_t length, size_t at, char byte)
{
	/* Exactly as much memory as there are bytes, for what watches over its ends. */
	char *copy = memory_resize(NULL, length + 1);
	memcpy(copy, text_string(seed), length);
	if (at < length)
		copy[at] = byte;
	LLVMFuzzerTestOneInput((const uint8_t *)copy, length);
	free(copy);
}

static long try_file(const char *path)
{
	struct text seed = read_seed(path);
	size_t length = seed.length;
	long tries = 1;
	try_copy(&seed, length, length, 0);
	for (size_t cut = 0; cut < length; cut += 1 + length / 60, tries++)
		try_copy(&seed, cut, cut, 0);
	for (size_t at = 0; at < length; at += 1 + length / 120, tries++)
		try_copy(&seed, length, at, replacements[at % (sizeof(replacements) - 1)]);
	text_free(&seed);
	return tries;
}

static void write_seed(const char *folder, const char *path, int number)
{
	char name[4096];
	struct text seed = read_seed(path);
	snprintf(name, sizeof(name), "%s/seed-%d", folder, number);
	FILE *file = seed.length ? fopen(name, "wb") : NULL;
	if (seed.length &&
	    (!file || fwrite(seed.data, seed.length, 1, file) != 1 || fclose(file) != 0))
		subject_fail("%s: %m", name);
	text_free(&seed);
}

int main(int count, char **arguments)
{
	if (count > 3 && strcmp(arguments[1], "--seeds") == 0) {
		for (int i = 3; i < count; i++)
			write_seed(arguments[2], arguments[i], i);
		return 0;
	}
	printf("1..%d\n", count - 1);
	for (int i = 1; i < count; i++)
		printf("ok %d - %s: %ld inputs\n", i, arguments[i], try_file(arguments[i]));
	return count > 1 ? 0 : 1;
}
