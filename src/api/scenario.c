#include "api/scenario.h"

#include "api/wire.h"
#include "sema/flags.h"

#include <stdio.h>
#include <string.h>

static void put_quoted(struct text *text, const char *string)
{
	text_putc(text, '"');
	for (const char *at = string; *at; at++) {
		if (*at == '\n' || *at == '\t') {
			text_puts(text, *at == '\n' ? "\\n" : "\\t");
			continue;
		}
		if (strchr("\"\\{}", *at))
			text_putc(text, '\\');
		text_putc(text, *at);
	}
	text_putc(text, '"');
}

static bool is_built_in(const char *flag, size_t length)
{
	for (int i = 0; i < FLAG_COUNT; i++) {
		if (strlen(flag_table[i].name) == length &&
		    memcmp(flag_table[i].name, flag, length) == 0)
			return true;
	}
	return false;
}

/* "llc,steal": one call per flag. */
static void each_flag(struct text *text, const char *flags,
		      void (*put)(struct text *, const char *, size_t))
{
	while (flags && *flags) {
		size_t length = strcspn(flags, ",");
		put(text, flags, length);
		flags += length + (flags[length] == ',');
	}
}

static void put_declaration(struct text *text, const char *flag, size_t length)
{
	if (!is_built_in(flag, length))
		text_printf(text, "flag %.*s\n", (int)length, flag);
}

static void put_required(struct text *text, const char *flag, size_t length)
{
	text_printf(text, "    requires %.*s\n", (int)length, flag);
}

static void put_excluded(struct text *text, const char *flag, size_t length)
{
	text_printf(text, "    excludes %.*s\n", (int)length, flag);
}

/* The CPUs of group i, "" for none. See enum ktstr_cpuset_kind. */
static void put_cpus(struct text *text, const struct ktstr_scenario *scenario, int i)
{
	double share = scenario->cpuset_mode.share * 100;
	switch (scenario->cpuset_mode.kind) {
	case KTSTR_CPUSET_NONE:
		break;
	case KTSTR_CPUSET_LLC_ALIGNED:
		text_printf(text, "llc(%d) & usable", i);
		break;
	case KTSTR_CPUSET_SPLIT_HALF:
		text_printf(text, "disjoint(%d, 2)", i);
		break;
	case KTSTR_CPUSET_SPLIT_MISALIGNED:
		text_puts(text,
			  i ? "slice(usable, min(size(llc(0)), size(usable)) / 2, size(usable))"
			    : "slice(usable, 0, min(size(llc(0)), size(usable)) / 2)");
		break;
	case KTSTR_CPUSET_OVERLAP:
		text_printf(text, "overlap(%d, %d, %g%%)", i, scenario->num_cgroups, share);
		break;
	case KTSTR_CPUSET_UNEVEN:
		text_printf(text,
			    i ? "slice(usable, max(1, floor(size(usable) * %g%%)), size(usable))"
			      : "slice(usable, 0, max(1, floor(size(usable) * %g%%)))",
			    share);
		break;
	case KTSTR_CPUSET_HOLDBACK:
		text_printf(text,
			    i ? "slice(all, max(1, (topo.cpus - floor(topo.cpus * %g%%)) / 2), "
				"topo.cpus - floor(topo.cpus * %g%%))"
			      : "slice(all, 0, max(1, (topo.cpus - floor(topo.cpus * %g%%)) / 2))",
			    share, share);
		break;
	}
}

static bool is_given(const struct ktstr_work *work)
{
	return work->work || work->workers || work->settings;
}

static void put_group(struct text *text, const struct ktstr_scenario *scenario, int i)
{
	const struct ktstr_work *work = &scenario->cgroup_works[i < KTSTR_WORKS_MAX ? i : 0];
	struct text cpus = {0};
	if (!is_given(work))
		work = &scenario->cgroup_works[0];
	text_printf(text, "    cgroup cg_%d {\n", i);
	put_cpus(&cpus, scenario, i);
	if (cpus.length)
		text_printf(text, "        cpus = %s\n", text_string(&cpus));
	text_free(&cpus);
	text_puts(text, "        ");
	wire_put_spawn(text, work, 0, NULL);
	text_puts(text, "\n    }\n");
}

void scenario_put_text(const struct ktstr_entry *entry, struct text *text)
{
	const struct ktstr_scenario *scenario = entry->scenario;
	each_flag(text, scenario->required_flags, put_declaration);
	each_flag(text, scenario->excluded_flags, put_declaration);
	if (scenario->custom)
		text_printf(text, "extern hook " REGISTRY_SCENARIO_PREFIX "%s()\n", entry->name);
	text_printf(text, "scenario %s ", entry->name);
	if (scenario->description)
		put_quoted(text, scenario->description);
	text_puts(text, " {\n");
	if (scenario->category) {
		text_puts(text, "    category = ");
		put_quoted(text, scenario->category);
		text_putc(text, '\n');
	}
	each_flag(text, scenario->required_flags, put_required);
	each_flag(text, scenario->excluded_flags, put_excluded);
	if (scenario->cpuset_mode.kind == KTSTR_CPUSET_LLC_ALIGNED)
		text_puts(text, "    needs topo.llcs >= 2\n");
	if (scenario->custom) {
		text_printf(text, "    custom " REGISTRY_SCENARIO_PREFIX "%s()\n}\n", entry->name);
		return;
	}
	for (int i = 0; i < scenario->num_cgroups; i++)
		put_group(text, scenario, i);
	if (scenario->map_path) {
		text_puts(text, "    await map_value(");
		put_quoted(text, scenario->map_path);
		text_printf(text, ", %lld) == %lld\n", (long long)scenario->map_key,
			    (long long)scenario->map_value);
	}
	text_puts(text, "    hold rest\n}\n");
}
