#include "host/helper.h"

#include "host/board.h"
#include "host/patience.h"
#include "host/worker_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_BYTES_MAX = 64 << 20, ANCESTORS_MAX = 64 };

static const int64_t REAP_NS = 5000000000;

static _Noreturn void run_child(helper_body *body, void *context, int fd, pid_t keeper)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(1);
	worker_default_signals();
	signal(SIGUSR1, SIG_DFL);
	prctl(PR_SET_NAME, "kts-hooks");
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		_exit(1);
	body(fd, context);
	fflush(NULL);
	_exit(0);
}

/* Says how the helper ended, and stays as long as anything of it lives. That has the socket, too:
 * it is closed for all of them, or nobody would see the end. */
static _Noreturn void keep(pid_t helper, int fd, int status_fd)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, 0)) > 0 || errno == EINTR) {
		if (pid != helper)
			continue;
		if (write(status_fd, &status, sizeof(status)) < 0)
			break;
		shutdown(fd, SHUT_RDWR);
	}
	_exit(0);
}

/* The keeper: what the helper starts stays below it, whatever becomes of the helper: prctl(2). */
static _Noreturn void run_keeper(helper_body *body, void *context, const int *ends, const int *told,
				 pid_t host)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != host)
		_exit(1);
	setpgid(0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_NAME, "kts-keeper");
	close(ends[0]);
	close(told[0]);
	char begin;
	ssize_t got;
	while ((got = recv(ends[1], &begin, 1, 0)) < 0 && errno == EINTR)
		continue;
	if (got != 1)
		_exit(1);
	pid_t keeper = getpid(), pid = fork();
	if (pid == 0) {
		close(told[1]);
		run_child(body, context, ends[1], keeper);
	}
	if (pid < 0)
		_exit(1);
	keep(pid, ends[1], told[1]);
}

bool helper_start(struct helper *helper, helper_body *body, void *context, int64_t patience_ns,
		  struct error *error)
{
	/* 0 would be for ever: socket(7). */
	if (patience_ns < 1000000)
		patience_ns = 1000000;
	const struct timeval patience = {.tv_sec = patience_ns / 1000000000,
					 .tv_usec = patience_ns % 1000000000 / 1000};
	int ends[2], told[2];
	if (pipe2(told, O_CLOEXEC) != 0)
		return error_set_errno(error, errno, "no pipe is to be had");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		error_set_errno(error, errno, "no socket is to be had");
		close(told[0]);
		close(told[1]);
		return false;
	}
	fflush(NULL); /* or the helper would print it once more */
	pid_t host = getpid();
	pid_t pid = fork();
	if (pid == 0)
		run_keeper(body, context, ends, told, host);
	int reason = errno;
	close(ends[1]);
	close(told[1]);
	if (pid < 0) {
		close(ends[0]);
		close(told[0]);
		return error_set_errno(error, reason, "fork was refused");
	}
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	*helper = (struct helper){.pid = pid, .fd = ends[0], .status_fd = told[0]};
	return true;
}

void helper_begin(const struct helper *helper)
{
	/* A keeper that is gone is noticed by who talks to the helper. */
	send(helper->fd, "", 1, MSG_NOSIGNAL);
}

/* How the helper ended, if it does within that time. */
static bool await_status(int status_fd, int64_t patience_ns, int *status)
{
	struct pollfd waiting = {.fd = status_fd, .events = POLLIN};
	int64_t deadline_ns = board_now_ns() + patience_ns, left_ns;
	do {
		left_ns = deadline_ns - board_now_ns();
	} while (poll(&waiting, 1, left_ns < 0 ? 0 : (int)((left_ns + 999999) / 1000000)) < 0 &&
		 errno == EINTR);
	return waiting.revents & POLLIN &&
	       read(status_fd, status, sizeof(*status)) == sizeof(*status);
}

/* The children of each thread of a process are stopped, so that they start nothing more, then
 * theirs, then they are killed. How many there were. */
