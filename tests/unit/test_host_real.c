/*
 * The real hosts, on this machine: every test runs on the affinity back end and, where cgroups can
 * be written, on the cgroup back end. Nothing may be left of either. test_host_work.c has what is
 * told of the workers.
 */
#include "host_case.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>

static void cpus_follow_the_parents(void **state)
{
	struct host *host = HOST(state);
	if (!has_two_cpus(host) || host->topology.cpu_count != 2)
		skip();
	int outer = create(host, HOST_GROUP_ROOT, "outer"), middle = create(host, outer, "middle");
	int inner = create(host, middle, "inner");
	int worker = spawn(host, inner, 1, work_default(WORK_cpu_spin));
	assert_cpus(host, inner, "0-1");
	set_cpus(host, inner, "1");
	assert_cpus(host, inner, "1");
	set_cpus(host, outer, "0"); /* nothing of 1 is left: the parent's set holds */
	assert_cpus(host, outer, "0");
	assert_cpus(host, middle, "0");
	assert_cpus(host, inner, "0");
	run_for(host, 200 * MS);
	set_cpus(host, outer, "0-1");
	assert_cpus(host, middle, "0-1");
	assert_cpus(host, inner, "1");
	set_cpus(host, middle, "1");
	set_cpus(host, outer, "1");
	set_cpus(host, middle, NULL);
	assert_cpus(host, middle, "1");
	set_cpus(host, outer, NULL);
	assert_cpus(host, middle, "0-1");
	assert_cpus(host, inner, "1");
	set_cpus(host, inner, NULL);
	assert_cpus(host, inner, "0-1");
	run_for(host, 200 * MS);
	assert_int_equal(stop_one(host, worker).strays, 0);
}

