/*
 * Any bytes as the content of a compiled file: behind a right header, so that the reader and the
 * verifier see them; what they let through is planned.
 */
#include "code/image.h"
#include "code/image_format.h"
#include "subject.h"

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	struct subject subject;
	struct text image = {0};
	subject_compile(&subject, bytes, length);
	if (!subject.diags.errors) {
		image_write(&subject.program, &subject.sources, &image);
		text_add(seed, image.data + IMAGE_HEADER_BYTES, image.length - IMAGE_HEADER_BYTES);
	}
	text_free(&image);
	subject_free(&subject);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct program program = {0};
	struct source_set sources = {0};
	if (subject_read_content((const char *)bytes, length, &program, &sources)) {
		subject_plan(&program);
		program_free(&program);
		source_set_free(&sources);
	} else if (program.code.length || sources.files.length) {
		subject_fail("what was refused left something behind");
	}
	return 0;
}
