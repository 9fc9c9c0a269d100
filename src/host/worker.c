#include "host/worker.h"

#include "host/patience.h"
#include "host/work_team.h"
#include "host/worker_refusal.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each of them: without any worker that gets there, and TURN_NS more for each that lives. */
static const int64_t READY_NS = 10000000000;
static const int64_t STOP_NS = 5000000000; /* of all that are stopped together */
static const int64_t REAP_NS = 2000000000; /* after SIGKILL */

/* What one may have to wait for the turn of another: twice the longest tick (HZ=100), all on one
 * CPU. */
static const int64_t TURN_NS = 20000000;

static const int64_t LOOK_NS = 100000000; /* at those that get ready: has one died? */

/* clone3(2): the struct of Linux 5.7; glibc 2.36 has no wrapper. */
struct clone_arguments {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};

static const uint64_t CLONE_INTO_CGROUP_FLAG = UINT64_C(0x200000000);

bool worker_pool_open(struct worker_pool *pool, struct error *error)
{
	*pool = (struct worker_pool){0};
	return board_open(&pool->board, error);
}

struct worker *worker_pool_get(struct worker_pool *pool, int worker)
{
	assert(worker >= 0 && (size_t)worker < pool->workers.length);
	return &pool->workers.data[worker];
}

struct board_worker *worker_pool_slot(struct worker_pool *pool, int worker)
{
	return &pool->board.shared->workers[worker_pool_get(pool, worker)->slot];
}

bool worker_alive(const struct worker *worker)
{
	return worker->phase == WORKER_BLOCKED || worker->phase == WORKER_RUNNING;
}

void worker_pool_unsettle(struct worker_pool *pool, int worker)
{
	atomic_store(&worker_pool_slot(pool, worker)->moved_ns, BOARD_IN_FLUX);
}

void worker_pool_settle(struct worker_pool *pool, int worker, unsigned record)
{
	struct board_worker *slot = worker_pool_slot(pool, worker);
	atomic_store(&slot->group, record);
	atomic_store(&slot->moved_ns, board_now_ns());
}

/* Has the child ended? Does not reap it, so that its pid stays its own. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid == pid;
}

/* Wait for the end of a child, with a deadline, and without a look at other children. */
static bool await_end(pid_t pid, int64_t deadline_ns)
{
	if (has_ended(pid))
		return true;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	while (fd >= 0) {
		int64_t left = deadline_ns - board_now_ns();
		if (left <= 0)
			break;
		struct timespec timeout = {.tv_sec = left / 1000000000,
					   .tv_nsec = left % 1000000000};
		struct pollfd ended = {.fd = fd, .events = POLLIN};
		if (ppoll(&ended, 1, &timeout, NULL) > 0)
			break;
	}
	if (fd >= 0)
		close(fd);
	return has_ended(pid);
}

static struct patience patience_for(const struct worker_pool *pool, int64_t idle_ns)
{
	for (size_t i = 0; i < pool->workers.length; i++)
		idle_ns += worker_alive(&pool->workers.data[i]) ? TURN_NS : 0;
	return patience_of(idle_ns);
}

/* Take leave of a child that has ended, and of what it left in its process group: the group goes
 * first, as the pid may be given to somebody else once it is reaped. */
static bool reap(pid_t pid, int *status)
{
	kill(-pid, SIGKILL);
	pid_t reaped;
	do {
		reaped = waitpid(pid, status, WNOHANG);
	} while (reaped < 0 && errno == EINTR);
	return reaped == pid;
}

static void kill_and_reap(pid_t pid, struct patience patience)
{
	int status;
	kill(pid, SIGKILL);
	patience_turn(&patience);
	while (!await_end(pid, board_now_ns() + PATIENCE_LOOK_NS) && patience_lasts(&patience, 1))
		continue;
	reap(pid, &status);
}

static void give_back(struct worker_pool *pool, struct worker *worker)
{
	board_give_worker(&pool->board, worker->slot);
	free(worker->affinity);
	worker->affinity = NULL;
	worker->phase = WORKER_REPORTED;
}

