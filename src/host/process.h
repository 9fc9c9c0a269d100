/*
 * process: programs that a real host starts beside its workers: payloads and schedulers. Makes
 * them, keeps what they print, notices their ends, ends them. Knows processes and pipes; of groups
 * only the doors through which a new process enters one.
 *
 * The table owns the processes. Each is a process group of its own, dies with the host
 * (PR_SET_PDEATHSIG), reads nothing (/dev/null), and has its standard output and error kept, up to
 * PROCESS_OUTPUT_MAX bytes each. Processes are numbered from 0 and keep their numbers.
 */
#ifndef KTSTR_HOST_PROCESS_H
#define KTSTR_HOST_PROCESS_H

#include "base/text.h"
#include "base/vector.h"
#include "host/host.h"
#include "host/wait.h"
#include "host/worker_child.h"

enum { PROCESS_OUTPUT_MAX = 16 << 20 };

struct process_stream {
	int fd; /* our end of the pipe; -1: closed */
	struct text text;
	bool cut; /* there was more */
};

struct process {
	pid_t pid;
	bool ended; /* and reaped: `status` is that of wait(2) */
	bool told;
	bool stopped; /* we ended it */
	int status;
	int64_t started_ns; /* raw CLOCK_MONOTONIC */
	int64_t ended_ns;
	struct process_stream streams[2]; /* output, error */
	struct process_report report;
};

struct process_table {
	VECTOR(struct process) all;
	int living;
};

/* Start a program in the group behind `place`. When this returns true, its exec(3) has succeeded;
 * unless `frozen`: then it may not have got so far yet. */
bool process_table_start(struct process_table *table, const char *const *argv,
			 const struct worker_place *place, bool frozen, int *number,
			 struct error *error);
/* Read what there is to read; end-of-file closes a stream. */
void process_table_drain(struct process_table *table);
/* Reap those that ended by themselves, with what they left in their process groups. */
void process_table_look(struct process_table *table);
/* One that ended by itself and of which nobody was told, -1 if there is none. */
int process_table_next_ended(struct process_table *table);
/* End it: `polite` (0: none) to its process group first, SIGKILL after `patience_ns` or at once. */
void process_table_stop(struct process_table *table, int number, int polite, int64_t patience_ns);
const struct process_report *process_table_report(struct process_table *table, int number);
struct process *process_table_get(struct process_table *table, int number);
/* The streams that are open, to be waited for; how many there are. */
void process_table_streams(const struct process_table *table, struct waiter *waiter);
/* Kills what still lives, and gives back everything. */
void process_table_close(struct process_table *table);

#endif
