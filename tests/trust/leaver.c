/* A hook that leaves a process behind: in a session of its own, child of nobody, deaf to what can be
 * ignored. */
#include <ktstr.h>

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

KTSTR_HOOK(leave, VOID)
static void leave(struct ktstr_context *ctx)
{
	(void)ctx;
	if (fork())
		return;
	setsid();
	if (fork())
		_exit(0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_NAME, "kts-left");
	for (;;)
		pause();
}
