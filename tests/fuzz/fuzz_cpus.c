/* Any bytes as a list of CPUs: what is taken for one is printed as a list of the same CPUs. */
#include "base/cpuset.h"
#include "subject.h"

#include <stdlib.h>
#include <string.h>

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	text_add(seed, bytes, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct cpuset set, again;
	struct text text = {0};
	char *list = memory_zeroed(length + 1, 1);
	memcpy(list, bytes, length);
	if (cpuset_parse(&set, list)) {
		cpuset_print(&text, &set);
		if (!cpuset_parse(&again, text_string(&text)) || !cpuset_equal(&set, &again))
			subject_fail("'%s' is printed as '%s'", list, text_string(&text));
	}
	text_free(&text);
	free(list);
	return 0;
}
