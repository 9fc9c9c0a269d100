/* The machines of `ktstr vm exec`: boots them, as many at once as there is room for, passes on what
 * their guests say, and tells for those that are lost what became of their scenarios. */
#include "tool/vm.h"

#include "vm/guest.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TAIL_LINES = 12, REPORTS_MAX = 255 };

static const int64_t SECOND_NS = 1000000000;

enum guest_state { GUEST_WAITING, GUEST_BOOTING, GUEST_RUNNING, GUEST_DONE };

/* One machine and what came from it. */
struct guest {
	const struct vm_topology *topology;
	struct machine machine;
	enum guest_state state;
	enum machine_accel accel;
	int64_t deadline_ns; /* until it is up; then, of everything */
	int64_t heard_ns;
	struct text output; /* not yet printed */
	struct text errors;
	struct text status;        /* lines of progress, the last may not be whole */
	bool spoke;                /* something came to its standard output */
	size_t begun;              /* scenarios */
	VECTOR(enum status) ended; /* and theirs */
	struct text *reports;
	int code;
};

struct vm_run {
	struct session *session;
	const struct vm_options *options;
	int kernel_fd;
	struct guest *guests;
	size_t count;
	size_t report_count;
	bool no_kvm;    /* it was tried */
	size_t printed; /* machines of which nothing more will come */
	bool progress;
	int code;
};

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void clear_progress(const struct vm_run *run)
{
	if (run->progress)
		fputs("\r\033[K", stderr);
}

static void show_progress(const struct vm_run *run, const struct guest *guest)
{
	if (!run->progress)
		return;
	clear_progress(run);
	fprintf(stderr, "%s: ", guest->topology->given);
	if (guest->state == GUEST_BOOTING)
		fprintf(stderr, "booting");
	else if (!guest->begun)
		fprintf(stderr, "starting");
	else
		fprintf(stderr, "scenario %zu, %zu ended", guest->begun, guest->ended.length);
}

/* Print what may be printed: the machines' words in the order of the machines. */
static void flush_output(struct vm_run *run)
{
	struct session *session = run->session;
	for (; run->printed < run->count; run->printed++) {
		struct guest *guest = &run->guests[run->printed];
		if (guest->errors.length || guest->output.length)
			clear_progress(run);
		if (guest->errors.length)
			text_write(&guest->errors, STDERR_FILENO);
		if (guest->output.length && !text_write(&guest->output, STDOUT_FILENO))
			session->output_failed = errno ? errno : EIO;
		text_clear(&guest->errors);
		text_clear(&guest->output);
		if (guest->state != GUEST_DONE)
			return;
	}
}

/* How the exit codes of several runs make one. */
static int worse(int a, int b)
{
	static const int order[] = {2, 1, 3, 6, 0, 4, 5};
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return a > b ? a : b;
}

/* Of several machines each has its own file: NAME.TOPOLOGY.EXTENSION. */
static void put_report_path(const struct vm_run *run, const struct guest *guest, const char *path,
			    struct text *out)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t length =
		dot && dot > (slash ? slash + 1 : path) ? (size_t)(dot - path) : strlen(path);
	text_add(out, path, length);
	if (run->count > 1)
		text_printf(out, ".%s", guest->topology->given);
	text_puts(out, path + length);
}

static void write_reports(struct vm_run *run, struct guest *guest)
{
	for (size_t i = 0; i < run->report_count; i++) {
		struct text path = {0};
		struct error error;
		put_report_path(run, guest, run->session->options.reports.data[i].path, &path);
		if (!console_write_file(path.data, &guest->reports[i], &error)) {
			console_error("ktstr", "%s", error.message);
			run->session->output_failed = errno ? errno : EIO;
		}
		text_free(&path);
	}
}

static void read_status(struct guest *guest)
{
	char *line = guest->status.data, *end;
	for (; line && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (strcmp(line, "begin") == 0)
			guest->begun++;
		for (int i = 0; i < STATUS_COUNT; i++) {
			if (strcmp(line, status_name((enum status)i)) == 0)
				VECTOR_PUSH(&guest->ended, (enum status)i);
		}
	}
	size_t left = line ? strlen(line) : 0;
	if (line)
		memmove(guest->status.data, line, left + 1);
	guest->status.length = left;
}

