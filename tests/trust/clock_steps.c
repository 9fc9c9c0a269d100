/* Preloaded: the wall clock steps by hours, there and back, whenever somebody looks at it. Each look
 * of a program is a byte in the file KTS_CLOCK_LOOKS. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*next)(clockid_t, struct timespec *);
	static int looks;
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	int result = next(clock, now);
	if (clock != CLOCK_REALTIME)
		return result;
	now->tv_sec += looks++ % 2 ? -7200 : 7200;
	const char *path = getenv("KTS_CLOCK_LOOKS");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	if (fd >= 0) {
		ssize_t done = write(fd, ".", 1);
		(void)done;
		close(fd);
	}
	return result;
}
