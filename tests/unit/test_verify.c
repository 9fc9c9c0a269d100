/*
 * The verifier and the interpreter against hostile programs: one field of a sound program is
 * changed, many thousand times, with a fixed seed. What the verifier lets through must run on the
 * planned host to an end that leaves nothing behind (sanitizers watch the rest).
 */
#include "code/verify.h"
#include "host/host_plan.h"
#include "probe.h"
#include "run/run.h"

#include <string.h>

static const char program_text[] =
	"param n = 3\n"
	"flag own requires llc\n"
	"extern hook probe(a: int, f: float, s: string, c: cpuset, g: cgroup) -> string\n"
	"extern hook poke()\n"
	"extern work churn(n: int, part: percent)\n"
	"payload p { exec = \"x{n}\"; args = [\"a\", \"{n}\"]; timeout = 3ms\n"
	"    output = \"json\"; metric m = \"a.b\"; expect { m < n; m; exit_code != 1.5 } }\n"
	"scheduler mine { exec = \"m\"; args = [\"-v\"]; flag own { args = [\"o\", \"{n}\"] } }\n"
	"fn memory(i: int) -> mempolicy = preferred(i)\n"
	"fn twice(i: int) -> int = i * 2\n"
	"proc fill(g: cgroup, set: cpuset, t: string) {\n"
	"    spawn (twice(1)) cpu_spin in g { affinity = set; name = t }\n"
	"    scope { create inner; sleep 1ms }\n"
	"}\n"
	"scenario probe {\n"
	"    duration = 50ms\n"
	"    scheduler = mine\n"
	"    requires own\n"
	"    cgroup a { cpus = disjoint(0, 2); weight = 50; spawn n cpu_spin { affinity = one } }\n"
	"    cgroup b { cpus = overlap(1, 2, 50%) | nth(all, 0); spawn 2 bursty(1ms, 1ms) }\n"
	"    let h = spawn 2 mixed in b { policy = fifo(3); nice = -3; name = \"x{n}\" }\n"
	"    step \"one {n + 1}\" {\n"
	"        swap a.cpus, b.cpus\n"
	"        move h to a\n"
	"        move 50% from a to b\n"
	"        repeat every 10ms for 30% as i { set a.cpus = nth(all, i % 2); note \"{i}\" }\n"
	"        for i in 0..n { if i == 1 and n > 2 { create cell[i] } else { note \"no\" } }\n"
	"        expect a.tasks > 0 \"there\"\n"
	"        expect { gap <= 1s; no spread }\n"
	"    }\n"
	"    fill(b, a.cpus, \"t\")\n"
	"    let said = custom probe(n, 0.5, \"s\", llc(0), b)\n"
	"    custom poke()\n"
	"    spawn churn(n, 50%) in b { name = said }\n"
	"    run p in a; run p as q; sleep 1ms; wait p timeout 2ms; kill q\n"
	"    await map_value(\"/x\", n) == 1 timeout 1ms\n"
	"    spawn sequence(spin(n * 1ms), sleep(2ms)) in b { swappable = n > 2 }\n"
	"    spawn 4 pipe_io(n) in b {\n"
	"        mempolicy = bind(0, n - 3); mempolicy_flags = static | numa_balancing\n"
	"    }\n"
	"    for i in 0..2 { let m = memory(0); spawn mutex_contention(n) in b { mempolicy = m } }\n"
	"    scope { cgroup d { spawn cpu_spin }; sleep 1ms }\n"
	"    await b.tasks == 0 timeout 5ms\n"
	"    fail \"f\" if a.tasks * 2.5 > 1000.0\n"
	"    hold rest\n"
	"}\n";

enum { MUTATIONS = 12000 };

