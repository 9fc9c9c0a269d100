#include "host/work_team.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static bool has_pipes(enum work_kind kind)
{
	return kind == WORK_pipe_io || kind == WORK_cache_pipe;
}

static void close_pipes(struct team_set *set)
{
	for (int i = 0; i < TEAM_PIPE_FDS; i++) {
		if (set->pipes[i] >= 0)
			close(set->pipes[i]);
		set->pipes[i] = -1;
	}
}

bool team_set_open(struct team_set *set, const struct work *work, int64_t count,
		   struct error *error)
{
	*set = (struct team_set){.size = work_members(work), .piped = has_pipes(work->kind)};
	for (int i = 0; i < TEAM_PIPE_FDS; i++)
		set->pipes[i] = -1;
	if (set->size < 2 || set->piped)
		return true;
	int64_t teams = (count + set->size - 1) / set->size;
	set->stride = sizeof(struct team_shared) + (size_t)set->size * sizeof(struct team_member);
	set->bytes = (size_t)teams * set->stride;
	void *memory =
		mmap(NULL, set->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return error_set_errno(error, errno, "no memory to share for %s",
				       work_table[work->kind].name);
	set->memory = memory;
	return true;
}

static bool open_pipes(struct team_set *set, struct error *error)
{
	close_pipes(set);
	if (pipe2(set->pipes, O_CLOEXEC) == 0 && pipe2(set->pipes + 2, O_CLOEXEC) == 0)
		return true;
	return error_set_errno(error, errno, "no pipes for a pair of workers");
}

bool team_set_place(struct team_set *set, int64_t index, struct team *team, struct error *error)
{
	*team = (struct team){.size = set->size, .member = index % set->size};
	if (set->memory)
		team->shared =
			(struct team_shared *)(void *)(set->memory +
						       (size_t)(index / set->size) * set->stride);
	if (set->piped && team->member == 0 && !open_pipes(set, error))
		return false;
	for (int i = 0; i < TEAM_PIPE_FDS; i++)
		team->pipes[i] = set->pipes[i];
	return true;
}

void team_set_close(struct team_set *set)
{
	close_pipes(set);
	if (set->memory)
		munmap(set->memory, set->bytes);
	set->memory = NULL;
}