void worker_pool_kill(struct worker_pool *pool)
{
	struct patience patience = patience_for(pool, REAP_NS);
	for (size_t i = 0; i < pool->workers.length; i++) {
		if (worker_alive(&pool->workers.data[i]))
			kill(pool->workers.data[i].pid, SIGKILL);
	}
	for (size_t i = 0; i < pool->workers.length; i++) {
		struct worker *worker = &pool->workers.data[i];
		if (!worker_alive(worker))
			continue;
		kill_and_reap(worker->pid, patience);
		give_back(pool, worker);
	}
}

void worker_pool_close(struct worker_pool *pool)
{
	worker_pool_kill(pool);
	for (size_t i = 0; i < pool->workers.length; i++) {
		free(pool->workers.data[i].affinity);
		free(pool->workers.data[i].report);
	}
	VECTOR_FREE(&pool->workers);
	VECTOR_FREE(&pool->blocked);
	VECTOR_FREE(&pool->dead);
	board_close(&pool->board);
}

/* Like fork(2); straight into the group where that is to be had, as it spares the kernel the lock
 * that a later move takes. */
static pid_t fork_into(int cgroup_fd)
{
	if (cgroup_fd < 0)
		return fork();
	struct clone_arguments arguments = {
		.flags = CLONE_INTO_CGROUP_FLAG,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup_fd,
	};
	return (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
}

static bool fork_worker(struct worker_pool *pool, const struct host_spawn *spawn, int64_t index,
			const struct worker_place *place, struct team_set *teams,
			struct error *error)
{
	unsigned slot;
	struct team team;
	if (!team_set_place(teams, index, &team, error) ||
	    !board_take_worker(&pool->board, &slot, error))
		return false;
	struct board_shared *shared = pool->board.shared;
	atomic_store(&shared->workers[slot].group, place->record);
	pid_t host = getpid();
	pid_t pid = fork_into(place->cgroup_fd);
	if (pid == 0)
		worker_child(shared, &shared->workers[slot], host, spawn, index, place, &team);
	if (pid < 0) {
		int reason = errno;
		board_give_worker(&pool->board, slot);
		return error_set_errno(
			error, reason, "fork was refused after %lld of %lld workers%s",
			(long long)index, (long long)spawn->count,
			reason == EAGAIN ? " (RLIMIT_NPROC, or pids.max of a cgroup)" : "");
	}
	struct worker worker = {.pid = pid,
				.slot = slot,
				.realtime = spawn->policy.kind == POLICY_FIFO ||
					    spawn->policy.kind == POLICY_RR};
	if (spawn->affinity) {
		worker.affinity = memory_resize(NULL, sizeof(*worker.affinity));
		*worker.affinity = spawn->affinity[index];
	}
	VECTOR_PUSH(&pool->workers, worker);
	return true;
}

/* Dead before it could say a word: killed from outside (out of memory, …). */
static bool died_early(struct worker_pool *pool, size_t first, siginfo_t *how)
{
	for (size_t i = first; i < pool->workers.length; i++) {
		const struct worker *worker = &pool->workers.data[i];
		uint32_t state = atomic_load(&pool->board.shared->workers[worker->slot].state);
		if (state == BOARD_STATE_NEW && has_ended(worker->pid)) {
			waitid(P_PID, (id_t)worker->pid, how, WEXITED | WNOHANG | WNOWAIT);
			return true;
		}
	}
	return false;
}

static bool await_ready(struct worker_pool *pool, size_t first, struct error *error)
{
	struct board_shared *shared = pool->board.shared;
	struct patience patience = patience_for(pool, READY_NS);
	while (!atomic_load(&shared->placed)) {
		board_futex_wait(&shared->placed, 0, board_now_ns() + LOOK_NS);
		if (atomic_load(&shared->placed))
			break;
		uint32_t left = atomic_load(&shared->waiting);
		siginfo_t how = {0};
		if (died_early(pool, first, &how))
			return error_set(
				error, ERROR_REFUSED,
				how.si_code == CLD_EXITED
					? "a worker ended with status %d before it was ready"
					: "a worker was killed by signal %d before it was ready",
				how.si_status);
		if (!patience_lasts(&patience, left))
			return error_set(error, ERROR_REFUSED,
					 "%u of %zu workers were not ready, and for %lld s none "
					 "got ready",
					 left, pool->workers.length - first,
					 (long long)(patience.whole_ns / 1000000000));
	}
	return true;
}

static bool check_batch(struct worker_pool *pool, const struct host_spawn *spawn, size_t first,
			struct error *error)
{
	for (size_t i = first; i < pool->workers.length; i++) {
		const struct board_worker *slot = worker_pool_slot(pool, (int)i);
		if (atomic_load(&slot->state) != BOARD_STATE_READY)
			return worker_refused(spawn, (int64_t)(i - first),
					      (enum board_stage)atomic_load(&slot->stage),
					      atomic_load(&slot->refusal), error);
	}
	return true;
}

static void undo_batch(struct worker_pool *pool, size_t first)
{
	struct patience patience = patience_for(pool, REAP_NS);
	for (size_t i = first; i < pool->workers.length; i++)
		kill(pool->workers.data[i].pid, SIGKILL);
	while (pool->workers.length > first) {
		struct worker *worker = &pool->workers.data[pool->workers.length - 1];
		kill_and_reap(worker->pid, patience);
		give_back(pool, worker);
		pool->workers.length--;
	}
}

static bool fork_all(struct worker_pool *pool, const struct host_spawn *spawn,
		     const struct worker_place *place, struct error *error)
{
	struct team_set teams;
	struct worker_place own = *place;
	bool ok = team_set_open(&teams, &spawn->work, spawn->count, error);
	own.ahead = place->cgroup_fd < 0 && rank_share(pool->rank);
	for (int64_t i = 0; i < spawn->count && ok; i++)
		ok = fork_worker(pool, spawn, i, &own, &teams, error);
	if (own.ahead)
		rank_keep(pool->rank);
	team_set_close(&teams);
	return ok;
}

bool worker_pool_spawn(struct worker_pool *pool, const struct host_spawn *spawn,
		       const struct worker_place *place, int *first, struct error *error)
{
	size_t before = pool->workers.length;
	struct board_shared *shared = pool->board.shared;
	atomic_store(&shared->placed, 0);
	atomic_store(&shared->waiting, (uint32_t)spawn->count);
	bool ok = fork_all(pool, spawn, place, error);
	if (!ok || !await_ready(pool, before, error) || !check_batch(pool, spawn, before, error)) {
		undo_batch(pool, before);
		return false;
	}
	for (size_t i = before; i < pool->workers.length; i++)
		VECTOR_PUSH(&pool->blocked, (int)i);
	*first = (int)before;
	return true;
}

static void tell_blocked(struct worker_pool *pool)
{
	atomic_fetch_add(&pool->board.shared->news, 1);
	board_futex_wake_all(&pool->board.shared->news);
}

void worker_pool_release(struct worker_pool *pool)
{
	if (!pool->blocked.length)
		return;
	int64_t now = board_now_ns();
	for (size_t i = 0; i < pool->blocked.length; i++) {
		struct worker *worker = worker_pool_get(pool, pool->blocked.data[i]);
		if (worker->phase != WORKER_BLOCKED)
			continue;
		worker->phase = WORKER_RUNNING;
		atomic_store(&pool->board.shared->workers[worker->slot].released_ns, now);
	}
	pool->blocked.length = 0;
	tell_blocked(pool);
}

void worker_pool_look(struct worker_pool *pool)
{
	for (size_t i = 0; i < pool->workers.length; i++) {
		struct worker *worker = &pool->workers.data[i];
		if (!worker_alive(worker) || !has_ended(worker->pid) ||
		    !reap(worker->pid, &worker->status))
			continue;
		worker->phase = WORKER_DEAD;
		VECTOR_PUSH(&pool->dead, (int)i);
	}
}

int worker_pool_next_dead(struct worker_pool *pool)
{
	for (size_t i = 0; i < pool->dead.length; i++) {
		int number = pool->dead.data[i];
		struct worker *worker = worker_pool_get(pool, number);
		if (worker->told || worker->phase == WORKER_REPORTED)
			continue;
		worker->told = true;
		return number;
	}
	pool->dead.length = 0;
	return -1;
}

static void ask_to_stop(struct worker_pool *pool, const int *workers, size_t count)
{
	bool some_blocked = false;
	for (size_t i = 0; i < count; i++) {
		struct worker *worker = worker_pool_get(pool, workers[i]);
		if (!worker_alive(worker))
			continue;
		some_blocked |= worker->phase == WORKER_BLOCKED;
		atomic_store(&worker_pool_slot(pool, workers[i])->stop, 1);
	}
	if (some_blocked)
		tell_blocked(pool);
	for (size_t i = 0; i < count; i++) {
		struct worker *worker = worker_pool_get(pool, workers[i]);
		if (worker->phase != WORKER_RUNNING)
			continue;
		board_futex_wake_all(&worker_pool_slot(pool, workers[i])->stop);
		kill(worker->pid, SIGUSR1);
	}
}

/* A report with room for its lists behind it: one piece of memory. */
static struct worker_report *new_report(const struct board_worker *slot,
					const struct board_detail *detail)
{
	uint64_t migrations = atomic_load(&slot->migrations);
	size_t moves = migrations < BOARD_MOVES ? (size_t)migrations : BOARD_MOVES;
	size_t wakes = 0;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS && slot->waits; bucket++)
		wakes += atomic_load(&detail->wakes[bucket]) != 0;
	struct worker_report *report =
		memory_zeroed(1, sizeof(*report) + wakes * sizeof(struct histogram_count) +
					 moves * sizeof(struct worker_move));
	struct histogram_count *counts = (struct histogram_count *)(report + 1);
	struct worker_move *list = (struct worker_move *)(counts + wakes);
	report->wakes = counts;
	report->moves = list;
	for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS && report->wake_count < wakes;
	     bucket++) {
		uint64_t count = atomic_load(&detail->wakes[bucket]);
		if (count)
			counts[report->wake_count++] = (struct histogram_count){bucket, count};
	}
	for (uint64_t number = migrations - moves; number < migrations; number++) {
		const struct board_move *move = &detail->moves[number % BOARD_MOVES];
		list[report->move_count++] = (struct worker_move){atomic_load(&move->at_ns),
								  atomic_load(&move->from_cpu),
								  atomic_load(&move->to_cpu)};
	}
	return report;
}

