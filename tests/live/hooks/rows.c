/* One hook for each thing that the context offers: each fails with what it saw when that is not
 * what it should be. Built outside of the source tree, against the installed library. */
#include <ktstr.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS 1000000

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return ktstr_fail(ctx, "line %d: %s; %s", __LINE__, #condition,            \
					  ktstr_error(ctx));                                       \
	} while (0)

/* ctx.cgroups: create, set cpuset, move_task, move_tasks, remove. */
KTSTR_HOOK(row_cgroups, VERDICT)
static struct ktstr_verdict row_cgroups(struct ktstr_context *ctx)
{
	struct ktstr_cgroups *cgroups = ctx->cgroups;
	struct ktstr_cpuset one = ktstr_cpuset_slice(ctx->topo->all, 0, 1), seen = {{0}};
	struct ktstr_work work = {.workers = 2};
	int64_t pids[4], tasks = -1;
	CHECK(ktstr_cgroup_create(cgroups, "outer"));
	CHECK(ktstr_cgroup_create(cgroups, "outer/inner"));
	CHECK(!ktstr_cgroup_create(cgroups, "outer") && strstr(ktstr_error(ctx), "exists"));
	CHECK(!ktstr_cgroup_create(cgroups, "../up") && ktstr_error(ctx)[0]);
	CHECK(!ktstr_cgroup_create(cgroups, "no/parent"));
	CHECK(ktstr_cgroup_set_cpuset(cgroups, "outer", &one));
	CHECK(ktstr_cgroup_get_cpuset(cgroups, "outer/inner", &seen));
	CHECK(memcmp(&one, &seen, sizeof(one)) == 0);
	CHECK(ktstr_cgroup_clear_cpuset(cgroups, "outer"));
	CHECK(ktstr_cgroup_get_cpuset(cgroups, "outer", &seen));
	CHECK(ktstr_cpuset_count(&seen) == ctx->topo->total_cpus);
	struct ktstr_handle workers = ktstr_spawn(ctx, "left", &work);
	CHECK(workers.number && ktstr_hold(ctx, 30 * MS));
	CHECK(ktstr_pids(ctx, workers, pids, 4) == 2 && pids[0] > 0 && pids[1] > 0);
	CHECK(ktstr_cgroup_move_task(cgroups, "outer/inner", pids[0]));
	CHECK(ktstr_cgroup_count_tasks(cgroups, "outer/inner", &tasks) && tasks == 1);
	CHECK(ktstr_cgroup_move_tasks(cgroups, "outer/inner", pids, 2));
	CHECK(ktstr_cgroup_count_tasks(cgroups, "outer/inner", &tasks) && tasks == 2);
	CHECK(ktstr_move(ctx, workers, "left"));
	CHECK(ktstr_cgroup_count_tasks(cgroups, "left", &tasks) && tasks == 2);
	CHECK(!ktstr_cgroup_move_task(cgroups, "left", 1) && strstr(ktstr_error(ctx), "descend"));
	CHECK(ktstr_cgroup_freeze(cgroups, "left", true) &&
	      ktstr_cgroup_freeze(cgroups, "left", false));
	CHECK(ktstr_cgroup_remove(cgroups, "outer"));
	CHECK(!ktstr_cgroup_remove(cgroups, "outer") && strstr(ktstr_error(ctx), "no cgroup"));
	return ktstr_pass();
}

/* A child of the hook itself is moved, too. */
KTSTR_HOOK(row_own_task, VERDICT)
static struct ktstr_verdict row_own_task(struct ktstr_context *ctx)
{
	int64_t tasks = -1;
	pid_t child = fork();
	if (child == 0) {
		sleep(60);
		_exit(0);
	}
	bool moved = ktstr_cgroup_move_task(ctx->cgroups, "left", child);
	bool counted = ktstr_cgroup_count_tasks(ctx->cgroups, "left", &tasks);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK(moved && counted && tasks == 1);
	return ktstr_pass();
}

