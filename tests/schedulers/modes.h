/* What the test scheduler does wrong; shared by its two halves. */
#ifndef KTSTR_TESTS_MODES_H
#define KTSTR_TESTS_MODES_H

enum mode {
	MODE_FIFO,   /* nothing: first come, first served */
	MODE_STARVE, /* one worker waits for ever */
	MODE_STICK,  /* a worker stays on the CPU where it was first, whatever its affinity says */
	MODE_SLOW,   /* each dispatch takes its time */
};

enum { SLOW_NS = 20000000, DUMP_BYTES = 16384 };

#endif
