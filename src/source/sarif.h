/*
 * sarif: diagnostics as a SARIF 2.1.0 document (OASIS, 2020), the form that code scanners and
 * editors read. One document is for all files of a command; it is written piece by piece.
 *
 * Columns count Unicode code points (columnKind), a tab as one and a byte order mark as none. File
 * names become URI references: relative to the working folder where they lie below it.
 */
#ifndef KTSTR_SOURCE_SARIF_H
#define KTSTR_SOURCE_SARIF_H

#include "base/map.h"
#include "source/diag.h"

/* GitHub refuses a run with more. */
enum { SARIF_RESULTS_MAX = 25000 };

struct sarif {
	struct json json;
	const char *folder; /* the working folder, "" where there is none */
	size_t results;
	struct arena arena;
	struct map fingerprints; /* of each file */
	VECTOR(uint32_t) seen;   /* how often, by number */
};

/* Begin a document: the tool and its rules. `folder` and `out` must outlive it. */
void sarif_begin(struct sarif *sarif, const char *folder, struct text *out);
/* Add the sorted diagnostics of one compilation. */
void sarif_add(struct sarif *sarif, struct diag_list *list, const struct diag_style *style);
/* End the document. `successful`: every file could be read. */
void sarif_end(struct sarif *sarif, bool successful);

#endif