/* ctx.topo. */
KTSTR_HOOK(row_topo, VERDICT, INT, INT, INT, CPUSET, CPUSET)
static struct ktstr_verdict row_topo(struct ktstr_context *ctx, int64_t cpus, int64_t llcs,
				     int64_t nodes, const struct ktstr_cpuset *usable,
				     const struct ktstr_cpuset *llc)
{
	const struct ktstr_topology *topo = ctx->topo;
	int list[KTSTR_CPUS_MAX];
	static struct ktstr_cpuset sets[64];
	char text[64];
	struct ktstr_cpuset all = ktstr_topology_all_cpuset(topo), read;
	struct ktstr_cpuset own = ktstr_topology_usable_cpuset(topo);
	struct ktstr_cpuset first = ktstr_topology_llc_aligned_cpuset(topo, 0);
	struct ktstr_cpuset none = ktstr_topology_llc_aligned_cpuset(topo, 1000);
	CHECK(ktstr_topology_total_cpus(topo) == cpus && topo->total_cpus == cpus);
	CHECK(ktstr_topology_num_llcs(topo) == llcs &&
	      ktstr_topology_num_numa_nodes(topo) == nodes);
	CHECK(memcmp(&own, usable, sizeof(own)) == 0 && memcmp(&first, llc, sizeof(first)) == 0);
	CHECK(ktstr_cpuset_count(&all) == cpus && ktstr_cpuset_count(&none) == 0);
	CHECK(ktstr_topology_all_cpus(topo, list, KTSTR_CPUS_MAX) == (size_t)cpus);
	CHECK(list[0] == ktstr_cpuset_next(&all, -1) && ktstr_cpuset_has(&all, list[0]));
	CHECK(ktstr_topology_usable_cpus(topo, list, 0) == (size_t)ktstr_cpuset_count(usable));
	CHECK(ktstr_topology_usable_cpus(topo, list, 1) ==
	      (cpus > 2 ? (size_t)cpus - 1 : (size_t)cpus));
	CHECK(ktstr_topology_cpus_in_llc(topo, 0, list, KTSTR_CPUS_MAX) ==
	      (size_t)ktstr_cpuset_count(&first));
	CHECK(ktstr_topology_cpus_in_llc(topo, -1, list, KTSTR_CPUS_MAX) == 0);
	CHECK(ktstr_topology_split_by_llc(topo, sets, 64) == (size_t)llcs);
	CHECK(memcmp(&sets[0], &first, sizeof(first)) == 0);
	CHECK(ktstr_cpuset_print(&all, text, sizeof(text)) < sizeof(text));
	CHECK(ktstr_cpuset_parse(&read, text) && memcmp(&read, &all, sizeof(all)) == 0);
	read = ktstr_cpuset_minus(&all, &all);
	CHECK(ktstr_cpuset_count(&read) == 0 && !ktstr_cpuset_parse(&read, "3-1"));
	ktstr_cpuset_add(&read, 5);
	read = ktstr_cpuset_or(&read, &none);
	CHECK(ktstr_cpuset_count(&read) == 1);
	ktstr_cpuset_remove(&read, 5);
	read = ktstr_cpuset_and(&read, &all);
	CHECK(ktstr_cpuset_count(&read) == 0);
	return ktstr_pass();
}

/* ctx.duration, workers_per_cgroup, sched_pid, settle, work_type_override, checks, wait_for_map. */
KTSTR_HOOK(row_fields, VERDICT, DURATION, DURATION, INT)
static struct ktstr_verdict row_fields(struct ktstr_context *ctx, int64_t duration, int64_t settle,
				       int64_t workers)
{
	CHECK(ctx->duration_ns == duration && ctx->settle_ns == settle);
	CHECK(ctx->workers_per_cgroup == workers && ctx->sched_pid == 0);
	CHECK(!ctx->work_type_override && ctx->checks && !ctx->checks->expect);
	CHECK(!ctx->wait_for_map_write && ktstr_wait_for_map_write(ctx));
	CHECK(!ktstr_wait_for_map(ctx, "/sys/fs/bpf/ktstr-no-such-map", 0, 1, 20 * MS));
	return ktstr_pass();
}

