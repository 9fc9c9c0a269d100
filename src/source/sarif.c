#include "source/sarif.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *level(enum diag_severity severity)
{
	return severity == DIAG_ERROR ? "error" : "warning";
}

/* {"text": …}; braces would be places of arguments (section 3.11.5), and are doubled. */
static void put_message(struct json *json, const char *key, const char *message)
{
	struct text text = {0};
	for (; *message; message++) {
		text_putc(&text, *message);
		if (*message == '{' || *message == '}')
			text_putc(&text, *message);
	}
	json_put_key(json, key);
	json_open_object(json);
	json_member_string(json, "text", text_string(&text));
	json_close_object(json);
	text_free(&text);
}

static void put_rules(struct json *json)
{
	json_put_key(json, "rules");
	json_open_array(json);
	for (enum diag_code code = 0; code < DIAG_CODE_COUNT; code++) {
		const struct diag_info *info = &diag_table[code];
		json_open_object(json);
		json_member_string(json, "id", info->id);
		put_message(json, "shortDescription", info->title);
		put_message(json, "fullDescription", info->explanation);
		put_message(json, "help", info->explanation);
		json_put_key(json, "defaultConfiguration");
		json_open_object(json);
		json_member_string(json, "level", level(info->severity));
		json_close_object(json);
		json_close_object(json);
	}
	json_close_array(json);
}