/* A result for a scenario of a guest that is gone. */
static void add_lost(struct session *session, const struct guest *guest,
		     const struct run_item *item, enum status status, const char *why)
{
	const struct scenario *scenario =
		&item->compilation->program.scenarios.data[item->scenario];
	size_t index = session->results.length;
	struct result result = {.span = scenario->span,
				.seed = session->options.run.seed,
				.index = item->index,
				.round = item->round};
	struct text tail = {0};
	bool running = index == guest->ended.length;
	run_name_result(&result, scenario, item->profile);
	if (index < guest->ended.length) {
		enum status told = guest->ended.data[index];
		if (told != STATUS_PASS)
			result_add(&result, told, "vm", scenario->span,
				   "the guest was lost later, and with it the details");
		result.checks = 1;
	} else {
		result_add(&result, running ? status : STATUS_BROKEN, "vm", scenario->span,
			   running ? "%s" : "it never began: %s", why);
	}
	if (running) {
		machine_put_tail(&guest->machine, TAIL_LINES, &tail);
		char *rest = tail.data;
		for (char *line = strsep(&rest, "\n"); rest && (line = strsep(&rest, "\n"));) {
			struct text note = {0};
			text_printf(&note, "console: %s", line);
			const char *kept = result_text(&result, note.data);
			VECTOR_PUSH(&result.notes, kept);
			text_free(&note);
		}
	}
	text_free(&tail);
	VECTOR_PUSH(&session->results, result);
	VECTOR_PUSH(&session->sources, &item->compilation->sources);
}

static void describe_lost(struct session *session, const struct guest *guest)
{
	const struct topology *topology = &guest->topology->topology;
	struct environment *environment = &session->environment;
	*environment = (struct environment){.seed = session->options.run.seed,
					    .host.backend = "vm",
					    .cpu_count = topology->cpu_count,
					    .core_count = topology->core_count,
					    .llc_count = topology->llc_count,
					    .node_count = topology->node_count};
	memcpy(environment->topology, topology->name, sizeof(environment->topology));
}

/* What the guest has not told itself, from scenario `first` on. */
static void put_lost(struct session *lost, size_t first, bool begun, struct text *out)
{
	const struct format_info *format = &format_table[lost->options.format];
	struct report report = {.environment = &lost->environment,
				.color = console_use_color(lost->options.color, STDOUT_FILENO)};
	if (!begun && format->begin)
		format->begin(&report, out);
	for (size_t i = first; format->scenario && i < lost->results.length; i++) {
		report.sources = lost->sources.data[i];
		format->scenario(&report, i + 1, &lost->results.data[i], out);
	}
}

/* The guest cannot report any more: do it for it, with the same code, and its own code goes. */
static void report_lost(struct vm_run *run, struct guest *guest, enum status status,
			const char *why)
{
	struct session *session = run->session;
	struct session lost = {.options = session->options,
			       .programs = session->programs,
			       .capture = &guest->output};
	VECTOR(char *) paths = {0};
	lost.options.reports.data = NULL;
	lost.options.reports.length = lost.options.reports.room = 0;
	for (size_t i = 0; i < run->report_count; i++) {
		struct report_target target = session->options.reports.data[i];
		struct text path = {0};
		put_report_path(run, guest, target.path, &path);
		target.path = path.data;
		VECTOR_PUSH(&paths, path.data);
		VECTOR_PUSH(&lost.options.reports, target);
	}
	describe_lost(&lost, guest);
	for (size_t i = 0; i < session->schedule.items.length; i++)
		add_lost(&lost, guest, &session->schedule.items.data[i], status, why);
	put_lost(&lost, guest->ended.length, guest->spoke, &guest->output);
	guest->code = session_finish(&lost);
	guest->ended.length = 0;
	for (size_t i = 0; i < lost.results.length; i++) {
		VECTOR_PUSH(&guest->ended, lost.results.data[i].status);
		result_free(&lost.results.data[i]);
	}
	for (size_t i = 0; i < paths.length; i++)
		free(paths.data[i]);
	VECTOR_FREE(&paths);
	VECTOR_FREE(&lost.options.reports);
	VECTOR_FREE(&lost.results);
	VECTOR_FREE(&lost.sources);
}