/* --work-type: told, and put in the place of what may be replaced. */
KTSTR_HOOK(row_override, STRING)
static const char *row_override(struct ktstr_context *ctx)
{
	struct ktstr_work own = {.work = "yield_heavy", .workers = 1};
	struct ktstr_work swapped = {.work = "yield_heavy", .workers = 1, .swappable = true};
	if (!ktstr_spawn(ctx, "left", &own).number || !ktstr_spawn(ctx, "left", &swapped).number ||
	    !ktstr_hold(ctx, 30 * MS))
		return ktstr_error(ctx);
	return ctx->work_type_override ? ctx->work_type_override : "none";
}

/* setup_cgroups, the guard, dfl_wl, collect_all. */
KTSTR_HOOK(row_setup, VERDICT)
static struct ktstr_verdict row_setup(struct ktstr_context *ctx)
{
	struct ktstr_work work = ktstr_dfl_wl(ctx);
	int64_t tasks;
	CHECK(work.workers == ctx->workers_per_cgroup && strcmp(work.work, "cpu_spin") == 0);
	{
		ktstr_auto_setup setup = ktstr_setup_cgroups(ctx, 2, &work);
		CHECK(setup.fine && setup.count == 2 && setup.guard.count == 2);
		CHECK(ktstr_cgroup_count_tasks(ctx->cgroups, "cg_1", &tasks) &&
		      tasks == work.workers);
		CHECK(ktstr_sleep(ctx, 60 * MS));
		/* 60 ms may be too short for all of them to work on a busy machine. */
		struct ktstr_checks checks = {.expect = "gap <= 10s; no spread; no not_starved"};
		struct ktstr_verdict verdict =
			ktstr_collect_all(ctx, setup.handles, setup.count, &checks);
		CHECK(verdict.status == KTSTR_PASS);
		struct ktstr_setup again = ktstr_setup_cgroups(ctx, 1, &work);
		CHECK(!again.fine && strstr(ktstr_error(ctx), "exists"));
	}
	CHECK(!ktstr_cgroup_count_tasks(ctx->cgroups, "cg_1", &tasks));
	ktstr_auto_guard guard = ktstr_guard_new(ctx);
	CHECK(ktstr_guard_add_cgroup(&guard, "held", ctx->topo->all));
	CHECK(ktstr_cgroup_count_tasks(ctx->cgroups, "held", &tasks) && tasks == 0);
	return ktstr_pass();
}

/* collect_all merges, and any failure fails; the findings are the hook's until it returns them. */
KTSTR_HOOK(row_collect, INT, BOOL)
static int64_t row_collect(struct ktstr_context *ctx, bool tell)
{
	struct ktstr_work work = {.workers = 1};
	ktstr_auto_setup setup = ktstr_setup_cgroups(ctx, 2, &work);
	if (!setup.fine || !ktstr_sleep(ctx, 60 * MS))
		return -1;
	struct ktstr_checks checks = {.expect = "gap <= 1ns"};
	struct ktstr_verdict verdict = ktstr_collect_all(ctx, setup.handles, setup.count, &checks);
	char *text = ktstr_verdict_text(ctx, verdict);
	bool told = strstr(text, "cg_0") && strstr(text, "cg_1") && strstr(text, "FAIL: ");
	free(text);
	if (tell)
		ktstr_add(ctx, verdict);
	return verdict.status == KTSTR_FAIL && told;
}

