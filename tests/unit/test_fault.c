/*
 * Every verb of the planned host is refused once, at each place where a program calls one: whatever
 * that was, the scenario must come out BROKEN (or FAIL, when a check had failed before), name the
 * fault, and leave nothing behind.
 */
#include "host/host_plan.h"
#include "probe.h"
#include "run/run.h"

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

static bool names_fault(const struct result *result)
{
	for (size_t i = 0; i < result->reasons.length; i++) {
		if (strstr(result->reasons.data[i].message, "injected fault"))
			return true;
	}
	return false;
}

/* Run with the n-th verb refused; false when the program calls fewer. */
static bool run_with_fault(const struct program *program, long n)
{
	struct topology topology;
	struct result result;
	struct run_options options = {
		.duration_ns = -1, .settle_ns = -1, .workers = -1, .timeout_ns = -1, .seed = 7};
	assert_true(topology_read_text(&topology, "1n2l2c1t", NULL));
	struct host *host = host_plan_open(&topology);
	host_plan_fail_at(host, n);
	run_scenario(program, 0, host, &options, &result);
	bool hit = names_fault(&result);
	if (hit && result.status != STATUS_BROKEN && result.status != STATUS_FAIL)
		fail_msg("fault %ld came out as %s", n, status_name(result.status));
	if (host_plan_left(host) != 0)
		fail_msg("fault %ld (%s) left %zu things behind", n,
			 result.reasons.length ? result.reasons.data[0].message : "none",
			 host_plan_left(host));
	result_free(&result);
	host_close(host);
	return hit;
}

static void test_every_verb(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct probe probe;
		probe_compile(&probe, programs[i]);
		long n = 1;
		while (run_with_fault(&probe.program, n))
			n++;
		/* Each program really went through its verbs, and the last run was whole. */
		print_message("# program %zu: %ld faults\n", i, n - 1);
		assert_true(n > 4);
		probe_free(&probe);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_verb)};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
