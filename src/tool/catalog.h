/*
 * catalog: the scenarios that come with ktstr, each found by its name. They lie in $KTSTR_CATALOG;
 * beside the program in the folder in which it was built; or where they were installed with it.
 */
#ifndef KTSTR_TOOL_CATALOG_H
#define KTSTR_TOOL_CATALOG_H

#include "tool/files.h"

struct catalog {
	struct files files;
	struct arena arena;
	VECTOR(const char *) names; /* of each file's scenario, and NULL behind them */
};

/* Refused: there is none. */
bool catalog_open(struct catalog *catalog, struct error *error);
void catalog_free(struct catalog *catalog);

/* The file of the scenario with this name, NULL: there is none. */
const char *catalog_find(const struct catalog *catalog, const char *name);

#endif