/* spawn_diverse. */
KTSTR_HOOK(row_diverse, VERDICT)
static struct ktstr_verdict row_diverse(struct ktstr_context *ctx)
{
	static const char *const names[] = {"d0", "d1", "d2", "d3", "d4"};
	static const size_t workers[] = {3, 3, 2, 3, 3};
	struct ktstr_handle handles[5];
	size_t all;
	ktstr_auto_guard guard = ktstr_guard_new(ctx);
	CHECK(!ktstr_spawn_diverse(ctx, names, 5, handles));
	for (int i = 0; i < 5; i++)
		CHECK(ktstr_guard_add_cgroup(&guard, names[i], NULL));
	CHECK(ktstr_spawn_diverse(ctx, names, 5, handles));
	for (int i = 0; i < 5; i++)
		CHECK(ktstr_pids(ctx, handles[i], NULL, 0) == workers[i]);
	CHECK(ktstr_sleep(ctx, 60 * MS));
	struct ktstr_report *reports = ktstr_stop(ctx, handles, 5, &all);
	CHECK(reports && all == 14);
	for (size_t i = 0; i < all; i++)
		CHECK(reports[i].complete && reports[i].wall_ns > 0 && reports[i].pid > 0);
	free(reports);
	return ktstr_pass();
}

/* assert_cgroup: reports against checks, and against a set of CPUs. */
KTSTR_HOOK(row_assert, VERDICT)
static struct ktstr_verdict row_assert(struct ktstr_context *ctx)
{
	struct ktstr_cpuset one = ktstr_cpuset_slice(ctx->topo->all, 0, 1);
	struct ktstr_cpuset others = ktstr_cpuset_minus(ctx->topo->all, &one);
	struct ktstr_work work = {.workers = 1};
	struct ktstr_checks lax = {.expect = "gap <= 10s"}, bad = {.expect = "gapp <= 1s"};
	size_t count;
	ktstr_auto_guard guard = ktstr_guard_new(ctx);
	CHECK(ktstr_guard_add_cgroup(&guard, "pinned", &one));
	struct ktstr_handle handle = ktstr_spawn(ctx, "pinned", &work);
	CHECK(handle.number && ktstr_hold(ctx, 60 * MS));
	struct ktstr_report *reports = ktstr_stop(ctx, &handle, 1, &count);
	CHECK(reports && count == 1 && reports[0].units > 0);
	CHECK(ktstr_assert_cgroup(ctx, &lax, reports, count, &one).status == KTSTR_PASS);
	CHECK(ktstr_assert_cgroup(ctx, &lax, reports, count, &others).status == KTSTR_FAIL);
	CHECK(ktstr_assert_cgroup(ctx, NULL, reports, count, NULL).status == KTSTR_PASS);
	CHECK(ktstr_assert_cgroup(ctx, &bad, reports, count, NULL).status == KTSTR_BROKEN);
	/* By the figures, whoever they are of. */
	reports[0].gap_ns = INT64_C(20000) * MS;
	CHECK(ktstr_assert_cgroup(ctx, &lax, reports, count, NULL).status == KTSTR_FAIL);
	reports[0].worker = 12345;
	CHECK(ktstr_assert_cgroup(ctx, &lax, reports, count, NULL).status == KTSTR_FAIL);
	reports[0].gap_ns = 0;
	CHECK(ktstr_assert_cgroup(ctx, &lax, reports, count, NULL).status == KTSTR_PASS);
	free(reports);
	return ktstr_pass();
}

static int judge_made(struct ktstr_context *ctx, const char *expect, struct ktstr_report one,
		      const struct ktstr_cpuset *set)
{
	struct ktstr_report reports[] = {{.units = 10,
					  .iterations = 10,
					  .wall_ns = 2000 * MS,
					  .cpu_ns = 1000 * MS,
					  .complete = true},
					 one};
	struct ktstr_checks checks = {.expect = expect};
	return (int)ktstr_assert_cgroup(ctx, &checks, reports, 2, set).status;
}

