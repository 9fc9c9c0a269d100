/*
 * schema: docs/schema/ktstr.report-1.json, embedded by the build: what a report of this version says.
 */
#ifndef KTSTR_REPORT_SCHEMA_H
#define KTSTR_REPORT_SCHEMA_H

extern const char schema_report[];

#endif