static size_t kill_descendants(pid_t pid, int depth)
{
	char path[300];
	size_t count = 0;
	int child;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *threads = depth < ANCESTORS_MAX ? opendir(path) : NULL;
	for (struct dirent *thread; threads && (thread = readdir(threads));) {
		snprintf(path, sizeof(path), "/proc/%d/task/%s/children", (int)pid, thread->d_name);
		FILE *file = *thread->d_name == '.' ? NULL : fopen(path, "re");
		while (file && fscanf(file, "%d", &child) == 1) {
			kill(child, SIGSTOP);
			kill_descendants(child, depth + 1);
			kill(child, SIGKILL);
			count++;
		}
		if (file)
			fclose(file);
	}
	if (threads)
		closedir(threads);
	return count;
}

/* What was started while the others were looked for comes to the keeper, too. */
static void kill_all(pid_t keeper)
{
	const struct timespec turn = {.tv_nsec = 1000000};
	struct patience patience = patience_of(REAP_NS);
	size_t left;
	while ((left = kill_descendants(keeper, 0)) && patience_lasts(&patience, left))
		nanosleep(&turn, NULL);
}

void helper_end(struct helper *helper, int64_t patience_ns, int *status)
{
	int ended = SIGKILL, keeper_ended; /* a status of wait(2) */
	if (!helper->pid)
		return;
	await_status(helper->status_fd, patience_ns, &ended);
	kill_all(helper->pid);
	/* The group first: the pid may be somebody else's once it is reaped. */
	kill(-helper->pid, SIGKILL);
	kill(helper->pid, SIGKILL);
	while (waitpid(helper->pid, &keeper_ended, 0) < 0 && errno == EINTR)
		continue;
	close(helper->fd);
	close(helper->status_fd);
	*helper = (struct helper){0};
	if (status)
		*status = ended;
}

static bool send_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

bool helper_send(int fd, const struct text *message)
{
	uint64_t length = message->length;
	return length <= MESSAGE_BYTES_MAX && send_all(fd, (const char *)&length, sizeof(length)) &&
	       send_all(fd, text_string(message), message->length);
}

static bool receive_all(int fd, char *bytes, size_t length)
{
	while (length) {
		ssize_t got = recv(fd, bytes, length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		length -= (size_t)got;
	}
	return true;
}

bool helper_receive(int fd, struct text *message)
{
	uint64_t length;
	if (!receive_all(fd, (char *)&length, sizeof(length)) || length > MESSAGE_BYTES_MAX)
		return false;
	text_clear(message);
	text_repeat(message, '\0', (size_t)length);
	return !length || receive_all(fd, message->data, (size_t)length);
}

/* The message at the front of what was read, if it is whole. */
static enum helper_news take_message(struct text *pending, struct text *message)
{
	uint64_t length;
	if (pending->length < sizeof(length))
		return HELPER_NOTHING;
	memcpy(&length, pending->data, sizeof(length));
	if (length > MESSAGE_BYTES_MAX)
		return HELPER_NONSENSE;
	size_t whole = sizeof(length) + (size_t)length;
	if (pending->length < whole)
		return HELPER_NOTHING;
	text_clear(message);
	text_add(message, pending->data + sizeof(length), (size_t)length);
	pending->length -= whole;
	memmove(pending->data, pending->data + whole, pending->length);
	return HELPER_MESSAGE;
}

enum helper_news helper_read(const struct helper *helper, struct text *pending,
			     struct text *message)
{
	char bytes[65536];
	for (;;) {
		enum helper_news news = take_message(pending, message);
		if (news != HELPER_NOTHING)
			return news;
		ssize_t got = recv(helper->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return HELPER_NOTHING;
		if (got <= 0)
			return HELPER_GONE;
		text_add(pending, bytes, (size_t)got);
	}
}

/* The parent of a task, 0 where there is none. */
static pid_t parent_of(pid_t task)
{
	char path[64], line[256];
	int parent = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)task);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "PPid: %d", &parent) == 1)
			break;
	}
	if (file)
		fclose(file);
	return parent;
}

bool helper_is_ours(pid_t task)
{
	for (int i = 0; i < ANCESTORS_MAX && task > 1; i++) {
		task = parent_of(task);
		if (task == getpid())
			return true;
	}
	return false;
}