/* assert_cgroup: reports that no worker made, on both sides of each limit. */
KTSTR_HOOK(row_assert_made, VERDICT)
static struct ktstr_verdict row_assert_made(struct ktstr_context *ctx)
{
	struct ktstr_cpuset first = ktstr_cpuset_slice(ctx->topo->all, 0, 1), none = {0};
	const struct ktstr_report good = {.units = 10,
					  .iterations = 10,
					  .wall_ns = 2000 * MS,
					  .cpu_ns = 600 * MS,
					  .gap_ns = 50 * MS,
					  .migrations = 4,
					  .complete = true};
	struct ktstr_report bad = good;
	const char *any = "no gap; no spread";
	CHECK(judge_made(ctx, "no gap; spread <= 20%", good, NULL) == KTSTR_PASS);
	CHECK(judge_made(ctx, "no gap; spread <= 19%", good, NULL) == KTSTR_FAIL);
	CHECK(judge_made(ctx, "gap <= 50ms; no spread", good, NULL) == KTSTR_PASS);
	CHECK(judge_made(ctx, "gap < 50ms; no spread", good, NULL) == KTSTR_FAIL);
	CHECK(judge_made(ctx, "no gap; no spread; migration_ratio <= 0.2", good, NULL) ==
	      KTSTR_PASS);
	CHECK(judge_made(ctx, "no gap; no spread; migration_ratio < 0.2", good, NULL) ==
	      KTSTR_FAIL);
	CHECK(judge_made(ctx, "no gap; no spread; work_rate >= 10", good, NULL) == KTSTR_PASS);
	CHECK(judge_made(ctx, "no gap; no spread; work_rate > 10", good, NULL) == KTSTR_FAIL);
	CHECK(judge_made(ctx, "no gap; no spread; wake_p99 <= 1ns", good, NULL) == KTSTR_PASS);
	bad.units = 0;
	CHECK(judge_made(ctx, any, bad, NULL) == KTSTR_FAIL);
	CHECK(judge_made(ctx, "no gap; no spread; no not_starved", bad, NULL) == KTSTR_PASS);
	bad = good;
	bad.strays = 1;
	CHECK(judge_made(ctx, "no gap; no spread; isolated", good, NULL) == KTSTR_PASS);
	CHECK(judge_made(ctx, "no gap; no spread; isolated", bad, NULL) == KTSTR_FAIL);
	bad = good;
	bad.cpus = first;
	CHECK(judge_made(ctx, any, bad, &first) == KTSTR_PASS);
	CHECK(judge_made(ctx, any, bad, &none) == KTSTR_FAIL);
	bad = good;
	bad.wall_ns = 10 * MS;
	CHECK(judge_made(ctx, any, bad, NULL) == KTSTR_INCONCLUSIVE);
	bad = good;
	bad.complete = false;
	CHECK(judge_made(ctx, any, bad, NULL) == KTSTR_BROKEN);
	bad.worker = INT64_MAX;
	CHECK(judge_made(ctx, any, bad, NULL) == KTSTR_BROKEN);
	return ktstr_pass();
}

/* What is said of them. */
KTSTR_HOOK(made_text, STRING)
static const char *made_text(struct ktstr_context *ctx)
{
	static char text[1000];
	struct ktstr_report report = {.wall_ns = 2000 * MS, .complete = true};
	char *told = ktstr_verdict_text(ctx, ktstr_assert_cgroup(ctx, NULL, &report, 1, NULL));
	snprintf(text, sizeof(text), "%s", told);
	free(told);
	return text;
}

