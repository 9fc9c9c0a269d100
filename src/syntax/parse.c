#include "syntax/parse.h"

#include "syntax/scanner.h"

#include "kts.tab.h"

#include <string.h>

/* Look at all bytes once, before the scanner does: NULs and what is not UTF-8. */
static bool check_text(struct tree *tree, const struct source *source)
{
	size_t at = 0;
	int complaints = 0;
	while (at < source->length) {
		uint64_t eight;
		if (source->length - at >= 8) {
			memcpy(&eight, source->text + at, 8);
			uint64_t zeros = (eight - 0x0101010101010101u) & ~eight;
			if (!((eight | zeros) & 0x8080808080808080u)) {
				at += 8;
				continue;
			}
		}
		size_t length = text_utf8_length(source->text + at, source->length - at);
		if (length) {
			at += length;
			continue;
		}
		struct span span = {source->base + (uint32_t)at, source->base + (uint32_t)at + 1};
		unsigned char byte = (unsigned char)source->text[at];
		diag_report(tree->diags, DIAG_BAD_BYTE, span,
			    byte ? "byte 0x%02x is not UTF-8 here"
				 : "byte 0x%02x cannot be in a program",
			    byte);
		diag_note(tree->diags, "is this a .kts file, saved as UTF-8?");
		if (!byte || ++complaints == 10)
			return false;
		at++;
	}
	return true;
}

void parse_source(struct tree *tree, const struct source *source)
{
	tree->first = NULL;
	if (!check_text(tree, source))
		return;
	struct scanner *scan = scanner_begin(tree, source);
	kts_parse(scan);
	scanner_end(scan);
}
