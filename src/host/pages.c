#include "host/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pages_have_nodes(void)
{
	char list[64] = "";
	FILE *file = fopen("/sys/devices/system/node/has_memory", "re");
	if (!file)
		return false;
	bool read = fgets(list, sizeof(list), file) != NULL;
	fclose(file);
	return read && strpbrk(list, ",-");
}

void pages_count_line(const char *line, uint64_t *counts, size_t nodes)
{
	if (strstr(line, " file="))
		return;
	for (const char *at = strstr(line, " N"); at; at = strstr(at + 1, " N")) {
		unsigned long node;
		unsigned long long pages;
		if (sscanf(at, " N%lu=%llu", &node, &pages) == 2 && node < nodes)
			counts[node] += pages;
	}
}

int64_t pages_count(uint64_t *counts, size_t nodes)
{
	char *line = NULL;
	size_t room = 0;
	int64_t sum = 0;
	FILE *file = fopen("/proc/self/numa_maps", "re");
	if (!file)
		return -1;
	while (getline(&line, &room, file) > 0)
		pages_count_line(line, counts, nodes);
	free(line);
	fclose(file);
	for (size_t node = 0; node < nodes; node++)
		sum += (int64_t)counts[node];
	return sum;
}

/* The number behind `name` on the line that begins with it; -1 if there is none. */
static int64_t number_in(const char *path, const char *name)
{
	char line[256];
	long long number = -1;
	FILE *file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, strlen(name)) == 0 &&
		    sscanf(line + strlen(name), " %*[:] %lld", &number) < 1)
			sscanf(line + strlen(name), " %lld", &number);
	}
	fclose(file);
	return number;
}

int64_t pages_moved(void)
{
	int64_t own = number_in("/proc/thread-self/sched", "numa_pages_migrated");
	return own >= 0 ? own : number_in("/proc/vmstat", "numa_pages_migrated");
}
