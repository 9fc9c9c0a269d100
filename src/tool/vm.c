/* ktstr vm: the same runs in virtual machines with a topology and a kernel of one's choice. */
#include "tool/vm.h"

#include "vm/guest.h"
#include "vm/kernel.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstr vm exec FILE... runs scenarios as `ktstr exec` does, in a virtual machine (QEMU)\n"
	"with cgroup v2 and the topology that you name. It takes the options of `ktstr exec`, "
	"and:\n"
	"\n"
	"  --topo T               the machine: a label (2n4l4c2t: 2 nodes, 4 LLCs in all, 4 cores\n"
	"                         per LLC, 2 threads) or a preset; may be repeated. 1n1l2c1t\n"
	"                         without it\n"
	"  --gauntlet             on every preset (`ktstr topo presets` lists them)\n"
	"  --kernel PATH          a bzImage or an ELF kernel; without it, the one that\n"
	"                         `ktstr vm kernel fetch` has fetched last\n"
	"  --memory SIZE          of the machine: 2GiB, 512MiB\n"
	"  --memory-nodes N       further NUMA nodes, with memory and without CPUs\n"
	"  --accel auto|kvm|tcg   KVM, and where that does not start a guest TCG; or one of them\n"
	"  --jobs N               machines at once; without it, as many as this one has room for\n"
	"  --include PATH         a file for the guest, at the same path; a program with its\n"
	"                         libraries. Schedulers and payloads come by themselves\n"
	"  --boot-timeout T       until the guest must be up (60s, and 1s for each CPU)\n"
	"\n"
	"Several machines give a table at the end; their --report PATH.json becomes\n"
	"PATH.TOPOLOGY.json.\n"
	"\n"
	"ktstr vm kernel fetch [--suite S] [--update]   a kernel of Debian's, through apt\n"
	"ktstr vm kernel list                           those that were fetched\n"
	"\n"
	"exit: as ktstr exec; a guest that panics or hangs is BROKEN or TIMEOUT (3)\n";

static bool bad_value(const char *name, const char *value, const char *wanted)
{
	console_error("ktstr", "%s wants %s, not '%s'", name, wanted, value);
	return false;
}

static bool read_count(const char *name, const char *text, int64_t least, int64_t most,
		       int64_t *count)
{
	char *end, wanted[64];
	errno = 0;
	long long value = strtoll(text, &end, 10);
	*count = value;
	snprintf(wanted, sizeof(wanted), "a number from %lld to %lld", (long long)least,
		 (long long)most);
	return (*text && !*end && !errno && value >= least && value <= most) ||
	       bad_value(name, text, wanted);
}

static bool read_memory(const char *name, const char *text, int64_t *bytes)
{
	static const struct {
		const char *unit;
		int shift;
	} units[] = {{"MiB", 20}, {"GiB", 30}, {"M", 20}, {"G", 30}};
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	for (int i = 0; i < 4; i++) {
		if (strcmp(end, units[i].unit) == 0 && value > 0 && value <= 1 << 20 && !errno) {
			*bytes = value << units[i].shift;
			return true;
		}
	}
	return bad_value(name, text, "a size such as 512MiB or 2GiB");
}

static bool read_accel(const char *name, const char *text, enum vm_accel *accel)
{
	static const char *const words[] = {"auto", "kvm", "tcg"};
	for (int i = 0; i < 3; i++) {
		if (strcmp(text, words[i]) == 0) {
			*accel = (enum vm_accel)i;
			return true;
		}
	}
	return bad_value(name, text, "auto, kvm or tcg");
}

static bool take(struct vm_options *options, const char *name, const char *value)
{
	if (strcmp(name, "--kernel") == 0)
		options->kernel = value;
	else if (strcmp(name, "--include") == 0)
		VECTOR_PUSH(&options->includes, value);
	else if (strcmp(name, "--memory") == 0)
		return read_memory(name, value, &options->memory_bytes);
	else if (strcmp(name, "--memory-nodes") == 0)
		return read_count(name, value, 0, 8, &options->memory_nodes);
	else if (strcmp(name, "--jobs") == 0)
		return read_count(name, value, 1, 64, &options->jobs);
	else if (strcmp(name, "--accel") == 0)
		return read_accel(name, value, &options->accel);
	else if (!run_read_duration(value, &options->boot_timeout_ns) ||
		 options->boot_timeout_ns <= 0)
		return bad_value(name, value, "a time such as 500ms or 2s");
	return true;
}