static void fill_waits(const struct board_worker *slot, struct worker_report *report)
{
	report->delay_ns = atomic_load(&slot->delay_ns);
	report->slices = atomic_load(&slot->slices);
	report->delay_most_ns = atomic_load(&slot->delay_most_ns);
	report->delay_most_at_ns = atomic_load(&slot->delay_most_at_ns);
	report->waits = atomic_load(&slot->waits);
	report->wake_most_ns = atomic_load(&slot->wake_most_ns);
	report->wake_most_at_ns = atomic_load(&slot->wake_most_at_ns);
}

static void fill_pages(const struct board_worker *slot, const struct board_detail *detail,
		       uint64_t home_nodes, struct worker_report *report)
{
	/* Told at its very end: of a worker that was killed nothing is known. */
	bool told = atomic_load(&slot->state) == BOARD_STATE_DONE;
	report->pages = told ? atomic_load(&slot->pages) : -1;
	report->pages_moved = told ? atomic_load(&slot->pages_moved) : -1;
	for (int node = 0; node < BOARD_NODES && report->pages > 0; node++) {
		if (home_nodes >> node & 1)
			report->pages_home += (int64_t)atomic_load(&detail->node_pages[node]);
	}
}

static void fill_report(const struct board_worker *slot, struct worker_report *report)
{
	int64_t released = atomic_load(&slot->released_ns);
	int64_t sampled = atomic_load(&slot->sampled_ns);
	int64_t ended = atomic_load(&slot->ended_ns);
	report->released = true;
	report->units = atomic_load(&slot->units);
	report->iterations = atomic_load(&slot->iterations);
	report->cpu_ns = atomic_load(&slot->cpu_ns);
	report->gap_ns = atomic_load(&slot->gap_ns);
	report->gap_at_ns = atomic_load(&slot->gap_at_ns);
	report->gap_cpu = atomic_load(&slot->gap_cpu);
	report->migrations = atomic_load(&slot->migrations);
	report->strays = atomic_load(&slot->strays);
	report->stray_at_ns = atomic_load(&slot->stray_at_ns);
	report->stray_cpu = atomic_load(&slot->stray_cpu);
	for (int i = 0; i < CPUSET_WORDS; i++)
		report->cpus.words[i] = atomic_load(&slot->cpus[i]);
	int64_t started = atomic_load(&slot->started_ns);
	report->start_ns = started ? started - released : -1;
	if (!sampled)
		sampled = released;
	report->wall_ns = (ended ? ended : sampled) - released;
	if (report->end != WORKER_STUCK)
		return;
	/* It has been wanting to run ever since. */
	int64_t now = board_now_ns();
	report->wall_ns = now - released;
	if (now - sampled > report->gap_ns) {
		report->gap_ns = now - sampled;
		report->gap_at_ns = now - released;
	}
}