static void lose(struct vm_run *run, struct guest *guest, enum status status, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));

static void lose(struct vm_run *run, struct guest *guest, enum status status, const char *format,
		 ...)
{
	char why[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	machine_read(&guest->machine);
	machine_stop(&guest->machine);
	guest->state = GUEST_DONE;
	report_lost(run, guest, status, why);
	run->code = worse(run->code, guest->code);
}

/* What the console says of a guest that died, NULL if nothing. Valid until the console changes. */
static const char *panic_of(struct guest *guest, char *line, size_t room)
{
	const char *found = strstr(text_string(&guest->machine.console), "Kernel panic - ");
	if (!found)
		return NULL;
	snprintf(line, room, "%.*s", (int)strcspn(found, "\r\n"), found);
	return line;
}

static void lose_dead(struct vm_run *run, struct guest *guest)
{
	char line[256];
	int status = guest->machine.status;
	const char *panic = panic_of(guest, line, sizeof(line));
	if (panic)
		lose(run, guest, STATUS_BROKEN, "the guest is gone: %s", panic);
	else if (WIFSIGNALED(status))
		lose(run, guest, STATUS_BROKEN, "the virtual machine was killed by signal %d",
		     WTERMSIG(status));
	else
		lose(run, guest, STATUS_BROKEN,
		     "the virtual machine ended before its results were here (exit code %d)",
		     WEXITSTATUS(status));
}

static int64_t boot_timeout_ns(const struct vm_run *run, const struct guest *guest)
{
	const int64_t kvm_s = 15, tcg_s = 60;
	if (run->options->boot_timeout_ns)
		return run->options->boot_timeout_ns;
	if (guest->accel == MACHINE_KVM)
		return kvm_s * SECOND_NS;
	return (tcg_s + guest->topology->topology.cpu_count) * SECOND_NS;
}

/* Twice what the guest's own patience is, for all its scenarios; 0: unknown. */
static int64_t whole_patience_ns(const struct vm_run *run, const struct guest *guest)
{
	const struct session *session = run->session;
	int64_t sum_ns = 0;
	for (size_t i = 0; i < session->schedule.items.length; i++) {
		const struct run_item *item = &session->schedule.items.data[i];
		int64_t ns = session_patience_ns(&session->options.run, &guest->topology->topology,
						 &item->compilation->program, item->scenario);
		if (!ns || sum_ns > INT64_MAX / 4 - ns)
			return 0;
		sum_ns += ns;
	}
	return 2 * sum_ns;
}

static void boot(struct vm_run *run, struct guest *guest)
{
	struct error error;
	bool kvm = run->options->accel == VM_ACCEL_KVM ||
		   (run->options->accel == VM_ACCEL_AUTO && !run->no_kvm &&
		    access("/dev/kvm", R_OK | W_OK) == 0);
	guest->accel = kvm ? MACHINE_KVM : MACHINE_TCG;
	guest->state = GUEST_BOOTING;
	show_progress(run, guest);
	text_clear(&guest->machine.console);
	text_clear(&guest->machine.arrived);
	machine_free(&guest->machine);
	int initramfs_fd = vm_pack(run->session, run->options, &guest->topology->topology, &error);
	bool fine = initramfs_fd >= 0 &&
		    machine_start(&guest->machine, &guest->topology->shape, guest->accel,
				  run->kernel_fd, initramfs_fd, &error);
	if (initramfs_fd >= 0)
		close(initramfs_fd);
	guest->heard_ns = now_ns();
	guest->deadline_ns = guest->heard_ns + boot_timeout_ns(run, guest);
	if (!fine)
		lose(run, guest, STATUS_BROKEN, "%s", error.message);
}

/* KVM was worth a try; true if the machine is on its way again. */
static bool fall_back(struct vm_run *run, struct guest *guest)
{
	struct text tail = {0};
	if (guest->state != GUEST_BOOTING || guest->accel != MACHINE_KVM ||
	    run->options->accel != VM_ACCEL_AUTO)
		return false;
	machine_read(&guest->machine);
	machine_stop(&guest->machine);
	machine_put_tail(&guest->machine, 1, &tail);
	clear_progress(run);
	if (!run->no_kvm)
		console_error("ktstr", "KVM starts no guest here (%s); TCG takes its place, slower",
			      tail.length ? tail.data + 1 : "it does not come up");
	text_free(&tail);
	run->no_kvm = true;
	boot(run, guest);
	return true;
}

static void take_exit(struct vm_run *run, struct guest *guest, const struct wire_frame *frame)
{
	int status = 0;
	memcpy(&status, frame->bytes,
	       frame->length < sizeof(status) ? frame->length : sizeof(status));
	if (frame->length != sizeof(status) || !WIFEXITED(status)) {
		lose(run, guest, STATUS_BROKEN, "ktstr was killed in the guest by signal %d",
		     WTERMSIG(status));
		return;
	}
	machine_stop(&guest->machine);
	guest->state = GUEST_DONE;
	guest->code = WEXITSTATUS(status);
	/* A program that did not get as far as its reports leaves none. */
	if (guest->code != EXIT_USAGE)
		write_reports(run, guest);
	run->code = worse(run->code, guest->code);
}

static void take_report(struct vm_run *run, struct guest *guest, const struct wire_frame *frame)
{
	size_t index = frame->length ? (unsigned char)frame->bytes[0] : REPORTS_MAX;
	if (index < run->report_count)
		text_add(&guest->reports[index], frame->bytes + 1, frame->length - 1);
}

/* dispatch */
static void take_frame(struct vm_run *run, struct guest *guest, const struct wire_frame *frame)
{
	guest->heard_ns = now_ns();
	switch (frame->kind) {
	case WIRE_HELLO:
		guest->state = GUEST_RUNNING;
		guest->deadline_ns = whole_patience_ns(run, guest);
		if (guest->deadline_ns)
			guest->deadline_ns += guest->heard_ns;
		break;
	case WIRE_OUTPUT:
		guest->spoke = true;
		text_add(&guest->output, frame->bytes, frame->length);
		break;
	case WIRE_ERRORS:
		text_add(&guest->errors, frame->bytes, frame->length);
		break;
	case WIRE_STATUS:
		text_add(&guest->status, frame->bytes, frame->length);
		read_status(guest);
		show_progress(run, guest);
		break;
	case WIRE_REPORT:
		take_report(run, guest, frame);
		break;
	case WIRE_TROUBLE:
		lose(run, guest, STATUS_BROKEN, "ktstr could not be started in the guest: %.*s",
		     (int)frame->length, frame->bytes);
		break;
	case WIRE_EXIT:
		take_exit(run, guest, frame);
		break;
	case WIRE_BEAT:
		break;
	}
}

static void check_clock(struct vm_run *run, struct guest *guest)
{
	const int64_t silence_ns = (30 + guest->topology->topology.cpu_count) * SECOND_NS;
	int64_t now = now_ns();
	char line[256];
	const char *panic = panic_of(guest, line, sizeof(line));
	if (guest->state == GUEST_BOOTING && now > guest->deadline_ns) {
		if (!fall_back(run, guest))
			lose(run, guest, STATUS_TIMEOUT, "the guest did not come up in time%s%s",
			     panic ? ": " : "", panic ? panic : "");
	} else if (guest->state == GUEST_RUNNING && now > guest->heard_ns + silence_ns) {
		lose(run, guest, STATUS_TIMEOUT,
		     "the guest has hung: nothing was heard of it for %lld s",
		     (long long)(silence_ns / SECOND_NS));
	} else if (guest->state == GUEST_RUNNING && guest->deadline_ns &&
		   now > guest->deadline_ns) {
		lose(run, guest, STATUS_TIMEOUT,
		     "the guest is not done after twice the time that its scenarios may take");
	}
}

static bool is_active(const struct guest *guest)
{
	return guest->state == GUEST_BOOTING || guest->state == GUEST_RUNNING;
}

static void attend(struct vm_run *run, struct guest *guest)
{
	struct wire_frame frame;
	bool garbled = false;
	/* In this order: what was said before the end is there after it. */
	bool ended = machine_ended(&guest->machine);
	machine_read(&guest->machine);
	while (is_active(guest) && machine_take(&guest->machine, &frame, &garbled))
		take_frame(run, guest, &frame);
	if (is_active(guest) && garbled)
		lose(run, guest, STATUS_BROKEN, "what the guest sends is no result");
	else if (is_active(guest) && ended && !fall_back(run, guest))
		lose_dead(run, guest);
	if (is_active(guest))
		check_clock(run, guest);
	flush_output(run);
}

static size_t start_more(struct vm_run *run, size_t jobs)
{
	size_t active = 0;
	for (size_t i = 0; i < run->count; i++)
		active += is_active(&run->guests[i]);
	for (size_t i = 0; i < run->count && active < jobs; i++) {
		struct guest *guest = &run->guests[i];
		if (guest->state != GUEST_WAITING)
			continue;
		if (run->count > 1 && run->session->options.format == FORMAT_HUMAN)
			text_printf(&guest->output, "%s== %s\n", i ? "\n" : "",
				    guest->topology->given);
		else if (run->count > 1)
			text_puts(&guest->output, i ? ",\n" : "[\n");
		boot(run, guest);
		active += is_active(guest);
	}
	return active;
}

/* Until all are done; the signal that came meanwhile, else 0. */
static int follow(struct vm_run *run, size_t jobs, int signal_fd)
{
	const int turn_ms = 500;
	struct signalfd_siginfo info;
	VECTOR(struct pollfd) fds = {0};
	int number = 0;
	while (!number && start_more(run, jobs)) {
		fds.length = 0;
		VECTOR_PUSH(&fds, (struct pollfd){.fd = signal_fd, .events = POLLIN});
		for (size_t i = 0; i < run->count; i++) {
			const struct machine *machine = &run->guests[i].machine;
			if (!is_active(&run->guests[i]))
				continue;
			VECTOR_PUSH(&fds,
				    (struct pollfd){.fd = machine->port_fd, .events = POLLIN});
			VECTOR_PUSH(&fds,
				    (struct pollfd){.fd = machine->console_fd, .events = POLLIN});
			VECTOR_PUSH(&fds,
				    (struct pollfd){.fd = machine->process_fd, .events = POLLIN});
		}
		poll(fds.data, fds.length, turn_ms);
		if (read(signal_fd, &info, sizeof(info)) == sizeof(info))
			number = (int)info.ssi_signo;
		for (size_t i = 0; i < run->count && !number; i++) {
			if (is_active(&run->guests[i]))
				attend(run, &run->guests[i]);
		}
	}
	VECTOR_FREE(&fds);
	return number;
}

static int64_t available_bytes(void)
{
	char line[128];
	long long kibibytes = 0;
	FILE *file = fopen("/proc/meminfo", "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "MemAvailable: %lld", &kibibytes) == 1)
			break;
	}
	if (file)
		fclose(file);
	return kibibytes * 1024;
}

/* One CPU is left for this program. A machine takes as many as it has with KVM, one with TCG. */
static size_t room_for(const struct vm_run *run)
{
	cpu_set_t set;
	int64_t most_bytes = 1, most_cpus = 1;
	bool kvm = run->options->accel == VM_ACCEL_KVM;
	if (run->options->jobs)
		return (size_t)run->options->jobs;
	for (size_t i = 0; i < run->count; i++) {
		const struct vm_topology *topology = run->guests[i].topology;
		if (topology->shape.memory_bytes > most_bytes)
			most_bytes = topology->shape.memory_bytes;
		if (kvm && topology->topology.cpu_count > most_cpus)
			most_cpus = topology->topology.cpu_count;
	}
	int cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
	int64_t by_cpus = (cpus - 1) / most_cpus, by_memory = available_bytes() / most_bytes / 2;
	int64_t jobs = by_cpus < by_memory ? by_cpus : by_memory;
	return jobs < 1 ? 1 : (size_t)jobs;
}

static const char *name_of(const struct run_item *item)
{
	return item->compilation->program.scenarios.data[item->scenario].name;
}

/* Scenarios down, machines across. */
static void put_table(const struct vm_run *run, struct text *out)
{
	const struct session *session = run->session;
	const struct schedule *schedule = &session->schedule;
	size_t width = 8;
	for (size_t i = 0; i < schedule->items.length; i++) {
		size_t length = strlen(name_of(&schedule->items.data[i]));
		width = length > width ? length : width;
	}
	text_printf(out, "\n%-*s", (int)width, "scenario");
	for (size_t i = 0; i < run->count; i++)
		text_printf(out, "  %-12s", run->guests[i].topology->given);
	for (size_t row = 0; row < schedule->items.length; row++) {
		text_printf(out, "\n%-*s", (int)width, name_of(&schedule->items.data[row]));
		for (size_t i = 0; i < run->count; i++) {
			const struct guest *guest = &run->guests[i];
			int column = (int)strlen(guest->topology->given);
			text_printf(out, "  %-*s", column > 12 ? column : 12,
				    row < guest->ended.length ? status_name(guest->ended.data[row])
							      : "-");
		}
		while (out->data[out->length - 1] == ' ')
			out->data[--out->length] = '\0';
	}
	text_putc(out, '\n');
}

static void free_guests(struct vm_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct guest *guest = &run->guests[i];
		machine_free(&guest->machine);
		text_free(&guest->output);
		text_free(&guest->errors);
		text_free(&guest->status);
		VECTOR_FREE(&guest->ended);
		for (size_t j = 0; j < run->report_count; j++)
			text_free(&guest->reports[j]);
		free(guest->reports);
	}
	free(run->guests);
}

