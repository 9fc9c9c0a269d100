#include "host/process.h"

#include "host/board.h"
#include "host/patience.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20, EXIT_NO_EXEC = 127 };

static const int64_t REAP_NS = 5000000000, PATIENCE_TURN_NS = 2000000;

struct process *process_table_get(struct process_table *table, int number)
{
	assert(number >= 0 && (size_t)number < table->all.length);
	return &table->all.data[number];
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Output, error, and what tells of an exec(3) that failed: our ends and the child's. */
struct pipes {
	int ours[3];
	int theirs[3];
};

static void close_pipes(struct pipes *pipes)
{
	for (int i = 0; i < 3; i++) {
		close_fd(&pipes->ours[i]);
		close_fd(&pipes->theirs[i]);
	}
}

static bool open_pipes(struct pipes *pipes, struct error *error)
{
	for (int i = 0; i < 3; i++)
		pipes->ours[i] = pipes->theirs[i] = -1;
	for (int i = 0; i < 3; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC) != 0) {
			int reason = errno;
			close_pipes(pipes);
			return error_set_errno(error, reason, "no pipe is to be had");
		}
		pipes->ours[i] = ends[0];
		pipes->theirs[i] = ends[1];
		/* A larger pipe bridges the time in which the host does something else. */
		fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
		if (i < 2)
			fcntl(ends[0], F_SETFL, O_NONBLOCK);
	}
	return true;
}

static _Noreturn void run_child(const char *const *argv, const struct worker_place *place,
				pid_t host, const struct pipes *pipes)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != host)
		_exit(EXIT_NO_EXEC);
	setpgid(0, 0);
	worker_default_signals();
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	bool ready = worker_enter(place) && nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
		     dup2(pipes->theirs[0], STDOUT_FILENO) >= 0 &&
		     dup2(pipes->theirs[1], STDERR_FILENO) >= 0;
	if (ready) {
		syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	}
	int reason = errno;
	ssize_t told = write(pipes->theirs[2], &reason, sizeof(reason));
	(void)told;
	_exit(EXIT_NO_EXEC);
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid == pid;
}

static void drain(struct process_stream *stream)
{
	char bytes[65536];
	while (stream->fd >= 0) {
		ssize_t got = read(stream->fd, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			close_fd(&stream->fd);
			return;
		}
		size_t room = PROCESS_OUTPUT_MAX - stream->text.length;
		size_t kept = (size_t)got < room ? (size_t)got : room;
		text_add(&stream->text, bytes, kept);
		stream->cut |= kept < (size_t)got;
	}
}

/* What it left in its process group goes first: the pid may be somebody else's once it is reaped.
 * Children that left the group may hold the pipes open, and are not waited for. */
static void reap(struct process_table *table, struct process *process)
{
	kill(-process->pid, SIGKILL);
	while (waitpid(process->pid, &process->status, 0) < 0 && errno == EINTR)
		continue;
	process->ended = true;
	process->ended_ns = board_now_ns();
	for (int i = 0; i < 2; i++) {
		drain(&process->streams[i]);
		close_fd(&process->streams[i].fd);
	}
	table->living--;
}

/* The errno of an exec that failed; 0 when it succeeded, and the pipe was closed by it. */
static int await_exec(int fd)
{
	int reason = 0;
	ssize_t got;
	do {
		got = read(fd, &reason, sizeof(reason));
	} while (got < 0 && errno == EINTR);
	return got == sizeof(reason) ? reason : 0;
}

