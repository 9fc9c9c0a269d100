/* Reports by their names on the command line, and into files. */
#include "tool/ktstr.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* "human, json or tap" */
static void put_names(struct text *out, const char *after)
{
	for (enum format format = 0; format < FORMAT_COUNT; format++) {
		const char *separator = format + 1 == FORMAT_COUNT ? " or " : ", ";
		text_printf(out, "%s%s%s", format ? separator : "", format_table[format].name,
			    after);
	}
}

static bool bad_format(const char *option, const char *given, const char *after)
{
	struct text names = {0};
	put_names(&names, after);
	console_error("ktstr", "%s wants %s, not '%s'", option, text_string(&names), given);
	text_free(&names);
	return false;
}

bool ktstr_read_format(const char *word, enum format *format)
{
	*format = format_find(word, strlen(word));
	return *format < FORMAT_COUNT || bad_format("--format", word, "");
}

bool ktstr_read_report(const char *text, struct report_target *target)
{
	const char *equals = strchr(text, '=');
	if (!equals || !equals[1])
		return bad_format("--report", text, "=PATH");
	*target = (struct report_target){format_find(text, (size_t)(equals - text)), equals + 1};
	return target->format < FORMAT_COUNT || bad_format("--report", text, "=PATH");
}

bool ktstr_write_reports(const struct report *report, const struct report_target *targets,
			 size_t count)
{
	struct text out = {0};
	bool fine = true;
	for (size_t i = 0; i < count; i++) {
		struct error error;
		text_clear(&out);
		format_put(targets[i].format, report, &out);
		if (!console_write_file(targets[i].path, &out, &error)) {
			console_error("ktstr", "%s", error.message);
			fine = false;
		}
	}
	text_free(&out);
	return fine;
}

bool ktstr_add_step_summary(const struct report *report)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	struct text out = {0};
	if (!path || !*path)
		return true;
	/* Other steps of the job write to the same file: it is added to. */
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	report_markdown(report, &out);
	bool fine = fd >= 0 && text_write(&out, fd);
	if (fd >= 0 && close(fd))
		fine = false;
	if (!fine)
		console_error("ktstr", "cannot write $GITHUB_STEP_SUMMARY, %s: %m", path);
	text_free(&out);
	return fine;
}
