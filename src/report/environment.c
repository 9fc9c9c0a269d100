#include "report/report.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

static void read_first_line(const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "re");
	out[0] = '\0';
	if (!file)
		return;
	if (!fgets(out, (int)size, file))
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	fclose(file);
}

static void read_cpu_model(char *out, size_t size)
{
	char line[256];
	FILE *file = fopen("/proc/cpuinfo", "re");
	out[0] = '\0';
	while (file && !out[0] && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');
		if (strncmp(line, "model name", 10) == 0 && colon) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(out, size, "%s", colon + 2);
		}
	}
	if (file)
		fclose(file);
}

void environment_read(struct environment *environment, const struct host *host, uint64_t seed)
{
	struct utsname name;
	*environment = (struct environment){.host = host->info, .seed = seed};
	time_t now = time(NULL);
	struct tm utc;
	if (gmtime_r(&now, &utc))
		strftime(environment->started, sizeof(environment->started), "%Y-%m-%dT%H:%M:%SZ",
			 &utc);
	if (uname(&name) == 0) {
		snprintf(environment->hostname, sizeof(environment->hostname), "%.64s",
			 name.nodename);
		snprintf(environment->kernel, sizeof(environment->kernel), "%.40s %.70s %.40s",
			 name.sysname, name.release, name.machine);
	}
	read_first_line("/proc/cmdline", environment->cmdline, sizeof(environment->cmdline));
	read_cpu_model(environment->cpu_model, sizeof(environment->cpu_model));
	memcpy(environment->topology, host->topology.name, sizeof(environment->topology));
	environment->cpu_count = host->topology.cpu_count;
	environment->core_count = host->topology.core_count;
	environment->llc_count = host->topology.llc_count;
	environment->node_count = host->topology.node_count;
}
