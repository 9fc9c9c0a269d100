/*
 * Every verb of the planned host is refused once, at each place where a program, or a scenario of
 * the catalog, calls one: whatever that was, the scenario must come out BROKEN (or FAIL, when a
 * check had failed before), name the fault with the line of its op, and leave nothing behind.
 */
#include "host/host_plan.h"
#include "probe.h"
#include "run/run.h"

#include <ftw.h>
#include <stdlib.h>

/* Blocks in blocks, handles, moves, every op that asks the host. */
static const char every_op[] =
	"scenario probe {\n"
	"    settle = 10ms\n"
	"    cgroup a { cpus = disjoint(0, 2); weight = 50; spawn 3 cpu_spin { affinity = one } }\n"
	"    cgroup b { cpus = disjoint(1, 2); spawn 2 bursty(1ms, 1ms) }\n"
	"    create b/c\n"
	"    let h = spawn 2 mixed in b/c { policy = batch }\n"
	"    step \"one\" {\n"
	"        cgroup late { spawn 2 yield_heavy }\n"
	"        swap a.cpus, b.cpus\n"
	"        clear a.cpus\n"
	"        set a.affinity = random\n"
	"        move h to a\n"
	"        move 50% from a to b\n"
	"        freeze a; sleep 5ms; thaw a\n"
	"        repeat every 10ms for 50ms as i { set a.cpus = nth(all, i % 2) }\n"
	"        expect a.tasks > 0\n"
	"    }\n"
	"    scope { cgroup d { spawn cpu_spin }; cgroup d/e { }; hold 10ms; remove d/e }\n"
	"    for i in 0..3 { cgroup cell[i] { spawn cpu_spin } }\n"
	"    stop h\n"
	"    move all from a to host\n"
	"    await a.tasks == 0 timeout 50ms\n"
	"    remove b\n"
	"    hold rest\n"
	"}\n";
static const char after_a_failure[] =
	"scenario probe { cgroup a { spawn cpu_spin }; hold 10ms; fail \"x\"; create b }\n";
static const char with_a_skip[] =
	"scenario probe { cgroup a { spawn cpu_spin }; hold 10ms; skip \"enough\" }\n";

static const char with_programs[] =
	"payload p { exec = \"p\"; args = [\"x\"] }\n"
	"scheduler mine { exec = \"m\" }\n"
	"scenario probe {\n"
	"    scheduler = mine\n"
	"    cgroup a { run p }\n"
	"    run p in a as q\n"
	"    await map_value(\"/x\", 1) == 0 timeout 20ms\n"
	"    step \"one\" { cgroup b { run p as r }; hold 10ms; remove b }\n"
	"    wait q\n"
	"    kill p\n"
	"    run p\n"
	"    hold 10ms\n"
	"}\n";

static const char *const programs[] = {every_op, after_a_failure, with_a_skip, with_programs};

/* Verbs that ops call, and how often each was refused. */
static const char *const verbs[] = {"group_create",  "group_remove", "knob_set",     "group_cpus",
				    "group_tasks",   "group_freeze", "spawn",        "release",
				    "stop",          "move",         "move_workers", "affinity_set",
				    "process_start", "process_stop", "map_value"};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };
static long refused[VERBS];
static long catalog_scenarios, catalog_faults;

static void count_refusal(const char *named)
{
	size_t length = strspn(named, "abcdefghijklmnopqrstuvwxyz_");
	for (int verb = 0; verb < VERBS; verb++)
		refused[verb] +=
			strlen(verbs[verb]) == length && strncmp(named, verbs[verb], length) == 0;
}

/* The reason that tells of the fault; it says which verb it was. */
static const struct reason *find_fault(const struct result *result)
{
	static const char words[] = "injected fault in ";
	for (size_t i = 0; i < result->reasons.length; i++) {
		const char *at = strstr(result->reasons.data[i].message, words);
		if (at)
			count_refusal(at + sizeof(words) - 1);
		if (at)
			return &result->reasons.data[i];
	}
	return NULL;
}

/* Run with the n-th verb refused; false when the program calls fewer. */
static bool run_with_fault(struct probe *probe, size_t scenario, const char *topology_text, long n)
{
	struct topology topology;
	struct source_place place;
	struct result result;
	struct run_options options = {
		.duration_ns = -1, .settle_ns = -1, .workers = -1, .timeout_ns = -1, .seed = 7};
	const char *name = probe->program.scenarios.data[scenario].name;
	assert_true(topology_read_text(&topology, topology_text, NULL));
	struct host *host = host_plan_open(&topology);
	host_plan_fail_at(host, n);
	run_scenario(&probe->program, scenario, host, &options, &result);
	const struct reason *fault = find_fault(&result);
	if (fault && result.status != STATUS_BROKEN && result.status != STATUS_FAIL)
		fail_msg("%s: fault %ld came out as %s", name, n, status_name(result.status));
	if (fault && !source_locate(&probe->sources, fault->span.start, &place))
		fail_msg("%s: fault %ld has no line: %s", name, n, fault->message);
	if (host_plan_left(host) != 0)
		fail_msg("%s: fault %ld (%s) left %zu things behind", name, n,
			 result.reasons.length ? result.reasons.data[0].message : "none",
			 host_plan_left(host));
	bool hit = fault != NULL;
	result_free(&result);
	host_close(host);
	return hit;
}

static long run_with_faults(struct probe *probe, size_t scenario, const char *topology)
{
	long n = 1;
	while (run_with_fault(probe, scenario, topology, n))
		n++;
	return n - 1;
}

static void test_every_verb(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct probe probe;
		probe_compile(&probe, programs[i]);
		/* Each program really went through its verbs, and the last run was whole. */
		long faults = run_with_faults(&probe, 0, "1n2l2c1t");
		print_message("# program %zu: %ld faults\n", i, faults);
		assert_true(faults > 3);
		probe_free(&probe);
	}
	for (int verb = 0; verb < VERBS; verb++) {
		if (!refused[verb])
			fail_msg("%s was never refused", verbs[verb]);
	}
}

static void set_param(struct program *program, const char *name)
{
	const struct param_value value = {name, "scx_some"};
	struct error error;
	if (run_has_param(program, name) && !run_set_param(program, &value, &error))
		fail_msg("%s: %s", name, error.message);
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	const char *dot = strrchr(path, '.');
	struct probe probe;
	(void)status;
	(void)place;
	if (kind != FTW_F || !dot || strcmp(dot, ".kts") != 0)
		return 0;
	probe_compile_file(&probe, path);
	/* Without them it is a SKIP, and reaches no verb. */
	set_param(&probe.program, "former");
	set_param(&probe.program, "latter");
	for (size_t i = 0; i < probe.program.scenarios.length; i++) {
		long faults = run_with_faults(&probe, i, "2n4l4c2t");
		if (faults < 3)
			fail_msg("%s: only %ld faults", path, faults);
		catalog_faults += faults;
		catalog_scenarios++;
	}
	probe_free(&probe);
	return 0;
}

/* A machine on which each of them runs. */
static void test_catalog(void **state)
{
	const char *folder = getenv("KTS_SCENARIOS");
	(void)state;
	assert_non_null(folder);
	assert_int_equal(nftw(folder, visit, 8, FTW_PHYS), 0);
	print_message("# %ld scenarios of the catalog: %ld faults\n", catalog_scenarios,
		      catalog_faults);
	assert_true(catalog_scenarios > 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_verb),
		cmocka_unit_test(test_catalog),
	};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
