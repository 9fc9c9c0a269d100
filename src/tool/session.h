/*
 * session: what one run of programs has come to, and its way to the user. `ktstr exec` fills it
 * from the machine; `ktstr vm exec` where a guest was lost that would have done it.
 *
 * In a guest `ktstr exec` tells its progress on the descriptor GUEST_STATUS_FD: a line "begin"
 * before each scenario and a line with its status behind it.
 */
#ifndef KTSTR_TOOL_SESSION_H
#define KTSTR_TOOL_SESSION_H

#include "report/report.h"
#include "tool/ktstr.h"
#include "tool/progress.h"
#include "tool/schedule.h"

struct session {
	struct ktstr_options options;
	struct ktstr_programs programs;
	struct schedule schedule;
	struct host *host;
	struct environment environment;
	VECTOR(struct result) results;
	VECTOR(struct source_set *) sources; /* of each result */
	struct text *capture;                /* in place of standard output; NULL: none */
	int output_failed;                   /* the errno of it */
	struct progress_line progress;
};

/* Longer than anything but a hang: half as long again as the scenario can take, and what a slow
 * machine may need for set-up, clean-up and the turns of loops; 0: not known. The bound of the
 * check is not used where it is that of the largest machine, or holds for other params or settings.
 */
int64_t session_patience_ns(const struct run_options *options, const struct topology *topology,
			    const struct program *program, size_t index);

/* Write the closing report to standard output and every --report; the exit code of the whole. */
int session_finish(struct session *session);
void session_free(struct session *session);

#endif
