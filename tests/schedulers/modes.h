/* What the test scheduler does wrong; shared by its two halves. */
#ifndef KTSTR_TESTS_MODES_H
#define KTSTR_TESTS_MODES_H

enum mode {
	MODE_FIFO,   /* nothing: first come, first served */
	MODE_STARVE, /* one worker waits for ever */
	MODE_STICK,  /* a worker stays on the CPU where it was first, whatever its affinity says */
	MODE_SLOW,   /* tasks are handed out only now and then */
};

enum { DUMP_BYTES = 16384 };

/* How often, and for how long, a slow one hands out tasks. */
#define SLOW_EVERY_NS 100000000ULL
#define SLOW_FOR_NS   5000000ULL

#endif