static void a_refusal_leaves_nothing_half_made(void **state)
{
	struct host *host = HOST(state);
	if (!has_two_cpus(host))
		skip();
	int group = create(host, HOST_GROUP_ROOT, "a"), other, first;
	set_cpus(host, group, "0");
	struct cpuset masks[3] = {0};
	for (int i = 0; i < 3; i++)
		cpuset_add(&masks[i], i == 2 ? 1 : 0);
	struct host_spawn wanted = {.group = group, .count = 3, .affinity = masks};
	struct error error = {0};
	assert_false(host->verbs->spawn(host, &wanted, &first, &error));
	assert_non_null(strstr(error.message, "affinity 1 was refused"));
	assert_int_equal(error.number, EINVAL);
	assert_tasks(host, group, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	/* A deadline task would have to be allowed on all CPUs of its root domain. */
	struct host_spawn deadline = {
		.group = group,
		.count = 2,
		.policy = {.kind = POLICY_DEADLINE, .runtime_ns = 100, .period_ns = 50}};
	assert_false(host->verbs->spawn(host, &deadline, &first, &error));
	assert_non_null(strstr(error.message, "sched_setattr(SCHED_DEADLINE) was refused"));
	assert_false(host->verbs->group_create(host, HOST_GROUP_ROOT, "a", &other, &error));
	assert_int_equal(error.number, EEXIST);
	assert_false(host->verbs->knob_set(host, HOST_GROUP_OUTSIDE, KNOB_cpus, NULL, &error));
	int inner = create(host, group, "inner");
	assert_false(host->verbs->group_remove(host, group, &error));
	assert_int_equal(error.number, EBUSY);
	assert_true(host->verbs->group_remove(host, inner, NULL));
	assert_true(host->verbs->group_remove(host, group, NULL));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	create(host, HOST_GROUP_ROOT, "a");
}

static void moves_what_is_there(void **state)
{
	struct host *host = HOST(state);
	int a = create(host, HOST_GROUP_ROOT, "a"), b = create(host, HOST_GROUP_ROOT, "b");
	int first = spawn(host, a, 5, work_default(WORK_bursty));
	int64_t moved;
	assert_true(host->verbs->move(host, a, b, 2, &moved, NULL));
	assert_int_equal(moved, 2);
	assert_int_equal(host->verbs->worker_group(host, first + 1), b);
	assert_int_equal(host->verbs->worker_group(host, first + 2), a);
	kill(pid_of(host, first + 3), SIGKILL); /* gone meanwhile: no error */
	assert_true(host->verbs->move(host, a, b, -1, &moved, NULL));
	assert_true(moved == 2 || moved == 3);
	struct host_wake wake;
	host->verbs->wait(host, host->verbs->now(host) + 5000 * MS, &wake);
	assert_int_equal(wake.worker, first + 3);
	assert_tasks(host, a, 0);
	int pair[] = {first, first + 4};
	assert_true(host->verbs->move_workers(host, pair, 2, a, NULL));
	assert_tasks(host, a, 2);
	assert_true(host->verbs->move(host, a, HOST_GROUP_OUTSIDE, -1, &moved, NULL));
	assert_tasks(host, HOST_GROUP_OUTSIDE, 2);
	/* Of the group outside only the workers are ours to move; we for one stay where we are. */
	assert_true(host->verbs->move(host, HOST_GROUP_OUTSIDE, a, -1, &moved, NULL));
	assert_int_equal(moved, 2);
	assert_tasks(host, a, 2);
}

static void applies_policy_nice_and_affinity(void **state)
{
	struct host *host = HOST(state);
	if (geteuid() != 0) {
		print_message("# SKIP this takes root\n");
		skip();
	}
	int group = create(host, HOST_GROUP_ROOT, "a"), first;
	static const int kernel_policies[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO,
					      SCHED_RR};
	struct cpuset mask = {0};
	cpuset_add(&mask, cpuset_next(&host->topology.all, -1));
	for (enum policy_kind kind = POLICY_NORMAL; kind <= POLICY_RR; kind++) {
		struct host_spawn wanted = {.group = group,
					    .count = 1,
					    .policy = {.kind = kind, .priority = 3},
					    .has_nice = true,
					    .nice = -5,
					    .affinity = &mask};
		struct error error = {0};
		if (!host->verbs->spawn(host, &wanted, &first, &error))
			fail_msg("%s", error.message);
		pid_t pid = pid_of(host, first);
		cpu_set_t cpus;
		assert_int_equal(sched_getscheduler(pid), kernel_policies[kind]);
		assert_int_equal(sched_getaffinity(pid, sizeof(cpus), &cpus), 0);
		assert_int_equal(CPU_COUNT(&cpus), 1);
		char path[64], name[32] = "";
		snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
		int fd = open(path, O_RDONLY);
		assert_true(fd >= 0 && read(fd, name, sizeof(name) - 1) > 0);
		close(fd);
		assert_string_equal(name, "kts-cpu_spin\n");
		assert_int_equal(getpgid(pid), pid);
		stop_one(host, first);
	}
}

/* How many CPUs a worker may use. */
static int allowed(struct host *host, int worker)
{
	cpu_set_t cpus;
	assert_int_equal(sched_getaffinity(pid_of(host, worker), sizeof(cpus), &cpus), 0);
	return CPU_COUNT(&cpus);
}

static void gives_and_takes_affinity(void **state)
{
	struct host *host = HOST(state);
	int all = cpuset_count(&host->topology.all);
	if (all < 2) {
		print_message("# SKIP this takes two CPUs\n");
		skip();
	}
	int group = create(host, HOST_GROUP_ROOT, "a");
	int first = spawn(host, group, 3, work_default(WORK_cpu_spin));
	int pair[] = {first, first + 2};
	struct cpuset sets[2], none = {0};
	struct error error = {0};
	cpuset_slice(&sets[0], &host->topology.all, 0, 1);
	cpuset_slice(&sets[1], &host->topology.all, 1, 2);
	assert_true(host->verbs->affinity_set(host, pair, 2, sets, NULL));
	assert_int_equal(allowed(host, first), 1);
	assert_int_equal(allowed(host, first + 1), all);
	assert_int_equal(allowed(host, first + 2), 1);
	/* The second one is refused, so the first one keeps what it has. */
	cpuset_add_range(&none, CPUSET_CPUS - 1, CPUSET_CPUS - 1);
	struct cpuset bad[] = {host->topology.all, none};
	assert_false(host->verbs->affinity_set(host, pair, 2, bad, &error));
	assert_non_null(strstr(error.message, "affinity"));
	assert_int_equal(allowed(host, first), 1);
	assert_int_equal(allowed(host, first + 2), 1);
	assert_true(host->verbs->affinity_set(host, pair, 2, NULL, NULL));
	assert_int_equal(allowed(host, first), all);
	kill(pid_of(host, first), SIGKILL); /* gone meanwhile: no error */
	assert_true(host->verbs->affinity_set(host, pair, 2, sets, NULL));
	struct host_wake wake;
	host->verbs->wait(host, host->verbs->now(host) + 5000 * MS, &wake);
	assert_int_equal(wake.worker, first);
	assert_true(host->verbs->affinity_set(host, pair, 2, sets, NULL));
	assert_true(host->verbs->release(host, NULL));
	run_until_worked(host, first + 2, 1);
	struct worker_report report = stop_one(host, first + 2);
	assert_true(cpuset_equal(&report.cpus, &sets[1]));
}

static void notices_signals(void **state)
{
	struct host *host = HOST(state);
	struct host_wake wake;
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	for (int i = 0; i < 3; i++) {
		kill(getpid(), ends[i]);
		host->verbs->wait(host, host->verbs->now(host) + 5000 * MS, &wake);
		assert_int_equal(wake.reason, HOST_WAKE_SIGNAL);
		assert_int_equal(wake.signal, ends[i]);
	}
	int64_t start = host->verbs->now(host);
	host->verbs->wait(host, 0, &wake); /* the past: only a look */
	assert_int_equal(wake.reason, HOST_WAKE_TIME);
	assert_true(host->verbs->now(host) - start < 1000 * MS);
}

static void closes_from_any_state(void **state)
{
	struct host *host = HOST(state);
	int outer = create(host, HOST_GROUP_ROOT, "outer"), inner = create(host, outer, "inner");
	spawn(host, outer, 3, work_default(WORK_cpu_spin));
	spawn(host, inner, 3, work_default(WORK_io_sync));
	run_for(host, 20 * MS);
	spawn(host, inner, 3, work_default(WORK_bursty));
	assert_true(host->verbs->group_freeze(host, inner, true, NULL));
}

static void makes_and_removes_many(void **state)
{
	struct host *host = HOST(state);
	int groups[200];
	char name[16];
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "cell_%d", i);
		groups[i] = create(host, HOST_GROUP_ROOT, name);
		set_cpus(host, groups[i], "0");
	}
	int first = spawn(host, groups[7], 100, work_default(WORK_yield_heavy));
	int workers[100];
	for (int i = 0; i < 100; i++)
		workers[i] = first + i;
	run_for(host, 50 * MS);
	assert_true(host->verbs->stop(host, workers, 100, NULL));
	for (int i = 0; i < 100; i++)
		assert_int_equal(host->verbs->report(host, workers[i])->end, WORKER_STOPPED);
	for (int i = 0; i < 200; i++)
		assert_true(host->verbs->group_remove(host, groups[i], NULL));
	char path[512];
	snprintf(path, sizeof(path), "%s/cell_0", host->info.root);
	assert_int_equal(access(path, F_OK), -1);
}

