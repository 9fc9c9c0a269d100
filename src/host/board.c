#include "host/board.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool board_open(struct board *board, struct error *error)
{
	*board = (struct board){0};
	void *memory = mmap(NULL, sizeof(*board->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return error_set_errno(error, errno, "no memory to share with workers");
	board->shared = memory;
	return true;
}

void board_close(struct board *board)
{
	if (board->shared)
		munmap(board->shared, sizeof(*board->shared));
	VECTOR_FREE(&board->groups.given_back);
	VECTOR_FREE(&board->workers.given_back);
	board->shared = NULL;
}

static bool take(struct board_numbers *numbers, unsigned limit, unsigned *number)
{
	if (numbers->given_back.length)
		*number = numbers->given_back.data[--numbers->given_back.length];
	else if (numbers->taken < limit)
		*number = numbers->taken++;
	else
		return false;
	return true;
}

bool board_take_group(struct board *board, const struct cpuset *cpus, unsigned *number,
		      struct error *error)
{
	if (!take(&board->groups, BOARD_GROUPS, number))
		return error_set(error, ERROR_REFUSED,
				 "there can be no more than %d cgroups at a time", BOARD_GROUPS);
	board_group_settle(board, *number, cpus);
	return true;
}

void board_give_group(struct board *board, unsigned number)
{
	VECTOR_PUSH(&board->groups.given_back, number);
}

bool board_take_worker(struct board *board, unsigned *number, struct error *error)
{
	if (!take(&board->workers, BOARD_WORKERS, number))
		return error_set(error, ERROR_REFUSED,
				 "there can be no more than %d workers at a time", BOARD_WORKERS);
	memset(&board->shared->workers[*number], 0, sizeof(board->shared->workers[*number]));
	return true;
}

void board_give_worker(struct board *board, unsigned number)
{
	VECTOR_PUSH(&board->workers.given_back, number);
}

void board_group_unsettle(struct board *board, unsigned number)
{
	atomic_store(&board->shared->groups[number].changed_ns, BOARD_IN_FLUX);
}

void board_group_settle(struct board *board, unsigned number, const struct cpuset *cpus)
{
	struct board_group *group = &board->shared->groups[number];
	board_group_unsettle(board, number);
	atomic_thread_fence(memory_order_release); /* no part of the set before the mark */
	for (int i = 0; i < CPUSET_WORDS; i++)
		atomic_store_explicit(&group->cpus[i], cpus->words[i], memory_order_relaxed);
	atomic_store(&group->changed_ns, board_now_ns());
}

int64_t board_now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void board_futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns)
{
	struct timespec until = {.tv_sec = deadline_ns / 1000000000,
				 .tv_nsec = deadline_ns % 1000000000};
	/* FUTEX_WAIT_BITSET takes an absolute time, of CLOCK_MONOTONIC by default: futex(2). */
	syscall(SYS_futex, word, FUTEX_WAIT_BITSET, value, deadline_ns == INT64_MAX ? NULL : &until,
		NULL, FUTEX_BITSET_MATCH_ANY);
}

void board_futex_wake_all(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
