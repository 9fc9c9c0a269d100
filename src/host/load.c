/* What the CPUs of this machine are doing, from /proc/stat. */
#include "host/host_real.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One line "cpuN user nice system idle iowait irq softirq steal …", in clock ticks; guest time is
 * in user and nice already (proc(5)). */
static void read_line(const char *line, struct cpu_load *loads, int count)
{
	int cpu;
	long long user, nice, system, idle, iowait, irq, softirq, steal = 0;
	if (sscanf(line, "cpu%d %lld %lld %lld %lld %lld %lld %lld %lld", &cpu, &user, &nice,
		   &system, &idle, &iowait, &irq, &softirq, &steal) < 8)
		return;
	if (cpu < 0 || cpu >= count)
		return;
	int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
	loads[cpu].busy_ns = (user + nice + system + irq + softirq) * tick_ns;
	loads[cpu].stolen_ns = steal * tick_ns;
}

void host_real_load(struct host *host, struct cpu_load *loads, int count)
{
	char line[512];
	(void)host;
	memset(loads, 0, (size_t)count * sizeof(*loads));
	FILE *file = fopen("/proc/stat", "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		read_line(line, loads, count);
	fclose(file);
}
