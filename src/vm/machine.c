#include "vm/machine.h"

#include "base/vector.h"
#include "vm/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define QEMU MACHINE_PROGRAM

enum {
	CONSOLE_BYTES_MAX = 256 * 1024,
	APIC_IDS_MAX = 255, /* without an IOMMU that remaps interrupts */
	EXIT_NO_EXEC = 127,
};

static const int64_t MEBIBYTE = 1024 * 1024;

/* Short of waiting: no legacy devices to probe, no tests, no delay calibrations, and a panic ends
 * QEMU (with -no-reboot) in place of a kernel that stands still. */
static const char command_line[] =
	"console=ttyS0 quiet panic=-1 nokaslr tsc=reliable no_timer_check mitigations=off "
	"8250.nr_uarts=1 cryptomgr.notests random.trust_cpu=on rdinit=" GUEST_PROGRAM
	" -- " GUEST_COMMAND;

static int cpus_of(const struct machine_shape *shape)
{
	return shape->llcs * shape->cores * shape->threads;
}

int64_t machine_memory(const struct machine_shape *shape)
{
	const int64_t least = 1024, base = 512, each = 32;
	int64_t wanted = base + each * cpus_of(shape);
	return (wanted > least ? wanted : least) * MEBIBYTE;
}

/* Every level of a topology has bits of its own in the numbers of interrupt controllers. */
static int bits_for(int count)
{
	int bits = 0;
	while (1 << bits < count)
		bits++;
	return bits;
}

bool machine_can(const struct machine_shape *shape, enum machine_accel accel, struct error *error)
{
	int dies = shape->llcs / shape->nodes;
	int64_t last = 0;
	const int counts[] = {shape->nodes, dies, shape->cores, shape->threads};
	for (int i = 0; i < 4; i++)
		last = (last << bits_for(counts[i])) + counts[i] - 1;
	int memories = shape->nodes + shape->memory_nodes;
	if (shape->memory_bytes / memories < 64 * MEBIBYTE)
		return error_set(
			error, ERROR_REFUSED,
			"%lld MiB are too little memory for %d nodes: 64 MiB each at least",
			(long long)(shape->memory_bytes / MEBIBYTE), memories);
	if (last >= APIC_IDS_MAX && accel == MACHINE_TCG)
		return error_set(
			error, ERROR_UNAVAILABLE,
			"%d CPUs in this arrangement need x2APIC numbers, which QEMU's TCG "
			"does not have",
			cpus_of(shape));
	return true;
}

static void put_nodes(const struct machine_shape *shape, struct text *out)
{
	int memories = shape->nodes + shape->memory_nodes, each = cpus_of(shape) / shape->nodes;
	int64_t mebibytes = shape->memory_bytes / MEBIBYTE / memories;
	for (int i = 0; i < memories; i++) {
		text_printf(out, "-object\nmemory-backend-ram,id=m%d,size=%lldM\n-numa\n", i,
			    (long long)mebibytes);
		if (i < shape->nodes)
			text_printf(out, "node,nodeid=%d,cpus=%d-%d,memdev=m%d\n", i, i * each,
				    (i + 1) * each - 1, i);
		else
			text_printf(out, "node,nodeid=%d,memdev=m%d\n", i, i);
	}
}

/* One argument a line. Nehalem has one last-level cache per die, with the right numbers; `max`
 * poses as a processor of another maker, with other ones, unless it is told. */
static void put_arguments(const struct machine_shape *shape, enum machine_accel accel,
			  int kernel_fd, int initramfs_fd, int port_fd, struct text *out)
{
	int memories = shape->nodes + shape->memory_nodes;
	int64_t mebibytes = shape->memory_bytes / MEBIBYTE / memories * memories;
	text_puts(out, QEMU "\n-machine\nq35,hpet=off,smbus=off,sata=off,usb=off\n-accel\n");
	text_puts(out, accel == MACHINE_KVM ? "kvm\n-cpu\nmax,vendor=GenuineIntel\n"
					    : "tcg,thread=single\n-cpu\nNehalem\n");
	text_printf(out, "-m\n%lldM\n-smp\n%d,sockets=%d,dies=%d,cores=%d,threads=%d\n",
		    (long long)mebibytes, cpus_of(shape), shape->nodes, shape->llcs / shape->nodes,
		    shape->cores, shape->threads);
	if (memories > 1)
		put_nodes(shape, out);
	text_puts(out,
		  "-nodefaults\n-no-user-config\n-display\nnone\n-serial\nstdio\n-no-reboot\n");
	text_printf(out,
		    "-device\nvirtio-serial-pci\n-chardev\nsocket,id=port,fd=%d\n-device\n"
		    "virtserialport,chardev=port,name=" WIRE_PORT "\n",
		    port_fd);
	text_printf(out, "-kernel\n/proc/self/fd/%d\n-initrd\n/proc/self/fd/%d\n-append\n%s",
		    kernel_fd, initramfs_fd, command_line);
}

