#include "host/cpu_state.h"

#include "host/host_real.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool read_file(int directory, const char *name, char *content, size_t size)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, content, size - 1);
	close(fd);
	content[length < 0 ? 0 : length] = '\0';
	return length > 0;
}

/* Of each CPU; the number is the bit of cpu_state.untold. */
enum number { LIMIT, CORE_THROTTLED, PACKAGE_THROTTLED };
static const char *const files[] = {"cpufreq/scaling_max_freq",
				    "thermal_throttle/core_throttle_count",
				    "thermal_throttle/package_throttle_count"};

/* 0 where it is not told. */
static int64_t read_number(int directory, int cpu, enum number which, unsigned *untold)
{
	char path[64], content[32];
	int64_t number = 0;
	if (*untold & 1U << which)
		return 0;
	snprintf(path, sizeof(path), "cpu%d/%s", cpu, files[which]);
	errno = 0; /* what can be read, but is empty, sets none */
	if (read_file(directory, path, content, sizeof(content)))
		sscanf(content, "%" SCNd64, &number);
	else if (errno == ENOENT)
		*untold |= 1U << which;
	return number;
}

void cpu_state_read(const char *folder, struct cpu_state *states, int count)
{
	char list[4096];
	struct cpuset online;
	int directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool told = directory >= 0 && read_file(directory, "online", list, sizeof(list)) &&
		    cpuset_parse(&online, list);
	for (int cpu = 0; cpu < count; cpu++) {
		struct cpu_state *state = &states[cpu];
		*state = (struct cpu_state){.online = !told || cpuset_has(&online, cpu),
					    .untold = state->untold};
		if (!told || !state->online)
			continue;
		unsigned *untold = &state->untold;
		state->limit_khz = read_number(directory, cpu, LIMIT, untold);
		state->throttled = read_number(directory, cpu, CORE_THROTTLED, untold) +
				   read_number(directory, cpu, PACKAGE_THROTTLED, untold);
	}
	if (directory >= 0)
		close(directory);
}

void host_real_cpu_states(struct host *host, struct cpu_state *states, int count)
{
	(void)host;
	cpu_state_read("/sys/devices/system/cpu", states, count);
}