/* execute_steps_with: built in C. */
KTSTR_HOOK(row_steps, VERDICT)
static struct ktstr_verdict row_steps(struct ktstr_context *ctx)
{
	struct ktstr_cpuset one = ktstr_cpuset_slice(ctx->topo->all, 0, 1);
	struct ktstr_work work = {.work = "bursty(5ms, 5ms)", .workers = 2, .settings = "nice = 1"};
	struct ktstr_checks lax = {.expect = "gap <= 10s; no spread"},
			    never = {.expect = "gap <= 1ns"};
	struct ktstr_steps *steps = ktstr_steps_new();
	int64_t tasks;
	ktstr_steps_step(steps, "first \"{step}\"");
	ktstr_steps_cgroup(steps, "a", &one, &work);
	ktstr_steps_cgroup(steps, "b", NULL, NULL);
	ktstr_steps_hold(steps, 40 * MS);
	ktstr_steps_set_cpuset(steps, "b", &one);
	ktstr_steps_swap_cpusets(steps, "a", "b");
	ktstr_steps_move_all(steps, "a", "b");
	ktstr_steps_freeze(steps, "b", true);
	ktstr_steps_freeze(steps, "b", false);
	ktstr_steps_clear_cpuset(steps, "b");
	ktstr_steps_hold_share(steps, 0.1);
	ktstr_steps_step(steps, "second");
	ktstr_steps_spawn(steps, "left", &work);
	ktstr_steps_op(steps, "repeat every 10ms for 30ms { set left.cpus = all }");
	ktstr_steps_stop(steps, "left");
	ktstr_steps_cgroup(steps, "a", NULL, NULL);
	ktstr_steps_remove(steps, "a");
	struct ktstr_verdict fine = ktstr_execute_steps_with(ctx, steps, &lax);
	struct ktstr_verdict bad = ktstr_execute_steps_with(ctx, steps, &never);
	ktstr_steps_free(steps);
	CHECK(fine.status == KTSTR_PASS || (ktstr_add(ctx, fine), false));
	CHECK(bad.status == KTSTR_FAIL);
	CHECK(!ktstr_cgroup_count_tasks(ctx->cgroups, "a", &tasks));
	return ktstr_pass();
}

/* The same as text of the language, which knows the groups that are there. */
KTSTR_HOOK(row_text, VERDICT)
static struct ktstr_verdict row_text(struct ktstr_context *ctx)
{
	struct ktstr_verdict verdict =
		ktstr_execute_text(ctx,
				   "expect { no not_starved }\nspawn 1 cpu_spin in left { name = "
				   "\"mine\" }\nhold 40ms\n"
				   "expect left.tasks == 1",
				   NULL);
	CHECK(verdict.status == KTSTR_PASS);
	CHECK(ktstr_execute_text(ctx, "skip \"no\"", NULL).status == KTSTR_SKIP);
	CHECK(ktstr_execute_text(ctx, "fail \"no\"", NULL).status == KTSTR_FAIL);
	CHECK(ktstr_execute_text(ctx, "hold 1s 1s", NULL).status == KTSTR_BROKEN);
	CHECK(strstr(ktstr_error(ctx), "line 1, column 9"));
	CHECK(ktstr_execute_text(ctx, "}\nscenario other {", NULL).status == KTSTR_BROKEN);
	CHECK(ktstr_execute_text(ctx, "create left", NULL).status == KTSTR_BROKEN);
	return ktstr_pass();
}

/* Every type there and back. */
KTSTR_HOOK(give_int, INT, INT)
static int64_t give_int(struct ktstr_context *ctx, int64_t x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_float, FLOAT, FLOAT)
static double give_float(struct ktstr_context *ctx, double x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_percent, PERCENT, PERCENT)
static double give_percent(struct ktstr_context *ctx, double x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_duration, DURATION, DURATION)
static int64_t give_duration(struct ktstr_context *ctx, int64_t x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_size, SIZE, SIZE)
static int64_t give_size(struct ktstr_context *ctx, int64_t x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_bool, BOOL, BOOL)
static bool give_bool(struct ktstr_context *ctx, bool x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_string, STRING, STRING)
static const char *give_string(struct ktstr_context *ctx, const char *x)
{
	(void)ctx;
	return x;
}
KTSTR_HOOK(give_cpuset, CPUSET, CPUSET)
static struct ktstr_cpuset give_cpuset(struct ktstr_context *ctx, const struct ktstr_cpuset *x)
{
	(void)ctx;
	return *x;
}
KTSTR_HOOK(give_path, STRING, CGROUP)
static const char *give_path(struct ktstr_context *ctx, const char *x)
{
	(void)ctx;
	return x;
}

/* State is kept between the calls of a scenario. */
KTSTR_HOOK(count_calls, INT)
static int64_t count_calls(struct ktstr_context *ctx)
{
	static int64_t calls;
	ktstr_note(ctx, "call %lld", (long long)++calls);
	return calls;
}