static void make_report(struct worker_pool *pool, int number)
{
	struct worker *worker = worker_pool_get(pool, number);
	const struct board_worker *slot = worker_pool_slot(pool, number);
	const struct board_detail *detail = &pool->board.shared->details[worker->slot];
	struct worker_report *report = new_report(slot, detail);
	report->worker = number;
	report->pid = worker->pid;
	report->group = worker->last_group;
	if (worker->stuck) {
		report->end = WORKER_STUCK;
	} else if (WIFSIGNALED(worker->status)) {
		report->end = WORKER_KILLED;
		report->end_code = WTERMSIG(worker->status);
	} else if (WEXITSTATUS(worker->status) != 0 || !atomic_load(&slot->stop)) {
		report->end = WORKER_EXITED;
		report->end_code = WEXITSTATUS(worker->status);
	} else {
		report->end = WORKER_STOPPED;
	}
	if (atomic_load(&slot->released_ns)) {
		report->released_ns = atomic_load(&slot->released_ns) - pool->zero_ns;
		fill_report(slot, report);
		fill_waits(slot, report);
		fill_pages(slot, detail, worker->home_nodes, report);
	}
	worker->report = report;
	give_back(pool, worker);
}

static bool still_runs(const struct worker *worker)
{
	return worker_alive(worker) && !has_ended(worker->pid);
}

