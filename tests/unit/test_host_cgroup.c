/*
 * The cgroup back end alone: what the kernel's files hold, strangers in groups, refusals of the
 * kernel in the middle of a verb, rights. Without cgroups that can be written it is all skipped.
 */
#include "verbs_case.h"

#include "host/host_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

enum { NOBODY = 65534 };

static struct host *open_with(struct host_options options)
{
	struct text why = {0};
	struct topology topology;
	struct error error = {0};
	if (!host_cgroup_usable(&why)) {
		print_message("# SKIP cgroups cannot be written: %s", text_string(&why));
		text_free(&why);
		return NULL;
	}
	assert_true(topology_read_machine(&topology, &error));
	struct host *host = host_cgroup_open(&topology, &options, &error);
	if (!host)
		fail_msg("%s", error.message);
	return host;
}

static int open_host(void **state)
{
	*state = open_with((struct host_options){0});
	return 0;
}

static int close_host(void **state)
{
	struct host *host = *state;
	char root[sizeof(host->info.root)] = "/nowhere";
	if (host)
		memcpy(root, host->info.root, sizeof(root));
	host_close(host);
	assert_int_equal(access(root, F_OK), -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return 0;
}

#define HOST(state)                                                                                \
	*(state);                                                                                  \
	if (!*(state))                                                                             \
	skip()

static bool is_v1(struct host *host)
{
	return cgroup_host_root(cgroup_host_of(host), CONTROLLER_CPUSET)->version == 1;
}

static int spawn(struct host *host, int group, int64_t count)
{
	struct host_spawn wanted = {.group = group, .count = count};
	struct error error = {0};
	int first = -1;
	if (!host->verbs->spawn(host, &wanted, &first, &error))
		fail_msg("%s", error.message);
	return first;
}

static bool set(struct host *host, int group, enum knob knob, const struct knob_value *value,
		struct error *error)
{
	return host->verbs->knob_set(host, group, knob, value, error);
}

static bool try_cpus(struct host *host, int group, const char *list, struct error *error)
{
	struct knob_value value = {0};
	assert_true(cpuset_parse(&value.set, list));
	return set(host, group, KNOB_cpus, &value, error);
}

/* A file of a group of some controller, by its path below the run's root. */
static void assert_file(struct host *host, enum controller controller, const char *group,
			const char *file, const char *expected)
{
	const struct cgroup_root *root = cgroup_host_root(cgroup_host_of(host), controller);
	struct text value = {0};
	assert_true(cgroupfs_read(root->fd, group, file, &value));
	assert_string_equal(text_string(&value), expected);
	text_free(&value);
}

static void names_its_root(void **state)
{
	struct host *host = HOST(state);
	int pid;
	unsigned long long start;
	const char *name = strrchr(host->info.root, '/');
	assert_int_equal(sscanf(name, "/ktstr-%d-%llu", &pid, &start), 2);
	assert_int_equal(pid, getpid());
	assert_true(start > 0);
	assert_non_null(strstr(host->info.detail, is_v1(host) ? "cpuset v1" : "cpuset v2"));
	assert_string_equal(host->info.backend, "cgroup");
}

static void writes_the_knobs_of_cpu(void **state)
{
	struct host *host = HOST(state);
	const struct cgroup_root *root = cgroup_host_root(cgroup_host_of(host), CONTROLLER_CPU);
	if (!root)
		skip();
	bool v1 = root->version == 1;
	int group = create(host, HOST_GROUP_ROOT, "a");
	const char *weight = v1 ? "cpu.shares" : "cpu.weight";
	const char *quota = v1 ? "cpu.cfs_quota_us" : "cpu.max";
	struct knob_value value = {.integer = 200};
	assert_true(set(host, group, KNOB_weight, &value, NULL));
	assert_file(host, CONTROLLER_CPU, "a", weight, v1 ? "2048" : "200");
	assert_true(set(host, group, KNOB_weight, NULL, NULL));
	assert_file(host, CONTROLLER_CPU, "a", weight, v1 ? "1024" : "100");
	value = (struct knob_value){.fraction = 1.5};
	assert_true(set(host, group, KNOB_quota, &value, NULL));
	assert_file(host, CONTROLLER_CPU, "a", quota, v1 ? "150000" : "150000 100000");
	assert_true(set(host, group, KNOB_quota, NULL, NULL));
	assert_file(host, CONTROLLER_CPU, "a", quota, v1 ? "-1" : "max 100000");
	value = (struct knob_value){.integer = 1};
	assert_true(set(host, group, KNOB_idle, &value, NULL));
	assert_file(host, CONTROLLER_CPU, "a", "cpu.idle", "1");
	assert_true(set(host, group, KNOB_idle, NULL, NULL));
	assert_file(host, CONTROLLER_CPU, "a", "cpu.idle", "0");
}

static bool has_file(const struct cgroup_root *root, const char *path)
{
	return faccessat(root->fd, path, F_OK, 0) == 0;
}

static void leaves_the_cpu_controller_off(void **state)
{
	struct host *host = HOST(state);
	struct cgroup_host *cgroup = cgroup_host_of(host);
	const struct cgroup_root *root = cgroup_host_root(cgroup, CONTROLLER_CPU);
	if (!root)
		skip();
	bool v1 = root->version == 1;
	const char *file = v1 ? "inner/cpu.shares" : "inner/cpu.weight";
	char path[512];
	snprintf(path, sizeof(path), "%s", root->path);
	struct knob_value value = {.integer = 200};
	struct error error = {0};
	int64_t count;

	for (int turn = 0; turn < 2; turn++) {
		assert_true(host->verbs->cpu_control(host, false, &error));
		assert_true(host->verbs->cpu_control(host, false, &error)); /* it is */
		assert_null(cgroup_host_root(cgroup, CONTROLLER_CPU));
		assert_int_equal(access(path, F_OK) == 0, !v1);
		int group = create(host, HOST_GROUP_ROOT, "a");
		int inner = create(host, group, "inner");
		int worker = spawn(host, inner, 2);
		const struct cgroup_root *cpuset = cgroup_host_root(cgroup, CONTROLLER_CPUSET);
		assert_true(has_file(cpuset, "a/inner/cpuset.cpus"));
		assert_false(has_file(cpuset, "a/cpu.weight"));
		assert_false(has_file(cpuset, "a/inner/cpu.weight"));
		assert_false(set(host, inner, KNOB_weight, &value, &error));
		assert_int_equal(error.kind, ERROR_UNAVAILABLE);
		assert_non_null(strstr(error.message, "without the cpu controller"));
		assert_false(host->verbs->can_tell(host, HOST_FIGURE_THROTTLING, &error));
		assert_true(host->verbs->release(host, &error));
		assert_true(host->verbs->group_tasks(host, inner, &count, &error));
		assert_int_equal(count, 2);
		assert_true(host->verbs->stop(host, (int[]){worker, worker + 1}, 2, &error));
		assert_true(host->verbs->group_remove(host, inner, &error));
		assert_true(host->verbs->group_remove(host, group, &error));

		assert_true(host->verbs->cpu_control(host, true, &error));
		assert_true(host->verbs->cpu_control(host, true, &error));
		root = cgroup_host_root(cgroup, CONTROLLER_CPU);
		assert_non_null(root);
		inner = create(host, HOST_GROUP_ROOT, "inner");
		assert_true(has_file(root, file));
		assert_true(set(host, inner, KNOB_weight, &value, &error));
		assert_true(host->verbs->group_remove(host, inner, &error));
	}
}

static void writes_memory_nodes(void **state)
{
	struct host *host = HOST(state);
	create(host, HOST_GROUP_ROOT, "a");
	int inner = create(host, HOST_GROUP_ROOT + 1, "inner");
	struct knob_value value = {0};
	cpuset_add(&value.set, host->topology.node_numbers[0]);
	assert_true(set(host, inner, KNOB_mems, &value, NULL));
	assert_file(host, CONTROLLER_CPUSET, "a/inner", "cpuset.mems", "0");
	assert_true(set(host, inner, KNOB_mems, NULL, NULL));
	if (!is_v1(host))
		assert_file(host, CONTROLLER_CPUSET, "a/inner", "cpuset.mems", "");
}

static void sets_up_what_the_program_asks_for(void **state)
{
	struct host *host = HOST(state);
	struct error error = {0};
	struct knob_value value = {.integer = 64 << 20};
	int group = create(host, HOST_GROUP_ROOT, "a");
	assert_false(set(host, group, KNOB_memory_max, &value, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	host_close(host);

	unsigned asked = 1u << KNOB_memory_max | 1u << KNOB_memory_high | 1u << KNOB_pids_max;
	*state = host = open_with((struct host_options){.controllers = asked});
	struct cgroup_host *cgroup = cgroup_host_of(host);
	group = create(host, HOST_GROUP_ROOT, "a");
	const struct cgroup_root *memory = cgroup_host_root(cgroup, CONTROLLER_MEMORY);
	if (memory) {
		bool v1 = memory->version == 1;
		assert_true(set(host, group, KNOB_memory_max, &value, NULL));
		assert_file(host, CONTROLLER_MEMORY, "a",
			    v1 ? "memory.limit_in_bytes" : "memory.max", "67108864");
		assert_true(set(host, group, KNOB_memory_max, NULL, NULL));
		assert_int_equal(set(host, group, KNOB_memory_high, &value, &error), !v1);
		if (v1)
			assert_non_null(strstr(error.message, "memory_high is not available"));
	}
	if (cgroup_host_root(cgroup, CONTROLLER_PIDS)) {
		value.integer = 7;
		assert_true(set(host, group, KNOB_pids_max, &value, NULL));
		assert_file(host, CONTROLLER_PIDS, "a", "pids.max", "7");
		int first;
		struct host_spawn wanted = {.group = group, .count = 8};
		/* v1 lets tasks move in beyond the limit, and only refuses forks. */
		if (!is_v1(host))
			assert_false(host->verbs->spawn(host, &wanted, &first, &error));
		assert_true(set(host, group, KNOB_pids_max, NULL, NULL));
		assert_file(host, CONTROLLER_PIDS, "a", "pids.max", "max");
	}
}

/* A process that is none of ours to the host, in a group. */
static pid_t stranger_in(struct host *host, const char *group, uid_t user)
{
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		char told = (char)(setuid(user) == 0);
		_exit(write(ready[1], &told, 1) == 1 && told && pause());
	}
	char told = 0, path[512];
	assert_true(read(ready[0], &told, 1) == 1 && told);
	close(ready[0]);
	close(ready[1]);
	snprintf(path, sizeof(path), "%s/%s/cgroup.procs", host->info.root, group);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%d", (int)pid);
	assert_int_equal(fclose(file), 0);
	return pid;
}

static void strangers_move_along_and_die_with_the_group(void **state)
{
	struct host *host = HOST(state);
	int a = create(host, HOST_GROUP_ROOT, "a"), b = create(host, HOST_GROUP_ROOT, "b");
	pid_t first = stranger_in(host, "a", geteuid());
	pid_t second = stranger_in(host, "a", geteuid());
	int worker = spawn(host, a, 1), status;
	assert_tasks(host, a, 3);
	int64_t moved;
	assert_true(host->verbs->move(host, a, b, 2, &moved, NULL));
	assert_int_equal(host->verbs->worker_group(host, worker), b); /* workers go first */
	assert_tasks(host, a, 1);
	assert_tasks(host, b, 2);
	assert_true(host->verbs->group_freeze(host, a, true, NULL));
	char path[512]; /* and a group that somebody made in it */
	snprintf(path, sizeof(path), "%s/a/child", host->info.root);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_true(host->verbs->group_remove(host, a, NULL));
	assert_int_equal(kill(first, 0), 0);
	assert_int_equal(waitpid(second, &status, 0), second);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_true(host->verbs->stop(host, &worker, 1, NULL));
	assert_true(host->verbs->group_remove(host, b, NULL));
	assert_int_equal(waitpid(first, &status, 0), first);
}

static void a_refused_move_is_undone(void **state)
{
	struct host *host = HOST(state);
	if (!is_v1(host))
		skip();
	int a = create(host, HOST_GROUP_ROOT, "a"), b = create(host, HOST_GROUP_ROOT, "b");
	int first = spawn(host, a, 3);
	const struct cgroup_root *root = cgroup_host_root(cgroup_host_of(host), CONTROLLER_CPUSET);
	/* Nothing can run in a cpuset of v1 without CPUs. */
	assert_true(cgroupfs_write(root->fd, "b", "cpuset.cpus", "\n"));
	struct error error = {0};
	int64_t moved;
	assert_false(host->verbs->move(host, a, b, -1, &moved, &error));
	assert_int_equal(error.number, ENOSPC);
	assert_tasks(host, a, 3);
	assert_tasks(host, b, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(host->verbs->worker_group(host, first + i), a);
	struct host_spawn wanted = {.group = b, .count = 2};
	int none;
	assert_false(host->verbs->spawn(host, &wanted, &none, &error));
	assert_non_null(strstr(error.message, "could not enter its cgroup"));
	assert_tasks(host, b, 0);
}

static void a_move_refused_half_way_is_undone(void **state)
{
	struct host *host = HOST(state);
	if (!is_v1(host) || geteuid() != 0)
		skip();
	int a = create(host, HOST_GROUP_ROOT, "a"), b = create(host, HOST_GROUP_ROOT, "b");
	const struct cgroup_host *cgroup = cgroup_host_of(host);
	for (int i = 0; i < cgroup->root_count; i++) {
		assert_int_equal(fchownat(cgroup->roots[i].fd, "a/cgroup.procs", NOBODY, NOBODY, 0),
				 0);
		assert_int_equal(fchownat(cgroup->roots[i].fd, "b/cgroup.procs", NOBODY, NOBODY, 0),
				 0);
	}
	/* As nobody we may move nobody's tasks; the first of these two only. */
	pid_t nobody = stranger_in(host, "a", NOBODY), root = stranger_in(host, "a", 0);
	struct error error = {0};
	int64_t moved;
	assert_int_equal(seteuid(NOBODY), 0);
	bool done = host->verbs->move(host, a, b, -1, &moved, &error);
	assert_int_equal(seteuid(0), 0);
	assert_false(done);
	assert_int_equal(error.number, EACCES);
	assert_tasks(host, a, 2);
	assert_tasks(host, b, 0);
	assert_true(host->verbs->group_remove(host, a, NULL));
	assert_int_equal(waitpid(nobody, NULL, 0), nobody);
	assert_int_equal(waitpid(root, NULL, 0), root);
}

static void a_refused_cpuset_is_undone(void **state)
{
	struct host *host = HOST(state);
	if (!is_v1(host) || host->topology.cpu_count != 2)
		skip();
	int outer = create(host, HOST_GROUP_ROOT, "outer");
	create(host, outer, "first"); /* written before the second, and back */
	create(host, outer, "second");
	char path[512];
	snprintf(path, sizeof(path), "%s/outer/second/child", host->info.root);
	assert_int_equal(mkdir(path, 0755), 0); /* with CPUs 0-1, and the host does not know */
	struct error error = {0};
	assert_false(try_cpus(host, outer, "0", &error));
	assert_int_equal(error.number, EBUSY);
	assert_file(host, CONTROLLER_CPUSET, "outer", "cpuset.cpus", "0-1");
	assert_file(host, CONTROLLER_CPUSET, "outer/first", "cpuset.cpus", "0-1");
	assert_file(host, CONTROLLER_CPUSET, "outer/second", "cpuset.cpus", "0-1");
	struct cpuset cpus;
	assert_true(host->verbs->group_cpus(host, outer, &cpus, NULL));
	assert_int_equal(cpuset_count(&cpus), 2);
	assert_int_equal(rmdir(path), 0);
	assert_true(try_cpus(host, outer, "0", &error));
	assert_file(host, CONTROLLER_CPUSET, "outer/first", "cpuset.cpus", "0");
}

static void what_is_gone_already_is_fine(void **state)
{
	struct host *host = HOST(state);
	int a = create(host, HOST_GROUP_ROOT, "a"), first;
	create(host, HOST_GROUP_ROOT, "b");
	const struct cgroup_host *cgroup = cgroup_host_of(host);
	for (int i = 0; i < cgroup->root_count; i++) {
		assert_int_equal(unlinkat(cgroup->roots[i].fd, "a", AT_REMOVEDIR), 0);
		assert_int_equal(unlinkat(cgroup->roots[i].fd, "b", AT_REMOVEDIR), 0);
	}
	struct error error = {0};
	struct host_spawn wanted = {.group = a, .count = 1};
	assert_false(host->verbs->spawn(host, &wanted, &first, &error));
	assert_int_equal(error.number, ENOENT);
	assert_true(host->verbs->group_remove(host, a, NULL));
}

/* It names what was kept, and is for those who sweep. */
static void forget_record(void)
{
	char name[64];
	bool found = false;
	record_name(name, sizeof(name));
	for (int place = 0; place < RECORD_PLACES; place++) {
		struct text path = {0};
		int folder = record_folder(place, &path);
		if (folder >= 0) {
			found |= faccessat(folder, name, F_OK, 0) == 0;
			assert_true(record_remove(folder, name));
			close(folder);
		}
		text_free(&path);
	}
	assert_true(found);
}

static void keeps_groups_when_asked_to(void **state)
{
	struct host *host = HOST(state);
	host_close(host);
	*state = NULL;
	host = open_with((struct host_options){.keep = true});
	int group = create(host, HOST_GROUP_ROOT, "a");
	spawn(host, group, 2);
	char paths[HIERARCHIES_MAX][2][512];
	const struct cgroup_host *cgroup = cgroup_host_of(host);
	int count = cgroup->root_count;
	for (int i = 0; i < count; i++) {
		snprintf(paths[i][1], sizeof(paths[i][1]), "%s", cgroup->roots[i].path);
		snprintf(paths[i][0], sizeof(paths[i][0]), "%.500s/a", cgroup->roots[i].path);
	}
	host_close(host);
	struct patience patience = patience_of(2000 * MS);
	for (int i = 0; i < 2 * count; i++) {
		assert_int_equal(access(paths[i / 2][i % 2], F_OK), 0);
		assert_true(cgroupfs_remove(AT_FDCWD, paths[i / 2][i % 2], 2, &patience));
	}
	forget_record();
}

static void says_what_would_give_the_right(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		struct text why = {0};
		struct topology topology;
		struct error error = {0};
		bool refused = setuid(NOBODY) == 0 && !host_cgroup_usable(&why) &&
			       topology_read_machine(&topology, NULL) &&
			       !host_cgroup_open(&topology, &(struct host_options){0}, &error);
		const char *line = strchr(text_string(&why), '\n');
		refused &= line && strstr(line, "ktstr exec") && strchr(line + 1, '\n') &&
			   strstr(error.message, "Permission denied; ");
		_exit(refused ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_host, close_host)
	const struct CMUnitTest tests[] = {
		TEST(names_its_root),
		TEST(writes_the_knobs_of_cpu),
		TEST(leaves_the_cpu_controller_off),
		TEST(writes_memory_nodes),
		TEST(sets_up_what_the_program_asks_for),
		TEST(strangers_move_along_and_die_with_the_group),
		TEST(a_refused_move_is_undone),
		TEST(a_move_refused_half_way_is_undone),
		TEST(a_refused_cpuset_is_undone),
		TEST(what_is_gone_already_is_fine),
		TEST(keeps_groups_when_asked_to),
		cmocka_unit_test(says_what_would_give_the_right),
	};
	return cmocka_run_group_tests_name("host_cgroup", tests, NULL, NULL);
}