KTSTR_HOOK(find, VOID, STRING)
static void find(struct ktstr_context *ctx, const char *status)
{
	if (strcmp(status, "skip") == 0)
		ktstr_add(ctx, ktstr_skip(ctx, "it %s", "skips"));
	if (strcmp(status, "broken") == 0)
		ktstr_add(ctx, ktstr_broken(ctx, "it breaks"));
	if (strcmp(status, "fail") == 0)
		ktstr_add(ctx, ktstr_fail(ctx, "it fails"));
}

/* What takes a run with it if it is let. */
static void *fork_and_wait(void *nothing)
{
	if (fork() == 0) {
		for (;;)
			sleep(60);
	}
	for (;;)
		sleep(60);
	return nothing;
}

/* Something in a session of its own, whose parent is gone, and a child of another thread. */
static void leave_orphans(void)
{
	pthread_t thread;
	if (fork() == 0) {
		setsid();
		if (fork())
			_exit(0);
		for (;;)
			sleep(60);
	}
	pthread_create(&thread, NULL, fork_and_wait, NULL);
	usleep(50000);
}

KTSTR_HOOK(misbehave, VOID, STRING)
static void misbehave(struct ktstr_context *ctx, const char *how)
{
	struct ktstr_work work = {.workers = 2};
	if (!ktstr_cgroup_create(ctx->cgroups, "leaked") ||
	    !ktstr_cgroup_create(ctx->cgroups, "leaked/deep") ||
	    !ktstr_spawn(ctx, "leaked/deep", &work).number)
		return;
	printf("misbehaving\n");
	fflush(stdout);
	if (strcmp(how, "leak") == 0 && fork() == 0) {
		setsid();
		for (;;)
			sleep(60);
	}
	if (strncmp(how, "orphans", 7) == 0)
		leave_orphans();
	if (strcmp(how, "crash") == 0 || strcmp(how, "orphans, crash") == 0)
		raise(SIGSEGV);
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "exit") == 0)
		exit(7);
	while (strcmp(how, "hang") == 0 || strcmp(how, "orphans, hang") == 0)
		;
	while (strcmp(how, "loop") == 0 && ktstr_sleep(ctx, 10 * MS))
		;
	/* Ask and ask, and read no answer. The message is that of ktstr_verdict_text(): api/wire.h.
	 */
	while (strcmp(how, "deaf") == 0) {
		static const int64_t message[] = {8 * 8, 0, 16, 0, 0, 0, 0, 0, 0};
		for (int fd = 3; fd < 64; fd++) {
			if (send(fd, message, sizeof(message), MSG_NOSIGNAL) < 0)
				continue;
		}
	}
	while (strcmp(how, "chatter") == 0)
		(void)ktstr_pids(ctx, (struct ktstr_handle){1}, NULL, 0);
	if (strcmp(how, "garbage") == 0) {
		char bytes[4096];
		memset(bytes, 0x5a, sizeof(bytes));
		for (int fd = 3; fd < 64; fd++) {
			if (write(fd, bytes, sizeof(bytes)) < 0)
				continue;
		}
		for (;;)
			sleep(60);
	}
}

KTSTR_WORK(rounds, INT, DURATION)
static void rounds(struct ktstr_worker *worker, int64_t count, int64_t pause_ns)
{
	for (volatile int64_t i = 0; i < count; i++)
		;
	ktstr_worker_tick(worker, 3);
	ktstr_worker_sleep(worker, pause_ns);
}

KTSTR_WORK(until_stopped)
static void until_stopped(struct ktstr_worker *worker)
{
	while (!ktstr_worker_stopped(worker)) {
		for (volatile int i = 0; i < 5000; i++)
			;
		ktstr_worker_tick(worker, 1);
	}
}

KTSTR_WORK(lazy)
static void lazy(struct ktstr_worker *worker)
{
	ktstr_worker_restart(worker);
	usleep(1000);
}

KTSTR_WORK(crashing)
static void crashing(struct ktstr_worker *worker)
{
	(void)worker;
	raise(SIGSEGV);
}

