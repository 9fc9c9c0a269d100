/*
 * As many processes as it is told, made and ended by the barest means: what the kernel itself takes
 * for them. Prints the ms that making and ending them took, without the hold in between.
 *
 *     bare_processes COUNT HOLD_MS
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int count, char **arguments)
{
	if (count != 3)
		return 2;
	size_t processes = strtoul(arguments[1], NULL, 10), made = 0;
	pid_t *pids = calloc(processes, sizeof(*pids));
	double start = now_ms();
	for (; pids && made < processes; made++) {
		pids[made] = fork();
		if (pids[made] < 0)
			break;
		if (pids[made] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			pause();
			_exit(0);
		}
	}
	double making = now_ms() - start;
	usleep((useconds_t)strtoul(arguments[2], NULL, 10) * 1000);
	start = now_ms();
	for (size_t i = 0; i < made; i++)
		kill(pids[i], SIGKILL);
	for (size_t i = 0; i < made; i++)
		waitpid(pids[i], NULL, 0);
	printf("%.3f\n", making + now_ms() - start);
	free(pids);
	return made < processes;
}
