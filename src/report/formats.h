/*
 * formats: the table of report formats (formats.def) as data, and reports by the name of one.
 */
#ifndef KTSTR_REPORT_FORMATS_H
#define KTSTR_REPORT_FORMATS_H

#include "report/report.h"

enum format {
#define FORMAT(id, ...) FORMAT_##id,
#include "report/formats.def"
#undef FORMAT
	FORMAT_COUNT
};

struct format_info {
	const char *name;
	void (*begin)(const struct report *report, struct text *out);
	void (*scenario)(const struct report *report, size_t number, const struct result *result,
			 struct text *out);
	void (*end)(const struct report *report, struct text *out);
	const char *doc;
};

extern const struct format_info format_table[FORMAT_COUNT];

/* FORMAT_COUNT if there is none of this name. */
enum format format_find(const char *name, size_t length);
/* Does it show what happened when, so that a run has to record it? */
bool format_has_timeline(enum format format);
/* The whole report. */
void format_put(enum format format, const struct report *report, struct text *out);

#endif