static _Noreturn void run_qemu(char **argv, pid_t parent, const int *kept, int kept_count,
			       int output)
{
	struct rlimit no_core = {0, 0};
	sigset_t none;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_NO_EXEC);
	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < kept_count; i++)
		fcntl(kept[i], F_SETFD, 0);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(output, STDERR_FILENO) >= 0)
		execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot start %s: %s\n", argv[0], strerror(errno));
	_exit(EXIT_NO_EXEC);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool machine_start(struct machine *machine, const struct machine_shape *shape,
		   enum machine_accel accel, int kernel_fd, int initramfs_fd, struct error *error)
{
	int console[2] = {-1, -1}, port[2] = {-1, -1};
	struct text arguments = {0};
	VECTOR(char *) argv = {0};
	*machine = (struct machine){.process_fd = -1, .console_fd = -1, .port_fd = -1};
	bool fine = pipe2(console, O_CLOEXEC) == 0 &&
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, port) == 0;
	pid_t parent = getpid();
	if (fine) {
		put_arguments(shape, accel, kernel_fd, initramfs_fd, port[1], &arguments);
		for (char *rest = arguments.data, *word; (word = strsep(&rest, "\n"));)
			VECTOR_PUSH(&argv, word);
		VECTOR_PUSH(&argv, NULL);
		machine->pid = fork();
		if (machine->pid == 0)
			run_qemu(argv.data, parent, (int[]){kernel_fd, initramfs_fd, port[1]}, 3,
				 console[1]);
		fine = machine->pid > 0;
	}
	int reason = errno;
	VECTOR_FREE(&argv);
	text_free(&arguments);
	close_fd(&console[1]);
	close_fd(&port[1]);
	machine->console_fd = console[0];
	machine->port_fd = port[0];
	if (!fine) {
		machine->pid = 0;
		machine_stop(machine);
		return error_set_errno(error, reason, "cannot start a virtual machine");
	}
	machine->process_fd = (int)syscall(SYS_pidfd_open, machine->pid, 0);
	fcntl(machine->console_fd, F_SETFL, O_NONBLOCK);
	fcntl(machine->port_fd, F_SETFL, O_NONBLOCK);
	return true;
}

/* True while there may be more. */
static bool read_some(int *fd, struct text *into)
{
	char bytes[65536];
	ssize_t got = *fd >= 0 ? read(*fd, bytes, sizeof(bytes)) : 0;
	if (got > 0)
		text_add(into, bytes, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(fd);
	return got > 0;
}

static void drop_front(struct text *text, size_t count)
{
	memmove(text->data, text->data + count, text->length - count);
	text->length -= count;
	text->data[text->length] = '\0';
}

void machine_read(struct machine *machine)
{
	if (machine->taken) {
		drop_front(&machine->arrived, machine->taken);
		machine->taken = 0;
	}
	while (read_some(&machine->port_fd, &machine->arrived))
		continue;
	while (read_some(&machine->console_fd, &machine->console)) {
		if (machine->console.length > CONSOLE_BYTES_MAX)
			drop_front(&machine->console,
				   machine->console.length - CONSOLE_BYTES_MAX / 2);
	}
}

bool machine_take(struct machine *machine, struct wire_frame *frame, bool *garbled)
{
	size_t used;
	*garbled = false;
	if (machine->taken == machine->arrived.length ||
	    !wire_take(machine->arrived.data + machine->taken,
		       machine->arrived.length - machine->taken, frame, &used, garbled))
		return false;
	machine->taken += used;
	return true;
}

bool machine_ended(struct machine *machine)
{
	if (machine->pid > 0 && waitpid(machine->pid, &machine->status, WNOHANG) == machine->pid)
		machine->pid = 0;
	return machine->pid == 0;
}

void machine_stop(struct machine *machine)
{
	if (machine->pid > 0) {
		kill(-machine->pid, SIGKILL);
		kill(machine->pid, SIGKILL);
		while (waitpid(machine->pid, &machine->status, 0) < 0 && errno == EINTR)
			continue;
		machine->pid = 0;
	}
	close_fd(&machine->process_fd);
	close_fd(&machine->console_fd);
	close_fd(&machine->port_fd);
}

void machine_free(struct machine *machine)
{
	machine_stop(machine);
	text_free(&machine->console);
	text_free(&machine->arrived);
}

void machine_put_tail(const struct machine *machine, int lines, struct text *out)
{
	const char *text = text_string(&machine->console);
	size_t end = machine->console.length;
	while (end && (text[end - 1] == '\n' || text[end - 1] == '\r'))
		end--;
	size_t start = end;
	for (int left = lines; start; start--) {
		if (text[start - 1] == '\n' && --left == 0)
			break;
	}
	while (start < end) {
		size_t length = strcspn(text + start, "\n");
		length = length > end - start ? end - start : length;
		size_t shown = length && text[start + length - 1] == '\r' ? length - 1 : length;
		text_puts(out, "\n");
		text_put_visible(out, text + start, shown);
		start += length + 1;
	}
}
