/* Any bytes as a program: compiled, its diagnostics printed; what compiles is planned. */
#include "source/sarif.h"
#include "subject.h"

void subject_seed(const char *bytes, size_t length, struct text *seed)
{
	text_add(seed, bytes, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct subject subject;
	struct text text = {0};
	struct sarif sarif;
	struct diag_style style = {.limit = 20};
	subject_compile(&subject, (const char *)bytes, length);
	diag_render(&subject.diags, &style, &text);
	diag_render_json(&subject.diags, &style, &text);
	diag_render_github(&subject.diags, &style, &text);
	sarif_begin(&sarif, "", &text);
	sarif_add(&sarif, &subject.diags, &style);
	sarif_end(&sarif, true);
	text_free(&text);
	subject_plan(&subject.program);
	subject_free(&subject);
	return 0;
}
