/* What the kernel tells of processes and of the machine, for metrics that are looked at while a
 * scenario runs. */
#include "host/cgroupfs.h"
#include "host/host_real.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process_state {
	char state;    /* R running or runnable, S, D, T stopped, Z, … */
	uint64_t born; /* in clock ticks since boot */
	int cpu;
};

/* Fields 3, 22 and 39 of /proc/PID/stat (proc(5)); field 2, the command, ends with the last ')'. */
static bool read_process(pid_t pid, struct process_state *process)
{
	char path[64], line[1024];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);
	if (fd >= 0)
		close(fd);
	line[got > 0 ? got : 0] = '\0';
	char *at = strrchr(line, ')');
	if (!at || strlen(at) < 3)
		return false;
	*process = (struct process_state){.state = at[2], .cpu = -1};
	for (int field = 3; field <= 39 && at; field++) {
		at = strchr(at + 1, ' ');
		if (at && field == 22)
			process->born = strtoull(at, NULL, 10);
		else if (at && field == 39)
			process->cpu = (int)strtol(at, NULL, 10);
	}
	return true;
}

bool host_real_look(struct host *host, int number, bool state, struct worker_look *look)
{
	struct real_host *real = (struct real_host *)host;
	const struct worker *worker = worker_pool_get(&real->pool, number);
	const struct group *group = group_tree_get(&real->tree, group_tree_of(&real->tree, number));
	struct process_state process;
	if (!worker_alive(worker) || !group)
		return false;
	*look = (struct worker_look){
		.units = atomic_load(&worker_pool_slot(&real->pool, number)->units), .cpu = -1};
	if (!state)
		return true;
	if (!read_process(worker->pid, &process))
		return false;
	look->cpu = process.cpu;
	look->runnable = process.state == 'R';
	look->halted = (process.state == 'T' || process.state == 't') &&
		       !group_tree_frozen(&real->tree, group);
	return true;
}

bool host_real_process_lives(struct host *host, pid_t pid, uint64_t *born)
{
	(void)host;
	struct process_state process;
	if (!read_process(pid, &process) || strchr("ZXx", process.state))
		return false;
	*born = process.born;
	return true;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=12": Documentation/accounting/psi.rst; in us. */
bool host_real_read_pressure(int directory, const char *group, const char *file, int64_t *waited_ns)
{
	struct text line = {0};
	bool ok = cgroupfs_read(directory, group, file, &line);
	const char *total = ok ? strstr(text_string(&line), "total=") : NULL;
	if (total)
		*waited_ns = strtoll(total + strlen("total="), NULL, 10) * 1000;
	text_free(&line);
	return total != NULL;
}

bool host_real_group_pressure(struct host *host, int group, int64_t *waited_ns, struct error *error)
{
	(void)host;
	(void)group;
	return host_real_read_pressure(AT_FDCWD, "/proc/pressure", "cpu", waited_ns) ||
	       error_set(error, ERROR_UNAVAILABLE,
			 "this kernel tells no pressure (/proc/pressure/cpu: CONFIG_PSI, psi=1)");
}

bool host_real_group_throttled(struct host *host, int group, int64_t *periods, struct error *error)
{
	(void)host;
	(void)group;
	(void)periods;
	return error_set(error, ERROR_UNAVAILABLE, "without cgroups nothing is throttled");
}

static bool counts_delays(void)
{
	struct text line = {0};
	/* Without CONFIG_SCHED_INFO it is all zeros, and we have run already. */
	bool ok = cgroupfs_read(AT_FDCWD, "/proc/self", "schedstat", &line) &&
		  strcmp(text_string(&line), "0 0 0") != 0;
	text_free(&line);
	return ok;
}

bool host_can_tell_nodes(const struct topology *topology, struct error *error)
{
	return topology->node_count > 1 ||
	       error_set(error, ERROR_UNAVAILABLE, "this machine has only one memory node");
}

bool host_real_can_tell(struct host *host, enum host_figure figure, struct error *error)
{
	int64_t value;
	switch (figure) {
	case HOST_FIGURE_DELAY:
		return counts_delays() || error_set(error, ERROR_UNAVAILABLE,
						    "this kernel does not count how long tasks "
						    "wait for a CPU (CONFIG_SCHED_INFO)");
	case HOST_FIGURE_NODES:
		return host_can_tell_nodes(&host->topology, error);
	case HOST_FIGURE_PRESSURE:
		return host->verbs->group_pressure(host, HOST_GROUP_ROOT, &value, error);
	case HOST_FIGURE_THROTTLING:
		return host->verbs->group_throttled(host, HOST_GROUP_ROOT, &value, error);
	}
	return true;
}
