/* Where the tracing parser prints: included before everything else in what bison writes. */
#ifndef KTSTR_TESTS_TRACE_RULES_H
#define KTSTR_TESTS_TRACE_RULES_H

#include <stdarg.h>
#include <stdio.h>

#define YYFPRINTF trace_rules_print

int trace_rules_print(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
