/*
 * What comes from libraries of hooks. The first line tells entries as a library registers them, one
 * byte a field; the rest is a program, whose externs are held against those. And all of it is taken
 * for a message from a hook's process, which may have written all over its memory.
 */
#include "api/registry.h"
#include "api/wire.h"
#include "subject.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 4, ENTRY_BYTES = 4 + KTSTR_PARAMS_MAX };

static struct ktstr_entry entries[ENTRIES_MAX];
static const struct ktstr_entry *table[ENTRIES_MAX];
static size_t entry_count;

static const struct ktstr_entry *const *registered(size_t *count)
{
	*count = entry_count;
	return table;
}

static void nothing(struct ktstr_context *ctx, const union ktstr_value *args,
		    union ktstr_result *result)
{
	(void)ctx;
	(void)args;
	(void)result;
}

static void no_work(struct ktstr_worker *worker, const union ktstr_value *args)
{
	(void)worker;
	(void)args;
}

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	text_add(seed, bytes, length);
}

/* Digits and letters count as small numbers, so that a hand can write seeds. */
static uint8_t small(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : byte;
}

static void fill_entry(struct ktstr_entry *entry, const uint8_t *bytes)
{
	static const char *const names[] = {"probe", "load", "a", NULL};
	static const struct ktstr_scenario scenario;
	*entry = (struct ktstr_entry){.abi = KTSTR_ABI,
				      .kind = small(bytes[0]),
				      .name = names[small(bytes[1]) % 4],
				      .file = "fuzz.c",
				      .line = 1,
				      .result = small(bytes[2]),
				      .param_count = small(bytes[3]),
				      .call = nothing,
				      .work = no_work,
				      .scenario = &scenario};
	for (int i = 0; i < KTSTR_PARAMS_MAX; i++)
		entry->params[i] = small(bytes[4 + i]);
}

static void try_signatures(const uint8_t *bytes, size_t length)
{
	const uint8_t *line = memchr(bytes, '\n', length);
	struct registry registry = {0};
	struct subject subject;
	struct error error = {0};
	if (!line)
		return;
	entry_count = (size_t)(line - bytes) / ENTRY_BYTES;
	entry_count = entry_count < ENTRIES_MAX ? entry_count : ENTRIES_MAX;
	for (size_t i = 0; i < entry_count; i++) {
		fill_entry(&entries[i], bytes + i * ENTRY_BYTES);
		table[i] = &entries[i];
	}
	if (!registry_add_linked(&registry, registered, &error) && !*error.message)
		subject_fail("refused without a reason");
	subject_compile(&subject, (const char *)line + 1, length - (size_t)(line + 1 - bytes));
	for (size_t i = 0; i < subject.program.hooks.length; i++) {
		error = (struct error){0};
		if (!registry_find(&registry, &subject.program.hooks.data[i], &error) &&
		    !*error.message)
			subject_fail("not found without a reason");
	}
	subject_free(&subject);
	registry_free(&registry);
}

/* What is read of a message is the same when it is written and read again. */
static void try_request(const uint8_t *bytes, size_t length)
{
	struct wire_reader reader = {.at = (const char *)bytes, .end = (const char *)bytes + length};
	struct wire_request request;
	struct text once = {0}, twice = {0};
	if (wire_get_request(&reader, &request)) {
		wire_put_request(&once, &request);
		struct wire_reader again = {.at = once.data, .end = once.data + once.length};
		if (!wire_get_request(&again, &request) || again.at != again.end)
			subject_fail("a request of %zu bytes cannot be read again", once.length);
		wire_put_request(&twice, &request);
		if (!subject_same(&once, &twice))
			subject_fail("a request changes when it is read");
		free(again.items);
	}
	free(reader.items);
	text_free(&once);
	text_free(&twice);
}

static void try_reply(const uint8_t *bytes, size_t length)
{
	struct wire_reader reader = {.at = (const char *)bytes, .end = (const char *)bytes + length};
	struct wire_reply reply = {0};
	struct text once = {0};
	if (wire_get_reply(&reader, &reply)) {
		wire_put_reply(&once, &reply);
		struct wire_reader again = {.at = once.data, .end = once.data + once.length};
		if (!wire_get_reply(&again, &reply) || again.at != again.end)
			subject_fail("a reply of %zu bytes cannot be read again", once.length);
	}
	text_free(&reply.bytes);
	text_free(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	try_signatures(bytes, length);
	try_request(bytes, length);
	try_reply(bytes, length);
	return 0;
}
