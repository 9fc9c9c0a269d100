/*
 * What tests of all hosts ask of their verbs.
 */
#ifndef KTSTR_TESTS_VERBS_CASE_H
#define KTSTR_TESTS_VERBS_CASE_H

#include "host/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static inline int create(struct host *host, int parent, const char *name)
{
	struct error error = {0};
	int group = -1;
	if (!host->verbs->group_create(host, parent, name, &group, &error))
		fail_msg("%s", error.message);
	return group;
}

static inline void set_cpus(struct host *host, int group, const char *list)
{
	struct error error = {0};
	struct knob_value value = {0};
	if (list)
		assert_true(cpuset_parse(&value.set, list));
	if (!host->verbs->knob_set(host, group, KNOB_cpus, list ? &value : NULL, &error))
		fail_msg("%s", error.message);
}

static inline void assert_cpus(struct host *host, int group, const char *list)
{
	struct cpuset cpus;
	struct text text = {0};
	assert_true(host->verbs->group_cpus(host, group, &cpus, NULL));
	cpuset_print(&text, &cpus);
	assert_string_equal(text_string(&text), list);
	text_free(&text);
}

static inline void assert_tasks(struct host *host, int group, int64_t expected)
{
	int64_t count = -1;
	assert_true(host->verbs->group_tasks(host, group, &count, NULL));
	assert_int_equal(count, expected);
}

#endif