static uint64_t next_random(uint64_t *state)
{
	/* xorshift64 (Marsaglia 2003). */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A value that is more likely than chance to be nearly right. */
static uint32_t hostile(uint64_t *state, uint32_t old)
{
	switch (next_random(state) % 5) {
	case 0:
		return (uint32_t)next_random(state);
	case 1:
		return NONE;
	case 2:
		return old + 1;
	case 3:
		return old - 1;
	default:
		return (uint32_t)(next_random(state) % 200);
	}
}

static void mutate(struct program *program, uint64_t *state)
{
	size_t at = next_random(state) % program->code.length;
	struct instruction *instruction = &program->code.data[at];
	switch (next_random(state) % 8) {
	case 0:
		instruction->op = (uint16_t)(next_random(state) % (OP_COUNT + 3));
		break;
	case 1:
		instruction->flags = (uint16_t)next_random(state);
		break;
	case 2:
		instruction->a = hostile(state, instruction->a);
		break;
	case 3:
		instruction->b = hostile(state, instruction->b);
		break;
	case 4:
		instruction->c = hostile(state, instruction->c);
		break;
	case 5:
		at = next_random(state) % program->pool.length;
		program->pool.data[at] = hostile(state, program->pool.data[at]);
		break;
	case 6:
		at = next_random(state) % program->registers.length;
		program->registers.data[at] = "IFSCWAPMGHLx"[next_random(state) % 12];
		break;
	default:
		at = next_random(state) % program->constants.length;
		program->constants.data[at].integer = (int64_t)next_random(state);
		break;
	}
}

static void run_planned(const struct program *program)
{
	struct topology topology;
	struct result result;
	struct work other = work_default(WORK_futex_fan_out);
	struct run_options options = {.duration_ns = -1,
				      .settle_ns = -1,
				      .workers = -1,
				      .timeout_ns = -1,
				      .work_type = &other,
				      .seed = 7,
				      .turns = 10000};
	assert_true(topology_read_text(&topology, "1n2l2c1t", NULL));
	struct host *host = host_plan_open(&topology);
	run_scenario(program, 0, host, &options, &result);
	assert_int_equal(host_plan_left(host), 0);
	result_free(&result);
	host_close(host);
}

static void test_mutations(void **state)
{
	struct probe probe;
	uint64_t seed = 88172645463325252u;
	size_t refused = 0, run = 0;
	(void)state;
	probe_compile(&probe, program_text);
	struct program *program = &probe.program;
	size_t code = program->code.length * sizeof(*program->code.data);
	size_t pool = program->pool.length * sizeof(*program->pool.data);
	size_t constants = program->constants.length * sizeof(*program->constants.data);
	void *old_code = arena_copy(&probe.arena, (char *)program->code.data, code);
	void *old_pool = arena_copy(&probe.arena, (char *)program->pool.data, pool);
	void *old_constants = arena_copy(&probe.arena, (char *)program->constants.data, constants);
	char *old_registers =
		arena_copy(&probe.arena, program->registers.data, program->registers.length);
	for (int i = 0; i < MUTATIONS; i++) {
		struct error error;
		for (uint64_t changes = next_random(&seed) % 2 + 1; changes; changes--)
			mutate(program, &seed);
		if (verify_program(program, &error)) {
			run_planned(program);
			run++;
		} else {
			assert_true(error.message[0] != '\0');
			refused++;
		}
		memcpy(program->code.data, old_code, code);
		memcpy(program->pool.data, old_pool, pool);
		memcpy(program->constants.data, old_constants, constants);
		memcpy(program->registers.data, old_registers, program->registers.length);
	}
	/* Both ways were really gone. */
	print_message("# %zu refused, %zu run\n", refused, run);
	assert_true(refused > MUTATIONS / 10 && run > MUTATIONS / 10);
	probe_free(&probe);
}

/* The first instruction with an op, from an index on. */
static size_t find_op(const struct program *program, enum op op, size_t from)
{
	while (program->code.data[from].op != op)
		from++;
	return from;
}

static void expect_refusal(const char *text, void (*spoil)(struct program *), const char *says)
{
	struct probe probe;
	struct error error;
	probe_compile(&probe, text);
	spoil(&probe.program);
	assert_false(verify_program(&probe.program, &error));
	if (!strstr(error.message, says))
		fail_msg("'%s' should say '%s'", error.message, says);
	probe_free(&probe);
}

/* The scenario's block ends before what is done in it. */
static void close_early(struct program *program)
{
	size_t create = find_op(program, OP_GROUP_CREATE, 0);
	size_t close = find_op(program, OP_SCOPE_CLOSE, create);
	struct instruction before = program->code.data[close];
	program->code.data[close] = program->code.data[create];
	program->code.data[create] = before;
}

/* A proc ends its caller's block, and opens one of its own in its place. */
static void close_callers(struct program *program)
{
	size_t first = find_op(program, OP_RETURN, 0) - 2;
	program->code.data[first] = program->code.data[find_op(program, OP_SCOPE_CLOSE, first)];
}

static void drop_close(struct program *program)
{
	size_t close = find_op(program, OP_SCOPE_CLOSE, 0);
	program->code.data[close] = program->code.data[close - 1];
}

/* What is created belongs to a block that is open then: nothing is done outside of all. */
static void test_blocks(void **state)
{
	(void)state;
	expect_refusal("scenario s { create a }", close_early, "outside every block");
	expect_refusal("proc p() { create a; sleep 1s }\nscenario s { p() }", close_callers,
		       "outside every block");
	expect_refusal("scenario s { create a }", drop_close, "still open");
	expect_refusal("proc p() { scope { create a } }\nscenario s { p() }", drop_close,
		       "still open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutations),
					   cmocka_unit_test(test_blocks)};
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