void sarif_begin(struct sarif *sarif, const char *folder, struct text *out)
{
	struct json *json = &sarif->json;
	*sarif = (struct sarif){.folder = folder};
	map_init(&sarif->fingerprints, &sarif->arena);
	json_start(json, out, true);
	json_open_object(json);
	json_member_string(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_member_string(json, "version", "2.1.0");
	json_put_key(json, "runs");
	json_open_array(json);
	json_open_object(json);
	json_put_key(json, "tool");
	json_open_object(json);
	json_put_key(json, "driver");
	json_open_object(json);
	json_member_string(json, "name", "ktstrc");
	json_member_string(json, "version", KTSTR_VERSION);
	json_member_string(json, "semanticVersion", KTSTR_VERSION);
	put_rules(json);
	json_close_object(json);
	json_close_object(json);
	json_member_string(json, "columnKind", "unicodeCodePoints");
	json_put_key(json, "results");
	json_open_array(json);
}

/* A path as a URI reference (RFC 3986): what has a meaning there is escaped. */
static void put_uri(struct text *out, const char *folder, const char *path)
{
	size_t length = strlen(folder);
	if (length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/')
		path += length + 1;
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	if (*path == '/')
		text_puts(out, "file://");
	for (; *path; path++) {
		unsigned char byte = (unsigned char)*path;
		if ((byte < 0x80 && isalnum(byte)) || strchr("/-._~", byte))
			text_putc(out, *path);
		else
			text_printf(out, "%%%02X", byte);
	}
}

/* The column of a place: how many characters stand before it, plus 1. What is no UTF-8 counts byte
 * by byte, as it is when it is decoded. */
static int64_t column_of(const struct source_place *place)
{
	size_t length;
	const char *line = source_line(place->file, place->line, &length);
	/* What ends the line is no character of it. */
	size_t end = place->column - 1 < length ? place->column - 1 : length;
	int64_t column = 1;
	size_t at = place->line == 1 && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (at < end) {
		size_t bytes = text_utf8_length(line + at, end - at);
		at += bytes ? bytes : 1;
		column++;
	}
	return column;
}

static void put_region(struct json *json, const char *key, const struct source_place *start,
		       const struct source_place *end)
{
	json_put_key(json, key);
	json_open_object(json);
	json_member_int(json, "startLine", start->line);
	json_member_int(json, "startColumn", column_of(start));
	json_member_int(json, "endLine", end->line);
	json_member_int(json, "endColumn", column_of(end));
	json_close_object(json);
}

static void put_artifact(struct sarif *sarif, const struct source *file)
{
	struct text uri = {0};
	put_uri(&uri, sarif->folder, file->name);
	json_put_key(&sarif->json, "artifactLocation");
	json_open_object(&sarif->json);
	json_member_string(&sarif->json, "uri", text_string(&uri));
	json_close_object(&sarif->json);
	text_free(&uri);
}

static bool locate(struct diag_list *list, struct span span, struct source_place *start,
		   struct source_place *end)
{
	return source_locate(list->sources, span.start, start) &&
	       source_locate(list->sources, span.end, end);
}

static void put_location(struct sarif *sarif, struct diag_list *list, struct span span,
			 const struct diag_label *label)
{
	struct json *json = &sarif->json;
	struct source_place start, end;
	if (!locate(list, span, &start, &end))
		return;
	json_open_object(json);
	json_put_key(json, "physicalLocation");
	json_open_object(json);
	put_artifact(sarif, start.file);
	put_region(json, "region", &start, &end);
	json_close_object(json);
	if (label)
		put_message(json, "message", label->message);
	json_close_object(json);
}

static void put_fix(struct sarif *sarif, struct diag_list *list, const struct diag *diag)
{
	struct json *json = &sarif->json;
	struct source_place start, end;
	if (!diag->fix || !locate(list, diag->fix_span, &start, &end))
		return;
	json_put_key(json, "fixes");
	json_open_array(json);
	json_open_object(json);
	json_put_key(json, "artifactChanges");
	json_open_array(json);
	json_open_object(json);
	put_artifact(sarif, start.file);
	json_put_key(json, "replacements");
	json_open_array(json);
	json_open_object(json);
	put_region(json, "deletedRegion", &start, &end);
	json_put_key(json, "insertedContent");
	json_open_object(json);
	json_member_string(json, "text", diag->fix);
	json_close_object(json);
	json_close_object(json);
	json_close_array(json);
	json_close_object(json);
	json_close_array(json);
	json_close_object(json);
	json_close_array(json);
}

/* FNV-1a of 64 bits (Fowler, Noll, Vo). */
static uint64_t hash_byte(uint64_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * UINT64_C(0x100000001b3);
}

/* What stays the same while lines move: the rule, and the line without its blanks. Several of
 * the same in one file are numbered. */
static void put_fingerprint(struct sarif *sarif, struct diag_list *list, const struct diag *diag)
{
	struct source_place place;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	if (!source_locate(list->sources, diag->span.start, &place))
		return;
	for (const char *id = diag_table[diag->code].id; *id; id++)
		hash = hash_byte(hash, *id);
	size_t length;
	const char *line = source_line(place.file, place.line, &length);
	for (size_t i = 0; i < length; i++) {
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			hash = hash_byte(hash, line[i]);
	}
	struct text text = {0};
	text_printf(&text, "%016" PRIx64 "%s", hash, place.file->name);
	uint32_t number = map_intern(&sarif->fingerprints, text.data, text.length);
	while (sarif->seen.length <= number)
		VECTOR_PUSH(&sarif->seen, 0);
	text_clear(&text);
	text_printf(&text, "%016" PRIx64 ":%u", hash, ++sarif->seen.data[number]);
	json_put_key(&sarif->json, "partialFingerprints");
	json_open_object(&sarif->json);
	json_member_string(&sarif->json, "ktstr/v1", text_string(&text));
	json_close_object(&sarif->json);
	text_free(&text);
}

static void put_result(struct sarif *sarif, struct diag_list *list, const struct diag *diag)
{
	struct json *json = &sarif->json;
	struct text message = {0};
	text_puts(&message, diag->message);
	for (size_t i = 0; i < diag->notes.length; i++)
		text_printf(&message, "\nhelp: %s", diag->notes.data[i]);
	json_open_object(json);
	json_member_string(json, "ruleId", diag_table[diag->code].id);
	json_member_int(json, "ruleIndex", diag->code);
	json_member_string(json, "level", level(diag->severity));
	put_message(json, "message", text_string(&message));
	json_put_key(json, "locations");
	json_open_array(json);
	put_location(sarif, list, diag->span, NULL);
	json_close_array(json);
	if (diag->labels.length) {
		json_put_key(json, "relatedLocations");
		json_open_array(json);
		for (size_t i = 0; i < diag->labels.length; i++)
			put_location(sarif, list, diag->labels.data[i].span, &diag->labels.data[i]);
		json_close_array(json);
	}
	put_fix(sarif, list, diag);
	put_fingerprint(sarif, list, diag);
	json_close_object(json);
	text_free(&message);
}

void sarif_add(struct sarif *sarif, struct diag_list *list, const struct diag_style *style)
{
	size_t shown = 0;
	for (size_t i = 0; i < list->diags.length && sarif->results < SARIF_RESULTS_MAX; i++) {
		const struct diag *diag = &list->diags.data[i];
		if (diag->severity == DIAG_ERROR && style->limit && shown++ >= style->limit)
			break;
		put_result(sarif, list, diag);
		sarif->results++;
	}
}

void sarif_end(struct sarif *sarif, bool successful)
{
	struct json *json = &sarif->json;
	json_close_array(json);
	json_put_key(json, "invocations");
	json_open_array(json);
	json_open_object(json);
	json_member_bool(json, "executionSuccessful", successful);
	json_close_object(json);
	json_close_array(json);
	json_close_object(json);
	json_close_array(json);
	json_close_object(json);
	text_putc(json->out, '\n');
	VECTOR_FREE(&sarif->seen);
	map_free(&sarif->fingerprints);
	arena_free(&sarif->arena);
}
