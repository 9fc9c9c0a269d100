#include "host/cpu_state.h"

#include "host/host_real.h"

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

/* 0 where it is not told. */
static int64_t read_number(int directory, int cpu, const char *name)
{
	char path[64], content[32];
	int64_t number = 0;
	snprintf(path, sizeof(path), "cpu%d/%s", cpu, name);
	if (!read_file(directory, path, content, sizeof(content)) ||
	    sscanf(content, "%" SCNd64, &number) != 1)
		return 0;
	return number;
}

void cpu_state_read(const char *folder, struct cpu_state *states, int count)
{
	char list[4096];
	struct cpuset online;
	memset(states, 0, (size_t)count * sizeof(*states));
	int directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool told = directory >= 0 && read_file(directory, "online", list, sizeof(list)) &&
		    cpuset_parse(&online, list);
	for (int cpu = 0; cpu < count; cpu++) {
		states[cpu].online = !told || cpuset_has(&online, cpu);
		if (!told || !states[cpu].online)
			continue;
		states[cpu].limit_khz = read_number(directory, cpu, "cpufreq/scaling_max_freq");
		states[cpu].throttled =
			read_number(directory, cpu, "thermal_throttle/core_throttle_count") +
			read_number(directory, cpu, "thermal_throttle/package_throttle_count");
	}
	if (directory >= 0)
		close(directory);
}

void host_real_cpu_states(struct host *host, struct cpu_state *states, int count)
{
	(void)host;
	cpu_state_read("/sys/devices/system/cpu", states, count);
}