/* Take our own options out of the arguments; what is left is for `ktstr exec`. */
static bool read_own(struct vm_options *options, int *count, char **arguments)
{
	static const char *const own[] = {"--kernel",       "--include", "--memory",
					  "--memory-nodes", "--jobs",    "--accel",
					  "--boot-timeout", NULL};
	int kept = 1, i = 1;
	for (; i < *count && strcmp(arguments[i], "--") != 0; i++) {
		char *equals =
			strncmp(arguments[i], "--", 2) == 0 ? strchr(arguments[i], '=') : NULL;
		size_t length = equals ? (size_t)(equals - arguments[i]) : strlen(arguments[i]);
		const char *name = NULL;
		for (int j = 0; own[j] && !name; j++) {
			if (strlen(own[j]) == length && strncmp(own[j], arguments[i], length) == 0)
				name = own[j];
		}
		if (!name) {
			arguments[kept++] = arguments[i];
			continue;
		}
		if (!equals && i + 1 == *count) {
			console_error("ktstr", "%s wants a value", name);
			return false;
		}
		if (!take(options, name, equals ? equals + 1 : arguments[++i]))
			return false;
	}
	for (; i < *count; i++)
		arguments[kept++] = arguments[i];
	*count = kept;
	arguments[kept] = NULL;
	return true;
}

/* The machine for a topology; only what a label can say can be built. */
static bool read_topology(const struct vm_options *options, const char *text,
			  struct vm_topology *out, struct error *error)
{
	struct topology *topology = &out->topology;
	char label[64];
	out->given = text;
	if (!topology_read_text(topology, text, error))
		return false;
	struct machine_shape shape = {.nodes = topology->node_count,
				      .llcs = topology->llc_count,
				      .cores = topology->core_count / topology->llc_count,
				      .threads = topology->smt,
				      .memory_nodes = (int)options->memory_nodes};
	snprintf(label, sizeof(label), "%dn%dl%dc%dt", shape.nodes, shape.llcs, shape.cores,
		 shape.threads);
	shape.memory_bytes = options->memory_bytes ? options->memory_bytes : machine_memory(&shape);
	out->shape = shape;
	if (strcmp(label, topology->name) != 0)
		return error_set(error, ERROR_REFUSED,
				 "'%s' is irregular: a virtual machine has as many LLCs on each "
				 "node, and cores in each LLC",
				 text);
	return machine_can(&shape, options->accel == VM_ACCEL_KVM ? MACHINE_KVM : MACHINE_TCG,
			   error);
}

static int exec_in(struct session *session, const struct vm_options *options,
		   struct vm_topology *topologies, size_t count)
{
	struct error error;
	struct text newest = {0};
	const char *kernel = options->kernel;
	for (size_t i = 0; i < count; i++) {
		const char *text = session->options.topologies.length
					   ? session->options.topologies.data[i]
					   : "1n1l2c1t";
		if (!read_topology(options, text, &topologies[i], &error)) {
			console_error("ktstr", "--topo: %s", error.message);
			return EXIT_USAGE;
		}
	}
	if (!kernel && vm_kernel_newest(&newest))
		kernel = newest.data;
	if (!kernel) {
		console_error("ktstr", "which kernel? `ktstr vm kernel fetch` fetches one of "
				       "Debian's; --kernel PATH names any other");
		return EXIT_USAGE;
	}
	int kernel_fd = kernel_open(kernel, &error);
	text_free(&newest);
	if (kernel_fd < 0) {
		console_error("ktstr", "%s", error.message);
		return EXIT_USAGE;
	}
	int code = vm_run(session, options, topologies, count, kernel_fd);
	close(kernel_fd);
	return code;
}

static int vm_exec_main(int count, char **arguments, ktstr_registry_function *linked)
{
	struct vm_options options = {0};
	struct session session = {0};
	int code = EXIT_USAGE;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0)
			return console_puts("ktstr", usage);
	}
	if (read_own(&options, &count, arguments) &&
	    ktstr_read_options(&session.options, count, arguments, &code)) {
		size_t machines = session.options.topologies.length;
		machines = machines ? machines : 1;
		struct vm_topology *topologies = memory_zeroed(machines, sizeof(*topologies));
		code = EXIT_USAGE;
		session.options.linked = linked;
		session.options.uses_hooks = true;
		if (!ktstr_names_any(&session.options))
			console_error("ktstr", "which file? For example: ktstr vm exec FILE.kts");
		else if (ktstr_compile(&session.programs, &session.options, &code))
			code = exec_in(&session, &options, topologies, machines);
		for (size_t i = 0; i < machines; i++)
			topology_free(&topologies[i].topology);
		free(topologies);
	}
	VECTOR_FREE(&options.includes);
	session_free(&session);
	return code;
}

int vm_main(int count, char **arguments, ktstr_registry_function *linked)
{
	static const char *const names[] = {"exec", "kernel", NULL};
	const char *word = count > 1 ? arguments[1] : "--help";
	if (strcmp(word, "exec") == 0)
		return vm_exec_main(count - 1, arguments + 1, linked);
	if (strcmp(word, "kernel") == 0)
		return vm_kernel_main(count - 1, arguments + 1);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return console_puts("ktstr", usage);
	console_unknown("ktstr", "command of ktstr vm", word, names);
	return EXIT_USAGE;
}

int vm_init_main(int count, char **arguments)
{
	(void)count;
	(void)arguments;
	guest_main();
	console_error("ktstr",
		      GUEST_COMMAND " is what a guest of `ktstr vm` runs, and nobody else");
	return EXIT_USAGE;
}
