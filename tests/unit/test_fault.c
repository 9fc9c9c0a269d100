/*
 * Every verb of the planned host is refused once, at each place where a program calls one: whatever
 * that was, the scenario must come out BROKEN (or FAIL, when a check had failed before), name the
 * fault, and leave nothing behind.
 */
#include "code/emit.h"
#include "code/verify.h"
#include "host/host_plan.h"
#include "run/run.h"
#include "sema/sema.h"
#include "syntax/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

static const char *const programs[] = {every_op, after_a_failure, with_a_skip};

struct compiled {
	struct source_set sources;
	struct diag_list diags;
	struct arena arena;
	struct map names;
	struct program program;
};

static void compile(struct compiled *compiled, const char *text)
{
	struct error error;
	*compiled = (struct compiled){0};
	diag_init(&compiled->diags, &compiled->sources);
	map_init(&compiled->names, &compiled->arena);
	sema_reserve_names(&compiled->names);
	struct tree tree = {
		.arena = &compiled->arena, .names = &compiled->names, .diags = &compiled->diags};
	size_t index = source_add(&compiled->sources, "probe", text, strlen(text));
	parse_source(&tree, &compiled->sources.files.data[index]);
	sema_check(&tree);
	if (compiled->diags.errors) {
		struct text out = {0};
		diag_render(&compiled->diags, &(struct diag_style){.limit = 5}, &out);
		fail_msg("%s", text_string(&out));
	}
	emit_program(&tree, &compiled->program);
	if (!verify_program(&compiled->program, &error))
		fail_msg("%s", error.message);
	VECTOR_FREE(&tree.suspects);
}

static void drop(struct compiled *compiled)
{
	program_free(&compiled->program);
	map_free(&compiled->names);
	arena_free(&compiled->arena);
	diag_free(&compiled->diags);
	source_set_free(&compiled->sources);
}

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
		struct compiled compiled;
		compile(&compiled, programs[i]);
		long n = 1;
		while (run_with_fault(&compiled.program, n))
			n++;
		/* Each program really went through its verbs, and the last run was whole. */
		print_message("# program %zu: %ld faults\n", i, n - 1);
		assert_true(n > 4);
		drop(&compiled);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_verb)};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
