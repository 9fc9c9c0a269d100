#include "host/board.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Where overcommit is forbidden, the kernel ignores MAP_NORESERVE and wants the whole size to be
 * there. A memfd is charged page by page as they are written:
 * Documentation/mm/overcommit-accounting.
 */
static void *map_memfd(size_t size)
{
	int fd = memfd_create("ktstr-board", MFD_CLOEXEC);
	void *memory = MAP_FAILED;
	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int reason = errno;
	if (fd >= 0)
		close(fd);
	errno = reason;
	return memory;
}

bool board_open(struct board *board, struct error *error)
{
	*board = (struct board){0};
	size_t size = sizeof(*board->shared);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		memory = map_memfd(size);
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
	/* What was never written stays untouched, so that it takes no memory. */
	struct board_worker *slot = &board->shared->workers[*number];
	struct board_detail *detail = &board->shared->details[*number];
	if (slot->waits)
		memset(detail->wakes, 0, sizeof(detail->wakes));
	if (slot->pages > 0)
		memset(detail->node_pages, 0, sizeof(detail->node_pages));
	memset(slot, 0, sizeof(*slot));
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
