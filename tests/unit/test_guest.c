/* What a guest is given and says: the archive, names, ELF files that lie, frames. */
#include "vm/archive.h"
#include "vm/elf.h"
#include "vm/luggage.h"
#include "vm/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct archive *archive)
{
	struct error error;
	archive_init(archive);
	archive_add_bytes(archive, "/a/b/file", 0644, "hello", 5);
	archive_add_bytes(archive, "/a/b/file", 0644, "other", 5);
	archive_add_folder(archive, "/a/c");
	archive_add_folder(archive, "/");
	assert_false(archive_add_file(archive, "/x", "/nonexistent/file", &error));
	archive_finish(archive);
}

/* Every entry as cpio(5) has it: name, mode, size; the parts lie at multiples of four. */
static void test_archive(void **state)
{
	static const struct {
		const char *name;
		unsigned mode, size;
	} wanted[] = {{"a", 040755, 0},
		      {"a/b", 040755, 0},
		      {"a/b/file", 0100644, 5},
		      {"a/c", 040755, 0},
		      {"TRAILER!!!", 0, 0}};
	struct archive archive, again;
	(void)state;
	fill(&archive);
	fill(&again);
	assert_int_equal(archive.bytes.length, again.bytes.length);
	assert_memory_equal(archive.bytes.data, again.bytes.data, archive.bytes.length);
	const char *at = archive.bytes.data;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		unsigned mode, size, name_size;
		assert_int_equal((at - archive.bytes.data) % 4, 0);
		assert_int_equal(sscanf(at, "070701%*8x%8x", &mode), 1);
		assert_int_equal(sscanf(at + 54, "%8x", &size), 1);
		assert_int_equal(sscanf(at + 94, "%8x", &name_size), 1);
		assert_string_equal(at + 110, wanted[i].name);
		assert_int_equal(name_size, strlen(wanted[i].name) + 1);
		assert_int_equal(mode, wanted[i].mode);
		assert_int_equal(size, wanted[i].size);
		at += (110 + name_size + 3) / 4 * 4;
		if (size)
			assert_memory_equal(at, "hello", 5);
		at += (size + 3) / 4 * 4;
	}
	assert_int_equal(at - archive.bytes.data, archive.bytes.length);
	archive_free(&archive);
	archive_free(&again);
}

static void test_names(void **state)
{
	static const char *const pairs[][2] = {
		{"/a/./b//c", "/a/b/c"}, {"/a/../b", "/b"}, {"/../../b", "/b"},
		{"/a/b/../../c/", "/c"}, {"/", "/"},        {"/..", "/"}};
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct text text = {0};
		luggage_put_absolute(&text, pairs[i][0]);
		assert_string_equal(text.data, pairs[i][1]);
		text_free(&text);
	}
}

/* Every prefix and every changed byte of a real file: read or refused, nothing else. */
static void test_elf(void **state)
{
	struct text path = {0}, copy = {0};
	struct elf elf;
	struct error error;
	char bytes[8192];
	(void)state;
	assert_true(luggage_find("sh", &path));
	FILE *file = fopen(path.data, "re");
	assert_non_null(file);
	size_t length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	assert_true(elf_read(&elf, bytes, length, &error));
	assert_non_null(elf.loader);
	assert_false(elf_boots(bytes, length));
	elf_free(&elf);
	for (size_t i = 0; i < 2048; i++) {
		char *part = malloc(i + 1);
		memcpy(part, bytes, i);
		if (elf_read(&elf, part, i, &error))
			elf_boots(part, i);
		elf_free(&elf);
		free(part);
		text_clear(&copy);
		text_add(&copy, bytes, length);
		copy.data[i % 1024] = (char)(i < 1024 ? 0xff : 0x7f);
		elf_read(&elf, copy.data, copy.length, &error);
		elf_boots(copy.data, copy.length);
		elf_free(&elf);
	}
	text_free(&copy);
	text_free(&path);
}

static void test_wire(void **state)
{
	struct text sent = {0};
	struct wire_frame frame;
	size_t used;
	bool garbled;
	(void)state;
	wire_put(&sent, WIRE_OUTPUT, "some words", 10);
	wire_put(&sent, WIRE_BEAT, "", 0);
	for (size_t i = 0; i < 18; i++) {
		assert_false(wire_take(sent.data, i, &frame, &used, &garbled));
		assert_false(garbled);
	}
	assert_true(wire_take(sent.data, sent.length, &frame, &used, &garbled));
	assert_int_equal(frame.kind, WIRE_OUTPUT);
	assert_int_equal(frame.length, 10);
	assert_memory_equal(frame.bytes, "some words", 10);
	assert_int_equal(used, 18);
	assert_true(wire_take(sent.data + used, sent.length - used, &frame, &used, &garbled));
	assert_int_equal(frame.kind, WIRE_BEAT);
	sent.data[0] = 'x';
	assert_false(wire_take(sent.data, sent.length, &frame, &used, &garbled));
	assert_true(garbled);
	sent.data[0] = 'K';
	memset(sent.data + 4, 0xff, 4);
	assert_false(wire_take(sent.data, sent.length, &frame, &used, &garbled));
	assert_true(garbled);
	text_free(&sent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_archive),
					   cmocka_unit_test(test_names), cmocka_unit_test(test_elf),
					   cmocka_unit_test(test_wire)};
	return cmocka_run_group_tests_name("guest", tests, NULL, NULL);
}
