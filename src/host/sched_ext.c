#include "host/sched_ext.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHED_EXT_FOLDER "/sys/kernel/sched_ext/"

/* The first line of a file; false, and "", when it cannot be read. */
static bool read_line(const char *path, char *line, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, line, room - 1) : -1;
	if (fd >= 0)
		close(fd);
	line[got > 0 ? got : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return got >= 0;
}

void sched_ext_read(struct sched_ext_state *state)
{
	char word[32], number[32];
	*state = (struct sched_ext_state){0};
	state->available = read_line(SCHED_EXT_FOLDER "state", word, sizeof(word));
	state->enabled = strcmp(word, "enabled") == 0;
	read_line(SCHED_EXT_FOLDER "root/ops", state->ops, sizeof(state->ops));
	if (read_line(SCHED_EXT_FOLDER "enable_seq", number, sizeof(number)))
		state->enable_seq = strtoull(number, NULL, 10);
}