/* Wait until all of them have ended, or until none did for so long. */
static void await_ends(struct worker_pool *pool, const int *workers, size_t count, int64_t idle_ns)
{
	struct patience patience = patience_for(pool, idle_ns);
	for (size_t i = 0; i < count; i++) {
		const struct worker *worker = worker_pool_get(pool, workers[i]);
		while (worker_alive(worker) &&
		       !await_end(worker->pid, board_now_ns() + PATIENCE_LOOK_NS)) {
			size_t running = 0;
			for (size_t k = i; k < count; k++)
				running += still_runs(worker_pool_get(pool, workers[k]));
			if (!patience_lasts(&patience, running))
				return;
		}
	}
}

void worker_pool_stop(struct worker_pool *pool, const int *workers, size_t count)
{
	bool some_stuck = false;
	ask_to_stop(pool, workers, count);
	await_ends(pool, workers, count, STOP_NS);
	for (size_t i = 0; i < count; i++) {
		struct worker *worker = worker_pool_get(pool, workers[i]);
		if (!still_runs(worker))
			continue;
		some_stuck = worker->stuck = true;
		kill(worker->pid, SIGKILL);
	}
	if (some_stuck)
		await_ends(pool, workers, count, REAP_NS);
	for (size_t i = 0; i < count; i++) {
		struct worker *worker = worker_pool_get(pool, workers[i]);
		if (worker->phase == WORKER_REPORTED)
			continue;
		if (worker->phase != WORKER_DEAD)
			reap(worker->pid, &worker->status);
		make_report(pool, workers[i]);
	}
}
