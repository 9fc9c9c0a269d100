#include "vm/guest.h"

#include "base/vector.h"
#include "host/rank.h"
#include "vm/wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STREAMS = 3, BEAT_MS = 500, TURN_NS = 2000000, EXIT_NO_EXEC = 127 };

/* What the description says; all of it points into `text`. */
struct order {
	struct text text;
	const char *folder;
	const char *input;
	VECTOR(char *) arguments;
	VECTOR(char *) environment;
	VECTOR(const char *) reports;
};

struct guest {
	int port_fd;
	pid_t child;
	int child_fd;
	int streams[STREAMS]; /* output, error, status of the program; -1: closed */
	int status;
	bool ended;
};

static const enum wire_kind kinds[STREAMS] = {WIRE_OUTPUT, WIRE_ERRORS, WIRE_STATUS};

static void mount_all(void)
{
	static const struct {
		const char *type;
		const char *path;
		const char *data;
	} mounts[] = {{"proc", "/proc", NULL},
		      {"sysfs", "/sys", NULL},
		      {"devtmpfs", "/dev", NULL},
		      {"tmpfs", "/dev/shm", "mode=1777"},
		      {"cgroup2", "/sys/fs/cgroup", NULL},
		      {"bpf", "/sys/fs/bpf", NULL},
		      {"debugfs", "/sys/kernel/debug", NULL},
		      {"tracefs", "/sys/kernel/tracing", NULL}};
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].path, 0755);
		/* A kernel without one of them: the program says what it misses. */
		mount(mounts[i].type, mounts[i].path, mounts[i].type, 0, mounts[i].data);
	}
	mkdir("/tmp", 01777);
	chmod("/tmp", 01777);
	symlink("/proc/self/fd", "/dev/fd");
}

static void raise_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		ioctl(fd, SIOCSIFFLAGS, &request);
		close(fd);
	}
}

static bool read_file(const char *path, struct text *out)
{
	char bytes[WIRE_LENGTH_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	while (fd >= 0 && (got = read(fd, bytes, sizeof(bytes))) > 0)
		text_add(out, bytes, (size_t)got);
	if (fd >= 0)
		close(fd);
	return got == 0;
}

/* The port of our name, once the kernel has found it. */
static int open_port(void)
{
	const int64_t turn_ns = 5000000;
	for (int turn = 0; turn < 2000; turn++) {
		DIR *folder = opendir("/sys/class/virtio-ports");
		struct timespec pause = {.tv_nsec = turn_ns};
		int fd = -1;
		for (struct dirent *entry; folder && fd < 0 && (entry = readdir(folder));) {
			struct text path = {0}, name = {0};
			text_printf(&path, "/sys/class/virtio-ports/%s/name", entry->d_name);
			if (entry->d_name[0] != '.' && read_file(path.data, &name) &&
			    strncmp(text_string(&name), WIRE_PORT, strlen(WIRE_PORT)) == 0) {
				text_clear(&path);
				text_printf(&path, "/dev/%s", entry->d_name);
				fd = open(path.data, O_RDWR | O_CLOEXEC);
			}
			text_free(&path);
			text_free(&name);
		}
		if (folder)
			closedir(folder);
		if (fd >= 0)
			return fd;
		nanosleep(&pause, NULL);
	}
	return -1;
}

static void tell(struct guest *guest, enum wire_kind kind, const void *bytes, size_t length)
{
	struct text frame = {0};
	wire_put(&frame, kind, bytes, length);
	for (size_t done = 0; done < frame.length;) {
		ssize_t written = write(guest->port_fd, frame.data + done, frame.length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		done += (size_t)written;
	}
	text_free(&frame);
}

static bool read_order(struct order *order)
{
	if (!read_file(GUEST_RUN, &order->text))
		return false;
	for (size_t at = 0; at < order->text.length; at += strlen(order->text.data + at) + 1) {
		char *value = order->text.data + at + 1;
		if (value[-1] == 'd')
			order->folder = value;
		else if (value[-1] == 'i')
			order->input = value;
		else if (value[-1] == 'a')
			VECTOR_PUSH(&order->arguments, value);
		else if (value[-1] == 'e')
			VECTOR_PUSH(&order->environment, value);
		else if (value[-1] == 'r')
			VECTOR_PUSH(&order->reports, value);
	}
	return order->arguments.length && order->folder;
}

static _Noreturn void run_child(const struct order *order, const int *theirs)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	int input = open(order->input ? order->input : "/dev/null", O_RDONLY | O_CLOEXEC);
	if (input >= 0 && dup2(input, 0) >= 0 && dup2(theirs[0], 1) >= 0 &&
	    dup2(theirs[1], 2) >= 0 && fcntl(theirs[2], F_SETFD, 0) == 0 &&
	    chdir(order->folder) == 0)
		execve(order->arguments.data[0], order->arguments.data, order->environment.data);
	dprintf(2, "%s: %s\n", order->arguments.data[0], strerror(errno));
	_exit(EXIT_NO_EXEC);
}

static bool start_child(struct guest *guest, struct order *order)
{
	int theirs[STREAMS];
	char status_fd[48];
	for (int i = 0; i < STREAMS; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC) != 0)
			return false;
		guest->streams[i] = ends[0];
		theirs[i] = ends[1];
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
	}
	snprintf(status_fd, sizeof(status_fd), GUEST_STATUS_FD "=%d", theirs[2]);
	VECTOR_PUSH(&order->arguments, NULL);
	VECTOR_PUSH(&order->environment, status_fd);
	VECTOR_PUSH(&order->environment, NULL);
	guest->child = fork();
	if (guest->child == 0)
		run_child(order, theirs);
	for (int i = 0; i < STREAMS; i++)
		close(theirs[i]);
	if (guest->child < 0)
		return false;
	guest->child_fd = (int)syscall(SYS_pidfd_open, guest->child, 0);
	return true;
}

