/*
 * Any bytes as what a payload printed. The first says where a figure is looked for: 'j': in JSON, at
 * the path that the rest of its line tells; else in text, with one of the patterns below, for the
 * patterns come from the program and only the output from others.
 */
#include "run/payload.h"
#include "subject.h"

#include <math.h>
#include <string.h>

enum { PATH_MAX_BYTES = 200 };

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	text_add(seed, bytes, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const char *const patterns[] = {"([0-9.]+) MB/s", "^total: *([^ ]+)$", "(.*)", "x*"};
	const uint8_t *line = length ? memchr(bytes, '\n', length) : NULL;
	struct text output = {0};
	char path[PATH_MAX_BYTES + 1] = "";
	double value = 0;
	if (!line)
		return 0;
	size_t path_length = (size_t)(line - bytes) - (line > bytes);
	memcpy(path, bytes + 1, path_length < PATH_MAX_BYTES ? path_length : PATH_MAX_BYTES);
	text_add(&output, (const char *)line + 1, length - (size_t)(line + 1 - bytes));
	bool found = bytes[0] == 'j' ? payload_find_figure(PAYLOAD_OUTPUT_JSON, path, &output, &value)
				     : payload_find_figure(PAYLOAD_OUTPUT_TEXT,
							   patterns[bytes[0] % 4], &output, &value);
	if (found && !isfinite(value))
		subject_fail("a figure that is none");
	text_free(&output);
	return 0;
}