static struct ktstr_verdict custom_run(struct ktstr_context *ctx)
{
	struct ktstr_work work = ktstr_dfl_wl(ctx);
	ktstr_auto_setup setup = ktstr_setup_cgroups(ctx, 2, &work);
	if (!setup.fine || !ktstr_sleep(ctx, ctx->duration_ns))
		return ktstr_refused(ctx);
	return ktstr_collect_all(ctx, setup.handles, setup.count, ctx->checks);
}

static struct ktstr_verdict map_run(struct ktstr_context *ctx)
{
	CHECK(ctx->wait_for_map_write);
	return ktstr_pass();
}

/* tests/lib/pinned.py writes a 7 after a while. */
KTSTR_HOOK(row_map, VERDICT)
static struct ktstr_verdict row_map(struct ktstr_context *ctx)
{
	CHECK(!ktstr_wait_for_map(ctx, "/sys/fs/bpf/ktstr_ready", 0, 8, 20 * MS));
	CHECK(ktstr_wait_for_map(ctx, "/sys/fs/bpf/ktstr_ready", 0, 7, 2000 * MS));
	CHECK(!ktstr_wait_for_map(ctx, "/sys/fs/bpf/ktstr_ready", 0, 8, 20 * MS));
	return ktstr_pass();
}

static struct ktstr_verdict ready_run(struct ktstr_context *ctx)
{
	CHECK(ctx->wait_for_map_write && ktstr_wait_for_map_write(ctx));
	CHECK(ktstr_wait_for_map(ctx, "/sys/fs/bpf/ktstr_ready", 0, 7, 1));
	return ktstr_pass();
}

/* Steps wait for it by themselves. */
static struct ktstr_verdict ready_steps_run(struct ktstr_context *ctx)
{
	struct ktstr_steps *steps = ktstr_steps_new();
	ktstr_steps_op(steps, "expect map_value(\"/sys/fs/bpf/ktstr_ready\", 0) == 7");
	return ktstr_execute_steps(ctx, steps);
}

#define READY(name, ...)                                                                           \
	KTSTR_SCENARIO(name, .category = "map", .map_path = "/sys/fs/bpf/ktstr_ready",             \
		       .map_value = 7, __VA_ARGS__)
READY(ready_custom, .custom = ready_run);
READY(ready_steps, .custom = ready_steps_run);
READY(ready_steady, .num_cgroups = 1);
KTSTR_SCENARIO(catalog_custom, .category = "mine", .description = "Custom, of a library",
	       .num_cgroups = 2, .custom = custom_run);
KTSTR_SCENARIO(catalog_steady, .category = "mine", .description = "Steady, of a \"library\"",
	       .required_flags = "llc", .excluded_flags = "rebal,mine", .num_cgroups = 2,
	       .cgroup_works = {{.work = "bursty(5ms, 5ms)", .workers = 1},
				{.workers = 2, .settings = "nice = 1"}});
KTSTR_SCENARIO(catalog_map, .category = "mine", .custom = map_run, .map_path = "/sys/fs/bpf/none",
	       .map_value = 1);
#define MODE(name, mode, share, groups)                                                            \
	KTSTR_SCENARIO(name, .category = "modes", .num_cgroups = groups,                           \
		       .cpuset_mode = {mode, share})
MODE(mode_none, KTSTR_CPUSET_NONE, 0, 3);
MODE(mode_llc, KTSTR_CPUSET_LLC_ALIGNED, 0, 2);
MODE(mode_half, KTSTR_CPUSET_SPLIT_HALF, 0, 2);
MODE(mode_misaligned, KTSTR_CPUSET_SPLIT_MISALIGNED, 0, 2);
MODE(mode_overlap, KTSTR_CPUSET_OVERLAP, 0.5, 3);
MODE(mode_uneven, KTSTR_CPUSET_UNEVEN, 0.75, 2);
MODE(mode_holdback, KTSTR_CPUSET_HOLDBACK, 0.33, 2);