static void pass_on(struct guest *guest, int stream)
{
	char bytes[WIRE_LENGTH_MAX];
	ssize_t got;
	while (guest->streams[stream] >= 0 &&
	       (got = read(guest->streams[stream], bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return;
		tell(guest, kinds[stream], bytes, (size_t)got);
	}
	if (guest->streams[stream] >= 0)
		close(guest->streams[stream]);
	guest->streams[stream] = -1;
}

/* The first process inherits every orphan. */
static void reap(struct guest *guest)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid == guest->child) {
			guest->ended = true;
			guest->status = status;
		}
	}
}

static void follow(struct guest *guest)
{
	while (!guest->ended) {
		struct pollfd fds[STREAMS + 1];
		for (int i = 0; i < STREAMS; i++)
			fds[i] = (struct pollfd){.fd = guest->streams[i], .events = POLLIN};
		fds[STREAMS] = (struct pollfd){.fd = guest->child_fd, .events = POLLIN};
		if (poll(fds, STREAMS + 1, BEAT_MS) == 0)
			tell(guest, WIRE_BEAT, "", 0);
		reap(guest);
		for (int i = 0; i < STREAMS; i++)
			pass_on(guest, i);
	}
}

static void tell_reports(struct guest *guest, const struct order *order)
{
	for (size_t i = 0; i < order->reports.length; i++) {
		char part[WIRE_LENGTH_MAX] = {(char)i};
		int fd = open(order->reports.data[i], O_RDONLY | O_CLOEXEC);
		ssize_t got;
		while (fd >= 0 && (got = read(fd, part + 1, sizeof(part) - 1)) > 0)
			tell(guest, WIRE_REPORT, part, (size_t)got + 1);
		if (fd >= 0)
			close(fd);
	}
}

bool guest_main(void)
{
	struct order order = {0};
	struct guest guest = {.child_fd = -1, .streams = {-1, -1, -1}};
	if (getpid() != 1)
		return false;
	mount_all();
	raise_loopback();
	/* Judged tasks must not keep this one from saying that the guest lives. */
	rank_outrank_all();
	guest.port_fd = open_port();
	tell(&guest, WIRE_HELLO, "", 0);
	if (read_order(&order) && start_child(&guest, &order)) {
		follow(&guest);
		tell_reports(&guest, &order);
		tell(&guest, WIRE_EXIT, &guest.status, sizeof(guest.status));
	} else {
		const char *why = strerror(errno);
		tell(&guest, WIRE_TROUBLE, why, strlen(why));
	}
	/* The host ends the machine as soon as it has the last frame. */
	sleep(10);
	reboot(RB_POWER_OFF);
	return true;
}