/* In a process of its own: a host whose owner is killed takes its workers along. */
static void workers_die_with_the_host(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t owner = fork();
	if (owner == 0) {
		void *host;
		open_affinity(&host);
		pid_t pids[2];
		int first = spawn(host, HOST_GROUP_OUTSIDE, 2, work_default(WORK_cpu_spin));
		pids[0] = pid_of(host, first);
		pids[1] = pid_of(host, first + 1);
		((struct host *)host)->verbs->release(host, NULL);
		_exit(write(ends[1], pids, sizeof(pids)) == sizeof(pids) && pause());
	}
	pid_t pids[2];
	assert_int_equal(read(ends[0], pids, sizeof(pids)), sizeof(pids));
	close(ends[0]);
	close(ends[1]);
	kill(owner, SIGKILL);
	assert_int_equal(waitpid(owner, NULL, 0), owner);
	for (int tries = 0; kill(pids[0], 0) == 0 || kill(pids[1], 0) == 0; tries++) {
		char line[256] = "";
		snprintf(line, sizeof(line), "/proc/%d/stat", (int)pids[0]);
		FILE *stat = fopen(line, "re");
		bool dead = !stat || (fgets(line, sizeof(line), stat) && strstr(line, ") Z "));
		if (stat)
			fclose(stat);
		if (dead) /* and waits for init to notice */
			break;
		assert_true(tries < 500);
		usleep(10000);
	}
}

static void leaves_ignored_signals_ignored(void **state)
{
	(void)state;
	void *host;
	struct host_wake wake;
	signal(SIGHUP, SIG_IGN); /* as nohup does */
	signal(SIGCHLD, SIG_IGN);
	open_affinity(&host);
	const struct host_verbs *verbs = ((struct host *)host)->verbs;
	int worker = spawn(host, HOST_GROUP_OUTSIDE, 1, work_default(WORK_cpu_spin));
	kill(getpid(), SIGHUP);
	verbs->release(host, NULL);
	verbs->wait(host, verbs->now(host) + 30 * MS, &wake);
	assert_int_equal(wake.reason, HOST_WAKE_TIME);
	kill(pid_of(host, worker), SIGKILL);
	verbs->wait(host, verbs->now(host) + 5000 * MS, &wake);
	assert_int_equal(wake.reason, HOST_WAKE_WORKER_DIED);
	assert_int_equal(stop_one(host, worker).end_code, SIGKILL); /* nobody else reaped it */
	host_close(host);
	assert_ptr_equal(signal(SIGCHLD, SIG_DFL), SIG_IGN);
	signal(SIGHUP, SIG_DFL);
	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGTERM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(cpus_follow_the_parents),
		BOTH(a_refusal_leaves_nothing_half_made),
		BOTH(moves_what_is_there),
		BOTH(applies_policy_nice_and_affinity),
		BOTH(gives_and_takes_affinity),
		BOTH(notices_signals),
		BOTH(closes_from_any_state),
		BOTH(makes_and_removes_many),
		cmocka_unit_test(workers_die_with_the_host),
		cmocka_unit_test(leaves_ignored_signals_ignored),
	};
	/* Whoever started this may ignore it (nohup), and that is kept. */
	signal(SIGHUP, SIG_DFL);
	return cmocka_run_group_tests_name("host_real", tests, NULL, NULL);
}
