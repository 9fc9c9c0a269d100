#include "api/wire.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

void wire_put_number(struct text *out, int64_t number)
{
	text_add(out, (const char *)&number, sizeof(number));
}

void wire_put_bytes(struct text *out, const void *bytes, size_t length)
{
	wire_put_number(out, (int64_t)length);
	text_add(out, length ? bytes : "", length);
}

void wire_put_string(struct text *out, const char *text)
{
	wire_put_bytes(out, text, text ? strlen(text) + 1 : 0);
}

void wire_put_request(struct text *out, const struct wire_request *request)
{
	wire_put_number(out, request->verb);
	wire_put_number(out, request->a);
	wire_put_number(out, request->b);
	wire_put_string(out, request->text);
	wire_put_string(out, request->more);
	wire_put_bytes(out, request->set, request->set ? sizeof(*request->set) : 0);
	wire_put_bytes(out, request->items, request->count * sizeof(*request->items));
}

void wire_put_reply(struct text *out, const struct wire_reply *reply)
{
	wire_put_number(out, reply->fine);
	wire_put_number(out, reply->lacking);
	wire_put_number(out, reply->value);
	wire_put_bytes(out, &reply->set, sizeof(reply->set));
	wire_put_bytes(out, reply->bytes.data, reply->bytes.length);
	wire_put_string(out, reply->error);
}

void wire_put_spawn(struct text *text, const struct ktstr_work *work, int64_t workers,
		    const char *group)
{
	text_puts(text, "spawn ");
	if (work->workers || workers)
		text_printf(text, "%lld ", (long long)(work->workers ? work->workers : workers));
	text_puts(text, work->work ? work->work : "cpu_spin");
	if (group)
		text_printf(text, " in %s", group);
	if (!work->settings && !work->swappable)
		return;
	text_printf(text, " { %s%s%s }", work->settings ? work->settings : "",
		    work->settings && work->swappable ? "; " : "",
		    work->swappable ? "swappable = true" : "");
}

bool wire_get_number(struct wire_reader *reader, int64_t *number)
{
	if ((size_t)(reader->end - reader->at) < sizeof(*number))
		return false;
	memcpy(number, reader->at, sizeof(*number));
	reader->at += sizeof(*number);
	return true;
}

bool wire_get_bytes(struct wire_reader *reader, const char **bytes, size_t *length)
{
	int64_t number;
	if (!wire_get_number(reader, &number) || number < 0 || number > reader->end - reader->at)
		return false;
	*bytes = reader->at;
	*length = (size_t)number;
	reader->at += number;
	return true;
}

bool wire_get_string(struct wire_reader *reader, const char **text)
{
	size_t length;
	if (!wire_get_bytes(reader, text, &length) || (length && (*text)[length - 1]))
		return false;
	if (!length)
		*text = NULL;
	return true;
}

static bool get_items(struct wire_reader *reader, struct wire_request *request)
{
	const char *bytes;
	size_t length;
	if (!wire_get_bytes(reader, &bytes, &length) || length % sizeof(int64_t))
		return false;
	free(reader->items);
	reader->items = memory_resize(NULL, length + 1);
	memcpy(reader->items, bytes, length);
	request->items = reader->items;
	request->count = length / sizeof(int64_t);
	return true;
}

static bool get_set(struct wire_reader *reader, struct wire_request *request)
{
	const char *bytes;
	size_t length;
	if (!wire_get_bytes(reader, &bytes, &length) || (length && length != sizeof(reader->set)))
		return false;
	if (length)
		memcpy(&reader->set, bytes, length);
	request->set = length ? &reader->set : NULL;
	return true;
}

bool wire_get_request(struct wire_reader *reader, struct wire_request *request)
{
	int64_t verb;
	if (!wire_get_number(reader, &verb) || verb < 0 || verb >= WIRE_VERBS)
		return false;
	request->verb = (uint32_t)verb;
	return wire_get_number(reader, &request->a) && wire_get_number(reader, &request->b) &&
	       wire_get_string(reader, &request->text) && wire_get_string(reader, &request->more) &&
	       get_set(reader, request) && get_items(reader, request);
}

bool wire_get_reply(struct wire_reader *reader, struct wire_reply *reply)
{
	int64_t fine, lacking;
	const char *set, *bytes, *error;
	size_t set_length, length;
	if (!wire_get_number(reader, &fine) || !wire_get_number(reader, &lacking) ||
	    !wire_get_number(reader, &reply->value) || !wire_get_bytes(reader, &set, &set_length) ||
	    set_length != sizeof(reply->set) || !wire_get_bytes(reader, &bytes, &length) ||
	    !wire_get_string(reader, &error))
		return false;
	reply->fine = fine;
	reply->lacking = lacking;
	memcpy(&reply->set, set, sizeof(reply->set));
	text_clear(&reply->bytes);
	text_add(&reply->bytes, bytes, length);
	strncpy(reply->error, error ? error : "", sizeof(reply->error) - 1);
	return true;
}