static void put_several(struct vm_run *run)
{
	struct text table = {0};
	if (run->session->options.format == FORMAT_HUMAN)
		put_table(run, &table);
	else
		text_puts(&table, "]\n");
	if (!text_write(&table, STDOUT_FILENO))
		run->session->output_failed = errno ? errno : EIO;
	text_free(&table);
}

int vm_run(struct session *session, const struct vm_options *options,
	   const struct vm_topology *topologies, size_t count, int kernel_fd)
{
	struct vm_run run = {.session = session,
			     .options = options,
			     .kernel_fd = kernel_fd,
			     .count = count,
			     .report_count = session->options.reports.length,
			     .progress = isatty(STDERR_FILENO) && !session->options.quiet,
			     .code = 5};
	sigset_t signals, before;
	if (count > 1 && session->options.format != FORMAT_HUMAN &&
	    session->options.format != FORMAT_JSON) {
		console_error("ktstr", "--format: of several machines human or json; --report "
				       "writes a file for each in any other");
		return EXIT_USAGE;
	}
	if (run.report_count > REPORTS_MAX) {
		console_error("ktstr", "--report: at most %d", REPORTS_MAX);
		return EXIT_USAGE;
	}
	schedule_make(&session->schedule, &session->programs, &session->options);
	run.guests = memory_zeroed(count, sizeof(*run.guests));
	for (size_t i = 0; i < count; i++) {
		run.guests[i].topology = &topologies[i];
		run.guests[i].reports = memory_zeroed(run.report_count + 1, sizeof(struct text));
		run.guests[i].machine.process_fd = run.guests[i].machine.console_fd =
			run.guests[i].machine.port_fd = -1;
	}
	size_t jobs = room_for(&run);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	int number = follow(&run, jobs, signal_fd);
	flush_output(&run);
	clear_progress(&run);
	if (count > 1 && !number)
		put_several(&run);
	free_guests(&run);
	close(signal_fd);
	/* By default a signal ends the process as soon as it is let through. */
	if (number) {
		signal(number, SIG_DFL);
		raise(number);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (session->output_failed)
		console_error("ktstr", "cannot write the results: %s",
			      strerror(session->output_failed));
	return session->output_failed && run.code != EXIT_FOUND ? EXIT_INTERNAL : run.code;
}
