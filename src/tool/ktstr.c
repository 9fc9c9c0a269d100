/* ktstr: runs scenarios, on the machine or on paper. */
#include "tool/ktstr.h"

#include "host/topology.h"
#include "report/schema.h"
#include "vm/guest.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstr " KTSTR_VERSION ": tests Linux schedulers with scenarios written in KTS\n"
	"\n"
	"  ktstr exec FILE...   run scenarios on this machine, and judge\n"
	"  ktstr plan FILE...   the same on paper, on any topology (--topo 2n4l4c2t)\n"
	"  ktstr compare FILE... --against FILE...   has anything got worse?\n"
	"  ktstr merge FILE...  the reports of a run's parts as one, or in another format\n"
	"  ktstr list [FILE...] the scenarios of the catalog, or of files and folders\n"
	"  ktstr show NAME...   what scenarios need, how long they can take, where they run\n"
	"  ktstr vm exec FILE... run them in virtual machines of any topology; `vm kernel` has "
	"kernels\n"
	"  ktstr doctor         what this machine can do, and what would enable the rest\n"
	"  ktstr cleanup        removes what killed runs have left\n"
	"  ktstr topo [T]       this machine's CPUs, or those of a topology; `presets` lists them\n"
	"  ktstr schema         the JSON Schema of `--format json`, "
	"docs/schema/ktstr.report-1.json\n"
	"\n"
	"  FILE may be the name of a scenario of the catalog.\n"
	"  ktstr exec --help has the options. ktstrc checks programs without running them.\n";

static const struct {
	const char *name;
	int (*main)(int count, char **arguments);
	/* Those that can call hooks. */
	int (*hooked)(int count, char **arguments, ktstr_registry_function *linked);
} commands[] = {{"exec", .hooked = exec_main},     {"plan", .hooked = plan_main},
		{"merge", .main = merge_main},     {"compare", .main = compare_main},
		{"list", .hooked = list_main},     {"show", .hooked = show_main},
		{"cleanup", .main = cleanup_main}, {"doctor", .main = doctor_main},
		{"topo", .main = topo_main},       {"schema", .main = schema_main},
		{"vm", .hooked = vm_main}};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void put_sets(struct text *out, const char *name, const struct cpuset *sets, int count,
		     const int *numbers)
{
	for (int i = 0; i < count; i++) {
		text_printf(out, "  %s(%d)  ", name, numbers ? numbers[i] : i);
		if (cpuset_empty(&sets[i]))
			text_puts(out, "no CPUs");
		cpuset_print(out, &sets[i]);
		text_putc(out, '\n');
	}
}

static void put_presets(struct text *out)
{
	const char *name, *label;
	for (int i = 0; topology_preset(i, &name, &label); i++)
		text_printf(out, "%-20s %s\n", name, label);
}

int topo_main(int count, char **arguments)
{
	struct topology topology;
	struct error error;
	struct text out = {0};
	bool presets = count > 1 && strcmp(arguments[1], "presets") == 0;
	const char *text = count > 1 ? arguments[count - 1] : NULL;
	if (presets) {
		put_presets(&out);
	} else {
		if (!(text ? topology_read_text(&topology, text, &error)
			   : topology_read_machine(&topology, &error))) {
			console_error("ktstr", "topo: %s", error.message);
			return EXIT_USAGE;
		}
		text_printf(&out,
			    "%s: %d CPUs, %d cores of up to %d threads, %d LLC%s, %d NUMA node%s\n",
			    topology.name, topology.cpu_count, topology.core_count, topology.smt,
			    topology.llc_count, topology.llc_count == 1 ? "" : "s",
			    topology.node_count, topology.node_count == 1 ? "" : "s");
		put_sets(&out, "node", topology.nodes, topology.node_count, topology.node_numbers);
		put_sets(&out, "llc", topology.llcs, topology.llc_count, NULL);
		text_puts(&out, "  usable   ");
		cpuset_print(&out, &topology.usable);
		text_putc(&out, '\n');
		topology_free(&topology);
	}
	int code = console_print("ktstr", &out);
	text_free(&out);
	return code;
}

int schema_main(int count, char **arguments)
{
	if (count > 1) {
		console_error("ktstr", "schema: it takes no arguments, and got '%s'", arguments[1]);
		return EXIT_USAGE;
	}
	return console_puts("ktstr", schema_report);
}

int ktstr_main(int count, char **arguments, ktstr_registry_function *linked)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (count > 1 && strcmp(arguments[1], "--version") == 0)
		return console_puts("ktstr", "ktstr " KTSTR_VERSION "\n");
	if (count < 2) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0 ||
	    strcmp(arguments[1], "help") == 0)
		return console_puts("ktstr", usage);
	const char *names[COMMANDS + 1] = {0};
	if (strcmp(arguments[1], GUEST_COMMAND) == 0)
		return vm_init_main(count - 1, arguments + 1);
	for (int i = 0; i < COMMANDS; i++) {
		if (strcmp(arguments[1], commands[i].name) == 0 && commands[i].hooked)
			return commands[i].hooked(count - 1, arguments + 1, linked);
		if (strcmp(arguments[1], commands[i].name) == 0)
			return commands[i].main(count - 1, arguments + 1);
		names[i] = commands[i].name;
	}
	console_unknown("ktstr", "command", arguments[1], names);
	return EXIT_USAGE;
}
