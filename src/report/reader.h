/*
 * reader: reports of ktstr.report/1 read back into results, so that whatever is made from results
 * can be made from files, too. What a report does not say is as if nothing had been found; what it
 * says wrongly is refused with its place in the file.
 */
#ifndef KTSTR_REPORT_READER_H
#define KTSTR_REPORT_READER_H

#include "report/report.h"

/* One or several reports together; all zero is empty. */
struct reader {
	struct arena arena;
	VECTOR(struct report_place) places;
	VECTOR(struct environment) environments;
	VECTOR(struct result) results;
	VECTOR(struct report_shard) shards; /* of each file that is one */
};

/* "-" is standard input. Refused: unreadable, no JSON, no report of version 1. */
bool reader_add(struct reader *reader, const char *path, struct error *error);
/* The same from memory; `name` is for messages. */
bool reader_add_bytes(struct reader *reader, const char *name, const char *bytes, size_t length,
		      struct error *error);
void reader_free(struct reader *reader);

/* As a report; the reader has to outlive it. */
struct report reader_report(const struct reader *reader);

#endif