bool process_table_start(struct process_table *table, const char *const *argv,
			 const struct worker_place *place, bool frozen, int *number,
			 struct error *error)
{
	struct pipes pipes;
	if (!open_pipes(&pipes, error))
		return false;
	pid_t host = getpid();
	int64_t started_ns = board_now_ns();
	pid_t pid = fork();
	if (pid == 0)
		run_child(argv, place, host, &pipes);
	if (pid < 0) {
		int reason = errno;
		close_pipes(&pipes);
		return error_set_errno(error, reason, "fork was refused");
	}
	for (int i = 0; i < 3; i++)
		close_fd(&pipes.theirs[i]);
	int refused = frozen ? 0 : await_exec(pipes.ours[2]);
	close_fd(&pipes.ours[2]);
	struct process process = {.pid = pid,
				  .started_ns = started_ns,
				  .streams = {{.fd = pipes.ours[0]}, {.fd = pipes.ours[1]}}};
	table->living++;
	if (refused) {
		reap(table, &process);
		return error_set_errno(error, refused, "cannot start '%.200s'", argv[0]);
	}
	*number = (int)table->all.length;
	VECTOR_PUSH(&table->all, process);
	return true;
}

void process_table_drain(struct process_table *table)
{
	for (size_t i = 0; i < table->all.length && table->living; i++) {
		drain(&table->all.data[i].streams[0]);
		drain(&table->all.data[i].streams[1]);
	}
}

void process_table_look(struct process_table *table)
{
	for (size_t i = 0; i < table->all.length && table->living; i++) {
		struct process *process = &table->all.data[i];
		if (!process->ended && has_ended(process->pid))
			reap(table, process);
	}
}

int process_table_next_ended(struct process_table *table)
{
	for (size_t i = 0; i < table->all.length; i++) {
		struct process *process = &table->all.data[i];
		if (!process->ended || process->told || process->stopped)
			continue;
		process->told = true;
		return (int)i;
	}
	return -1;
}

static void await_end(struct process *process, int64_t patience_ns)
{
	struct patience patience = patience_of(patience_ns);
	while (!has_ended(process->pid) && patience_lasts(&patience, 1)) {
		struct timespec turn = {.tv_nsec = PATIENCE_TURN_NS};
		drain(&process->streams[0]);
		drain(&process->streams[1]);
		nanosleep(&turn, NULL);
	}
}

void process_table_stop(struct process_table *table, int number, int polite, int64_t patience_ns)
{
	struct process *process = process_table_get(table, number);
	if (process->ended)
		return;
	if (has_ended(process->pid)) {
		reap(table, process);
		return;
	}
	process->stopped = true;
	if (polite) {
		kill(-process->pid, polite);
		await_end(process, patience_ns);
	}
	if (!has_ended(process->pid)) {
		kill(-process->pid, SIGKILL);
		await_end(process, REAP_NS);
	}
	reap(table, process);
}

const struct process_report *process_table_report(struct process_table *table, int number)
{
	struct process *process = process_table_get(table, number);
	bool killed = process->ended && WIFSIGNALED(process->status);
	process->report = (struct process_report){
		.pid = process->pid,
		.ended = process->ended,
		.stopped = process->stopped,
		.killed = killed,
		.code = !process->ended ? -1
			: killed        ? WTERMSIG(process->status)
					: WEXITSTATUS(process->status),
		.wall_ns =
			(process->ended ? process->ended_ns : board_now_ns()) - process->started_ns,
		.output = &process->streams[0].text,
		.errors = &process->streams[1].text,
		.cut = process->streams[0].cut || process->streams[1].cut};
	return &process->report;
}

void process_table_streams(const struct process_table *table, struct waiter *waiter)
{
	waiter->inputs.length = 0;
	for (size_t i = 0; i < table->all.length && table->living; i++) {
		for (int j = 0; j < 2; j++) {
			int fd = table->all.data[i].streams[j].fd;
			if (fd >= 0)
				VECTOR_PUSH(&waiter->inputs,
					    (struct pollfd){.fd = fd, .events = POLLIN});
		}
	}
}

void process_table_close(struct process_table *table)
{
	for (size_t i = 0; i < table->all.length; i++) {
		struct process *process = &table->all.data[i];
		process_table_stop(table, (int)i, 0, 0);
		for (int j = 0; j < 2; j++)
			text_free(&process->streams[j].text);
	}
	VECTOR_FREE(&table->all);
}
