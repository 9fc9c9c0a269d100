#include "report/formats.h"

#include <string.h>

static void human_scenario(const struct report *report, size_t number, const struct result *result,
			   struct text *out)
{
	(void)number;
	report_text_scenario(report, result, out);
}

static void human_end(const struct report *report, struct text *out)
{
	if (!report->quiet || report->count != 1)
		report_text_summary(report, out);
}

const struct format_info format_table[FORMAT_COUNT] = {
#define FORMAT(id, name, begin, scenario, end, doc)                                                \
	[FORMAT_##id] = {name, begin, scenario, end, doc},
#include "report/formats.def"
#undef FORMAT
};

enum format format_find(const char *name, size_t length)
{
	for (enum format format = 0; format < FORMAT_COUNT; format++) {
		if (strlen(format_table[format].name) == length &&
		    memcmp(format_table[format].name, name, length) == 0)
			return format;
	}
	return FORMAT_COUNT;
}

bool format_has_timeline(enum format format)
{
	return format == FORMAT_HTML || format == FORMAT_PERFETTO;
}

void format_put(enum format format, const struct report *report, struct text *out)
{
	const struct format_info *info = &format_table[format];
	if (info->begin)
		info->begin(report, out);
	for (size_t i = 0; info->scenario && i < report->count; i++)
		info->scenario(report, i + 1, &report->results[i], out);
	info->end(report, out);
}
