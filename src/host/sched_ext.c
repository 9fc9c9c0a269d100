#include "host/sched_ext.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

/* One record of the log: "priority,number,time,flags;sched_ext: …". The kernel tells an end as
 *     sched_ext: BPF scheduler "NAME" disabled (REASON)
 *     sched_ext: NAME: MESSAGE
 * and then the stack that led to it. */
static void take_record(const char *record, struct sched_ext_state *state)
{
	char *reason = state->reason;
	const size_t room = sizeof(state->reason);
	static const char prefix[] = "sched_ext: ", verb[] = "\" disabled (";
	const char *text = strchr(record, ';'), *at;
	if (!text || strncmp(text + 1, prefix, sizeof(prefix) - 1) != 0)
		return;
	text += sizeof(prefix);
	int length = (int)strcspn(text, "\n");
	if ((at = strstr(text, verb))) {
		at += sizeof(verb) - 1;
		snprintf(reason, room, "%.*s", (int)strcspn(at, ")\n"), at);
		const char *comma = strchr(record, ',');
		state->reason_number = comma ? strtoull(comma + 1, NULL, 10) : 0;
	} else if (*reason && !strchr(reason, ':') && (at = strstr(text, ": ")) &&
		   at < text + length) {
		size_t used = strlen(reason);
		snprintf(reason + used, room - used, ": %.*s", (int)strcspn(at + 2, "\n"), at + 2);
	}
}

/* Of the last scheduler that ended. */
static void read_reason(struct sched_ext_state *state)
{
	char record[1024];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t got;
	while (fd >= 0 &&
	       ((got = read(fd, record, sizeof(record) - 1)) > 0 || (got < 0 && errno == EPIPE))) {
		record[got > 0 ? got : 0] = '\0';
		take_record(record, state);
	}
	if (fd >= 0)
		close(fd);
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
	if (!state->enabled && state->enable_seq)
		read_reason(state);
}
