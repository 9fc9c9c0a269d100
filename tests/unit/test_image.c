/*
 * Images: what is read is what was written, and bytes that were not written so are refused or run
 * on the planned host to an end that leaves nothing behind (sanitizers watch the rest).
 */
#include "code/disasm.h"
#include "code/image.h"
#include "host/host_plan.h"
#include "probe.h"
#include "run/run.h"

#include <endian.h>
#include <math.h>
#include <string.h>

/* One of everything that an image has. */
static const char rich_text[] =
	"param n = 3 \"how many\"\n"
	"param share = (40%) \"how much, größer\"\n"
	"param label = \"x\"\n"
	"flag own \"of this file\" requires steal\n"
	"extern hook probe(a: int, s: string) -> cpuset\n"
	"extern work churn(n: int)\n"
	"payload p { exec = \"x\"; args = [\"{n}\"]; output = \"text\"; metric m = \"(.)\"\n"
	"    expect { m < 3; no exit_code } }\n"
	"scheduler mine { exec = \"m\"; flag own { args = [\"o\"] } }\n"
	"scenario first \"The first\\nof two\" {\n"
	"    category = \"kind\"; duration = 50ms\n"
	"    cgroup a { cpus = disjoint(0, 2); weight = 50; spawn n cpu_spin { affinity = one } }\n"
	"    cgroup b { quota = 150%; spawn 2 bursty(1ms, 1ms) { name = \"{label}{n}\" } }\n"
	"    step \"one {n + 1}\" { swap a.cpus, b.cpus; hold share; note \"{topo.cpus * 0.5}\" }\n"
	"    for i in 0..n { create cell[i] }\n"
	"    expect a.tasks > 100 \"größer\"\n"
	"    expect { gap <= 1s; no spread }\n"
	"    run p in a; spawn churn(2) in a; kill p\n"
	"    note \"{custom probe(1, label)}\"\n"
	"    hold rest\n"
	"}\n"
	"scenario second { scheduler = mine; requires own; excludes borrow\n"
	"     needs topo.cpus >= 1000; hold 1ms }\n";

/* Small enough for each of its bits to be turned. */
static const char small_text[] = "param n = 2\n"
				 "fn twice(i: int) -> int = i * 2\n"
				 "proc tell(i: int) { note \"{twice(i + n)}\" }\n"
				 "scenario s {\n"
				 "    cgroup a { weight = 5; spawn n cpu_spin }\n"
				 "    for i in 0..n { tell(i) }\n"
				 "    hold 1ms\n"
				 "}\n";

/* Of the header, as image.h describes it. */
enum { FORMAT_AT = 8, CHECKSUM_AT = 28, CONTENT_AT = 36 };

struct copy {
	struct program program;
	struct source_set sources;
	struct error error;
};

static bool copy_read(struct copy *copy, const char *bytes, size_t length)
{
	*copy = (struct copy){0};
	/* Of its own size, so that a byte too far is seen. */
	char *exact = memory_resize(NULL, length);
	memcpy(exact, bytes, length);
	bool fine = image_read(exact, length, &copy->program, &copy->sources, &copy->error);
	free(exact);
	if (fine)
		return true;
	assert_string_not_equal(copy->error.message, "");
	assert_int_equal(copy->sources.files.length, 0);
	assert_int_equal(copy->program.code.length, 0);
	return false;
}

static void copy_free(struct copy *copy)
{
	program_free(&copy->program);
	source_set_free(&copy->sources);
}

static void build(const char *source, struct text *image)
{
	struct probe probe;
	probe_compile(&probe, source);
	image_write(&probe.program, &probe.sources, image);
	probe_free(&probe);
}

static void seal(char *image, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = CONTENT_AT; i < length; i++)
		hash = (hash ^ (unsigned char)image[i]) * UINT64_C(0x100000001b3);
	for (int i = 0; i < 8; i++)
		image[CHECKSUM_AT + i] = (char)(hash >> (8 * i) & 0xff);
}

static void run_planned(const struct program *program, size_t index, bool trace,
			struct result *result)
{
	struct topology topology;
	struct run_options options = {.duration_ns = -1,
				      .settle_ns = -1,
				      .workers = -1,
				      .timeout_ns = -1,
				      .seed = 7,
				      .turns = 10000,
				      .trace = trace};
	assert_true(topology_read_text(&topology, "1n2l2c1t", NULL));
	struct host *host = host_plan_open(&topology);
	run_scenario(program, index, host, &options, result);
	assert_int_equal(host_plan_left(host), 0);
	host_close(host);
}

/* Everything that a run of a program shows, places as they are printed. */
static void put_run(struct program *program, struct source_set *sources, struct text *out)
{
	struct source_place place = {0};
	for (size_t i = 0; i < program->scenarios.length; i++) {
		struct result result;
		run_planned(program, i, true, &result);
		text_printf(out, "%s %s %s %s\n", result.name, result.doc, result.category,
			    status_name(result.status));
		for (size_t j = 0; j < result.events.length; j++) {
			const struct event *event = &result.events.data[j];
			assert_true(source_locate(sources, event->span.start, &place));
			text_printf(out, "%s:%u:%u %lld %s %s %s %s %s %s %s\n", place.file->name,
				    place.line, place.column, (long long)event->t_ns, event->op,
				    event->cgroup, event->cpus, event->knob, event->value,
				    event->work, event->text);
		}
		for (size_t j = 0; j < result.reasons.length; j++)
			diag_render_place(sources, result.reasons.data[j].span, "failure",
					  result.reasons.data[j].message, false, out);
		result_free(&result);
	}
}

static void put_all(struct program *program, struct source_set *sources, struct text *out)
{
	disasm_program(program, sources, out);
	for (size_t i = 0; i < program->params.length; i++)
		text_printf(out, "%s: %s\n", program->params.data[i].name,
			    program->params.data[i].doc);
	text_printf(out, "%u\n", program->knobs);
	put_run(program, sources, out);
}

static void test_round_trip(void **state)
{
	struct probe probe;
	struct copy copy;
	struct text image = {0}, again = {0}, expected = {0}, observed = {0};
	const struct param_value values[] = {{"n", "2"}, {"share", "20%"}, {"label", "y"}};
	(void)state;
	probe_compile(&probe, rich_text);
	image_write(&probe.program, &probe.sources, &image);
	if (!copy_read(&copy, image.data, image.length))
		fail_msg("%s", copy.error.message);
	put_all(&probe.program, &probe.sources, &expected);
	put_all(&copy.program, &copy.sources, &observed);
	assert_string_equal(text_string(&observed), text_string(&expected));
	/* That was not nothing. */
	assert_non_null(strstr(text_string(&observed), "expect a.tasks > 100"));
	image_write(&copy.program, &copy.sources, &again);
	assert_int_equal(again.length, image.length);
	assert_memory_equal(again.data, image.data, image.length);
	for (int i = 0; i < 3; i++) {
		assert_true(run_set_param(&probe.program, &values[i], &copy.error));
		assert_true(run_set_param(&copy.program, &values[i], &copy.error));
	}
	text_clear(&expected);
	text_clear(&observed);
	put_run(&probe.program, &probe.sources, &expected);
	put_run(&copy.program, &copy.sources, &observed);
	assert_string_equal(text_string(&observed), text_string(&expected));
	text_free(&image);
	text_free(&again);
	text_free(&expected);
	text_free(&observed);
	copy_free(&copy);
	probe_free(&probe);
}

static void test_empty_program(void **state)
{
	struct copy copy;
	struct text image = {0};
	(void)state;
	build("", &image);
	assert_true(copy_read(&copy, image.data, image.length));
	assert_int_equal(copy.program.scenarios.length, 0);
	copy_free(&copy);
	text_free(&image);
}

static void test_same_bytes(void **state)
{
	struct probe probe;
	struct text one = {0}, other = {0};
	(void)state;
	build(rich_text, &one);
	build(rich_text, &other);
	assert_int_equal(one.length, other.length);
	assert_memory_equal(one.data, other.data, one.length);
	/* Whatever is in the part of a constant that a string does not use. */
	probe_compile(&probe, rich_text);
	for (size_t i = 0; i < probe.program.constants.length; i++) {
		struct constant *constant = &probe.program.constants.data[i];
		if (probe.program.registers.data[constant->reg] == 'S')
			constant->integer = (int64_t)constant->string | INT64_C(0x5a5a) << 32;
	}
	text_clear(&other);
	image_write(&probe.program, &probe.sources, &other);
	assert_memory_equal(one.data, other.data, one.length);
	probe_free(&probe);
	text_free(&one);
	text_free(&other);
}

static void test_truncations(void **state)
{
	struct copy copy;
	struct text image = {0};
	(void)state;
	build(rich_text, &image);
	for (size_t length = 0; length < image.length; length++) {
		assert_false(copy_read(&copy, image.data, length));
		assert_string_equal(copy.error.message, length ? "truncated" : "not a .ktb file");
		assert_int_equal(image_recognize(image.data, length), length > 0);
	}
	/* The content cut short, and told so. */
	for (size_t length = CONTENT_AT; length < image.length; length++) {
		for (int i = 0; i < 8; i++)
			image.data[20 + i] = (char)((length - CONTENT_AT) >> (8 * i) & 0xff);
		seal(image.data, length);
		assert_false(copy_read(&copy, image.data, length));
	}
	text_free(&image);
}

static void test_bit_flips(void **state)
{
	struct copy copy;
	struct text image = {0};
	size_t refused = 0, run = 0;
	(void)state;
	build(small_text, &image);
	for (size_t bit = 0; bit < image.length * 8; bit++) {
		char *sealed = memory_resize(NULL, image.length);
		memcpy(sealed, image.data, image.length);
		sealed[bit / 8] = (char)(sealed[bit / 8] ^ 1 << bit % 8);
		assert_false(copy_read(&copy, sealed, image.length));
		seal(sealed, image.length);
		if (bit / 8 < CHECKSUM_AT) {
			assert_false(copy_read(&copy, sealed, image.length));
			refused++;
		} else if (copy_read(&copy, sealed, image.length)) {
			for (size_t i = 0; i < copy.program.scenarios.length; i++) {
				struct result result;
				run_planned(&copy.program, i, false, &result);
				result_free(&result);
			}
			copy_free(&copy);
			run++;
		} else {
			refused++;
		}
		free(sealed);
	}
	/* Both ways were really gone. */
	print_message("# %zu refused, %zu run\n", refused, run);
	assert_true(refused > image.length && run > image.length);
	text_free(&image);
}

static void expect_refusal(const char *bytes, size_t length, const char *message)
{
	struct copy copy;
	assert_false(copy_read(&copy, bytes, length));
	if (!strstr(copy.error.message, message))
		fail_msg("'%s' should say '%s'", copy.error.message, message);
}

/* The bytes of `from` become those of `to`, as many; the image is sealed again. */
static void replace(struct text *image, const char *from, const char *to, size_t length)
{
	char *at = memmem(image->data + CONTENT_AT, image->length - CONTENT_AT, from, length);
	assert_non_null(at);
	memcpy(at, to, length);
	seal(image->data, image->length);
}

static void test_refusals(void **state)
{
	/* As many bytes each as `length` says; a text's length is the four before it. */
	static const struct {
		size_t length;
		const char *from, *to, *says;
	} changes[] = {
		{5, "probe", "pr\033be", "cannot be shown"},
		{5, "probe", "pr\xc2\x9b.", "cannot be shown"},
		{7, "param n", "par\xffm n", "not UTF-8"},
		{7, "param n", "par\0m n", "not UTF-8"},
		{9, "\5\0\0\0probe", "\5\0\0\x80probe", "longer than the file"},
		{9, "\5\0\0\0probe", "\377\377\377\377probe", "longer than the file"},
	};
	struct text image = {0};
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		text_clear(&image);
		build(small_text, &image);
		replace(&image, changes[i].from, changes[i].to, changes[i].length);
		expect_refusal(image.data, image.length, changes[i].says);
	}
	text_clear(&image);
	build(small_text, &image);
	text_putc(&image, '\n');
	expect_refusal(image.data, image.length, "behind its end");
	image.data[20]++; /* now it is part of the content */
	seal(image.data, image.length);
	expect_refusal(image.data, image.length, "behind its end");
	char other[64];
	snprintf(other, sizeof(other), "another version (format %d, this is %d)", IMAGE_FORMAT + 1,
		 IMAGE_FORMAT);
	image.data[FORMAT_AT] = IMAGE_FORMAT + 1;
	expect_refusal(image.data, image.length, other);
	image.data[FORMAT_AT] = IMAGE_FORMAT;
	image.data[FORMAT_AT + 4] ^= 1;
	expect_refusal(image.data, image.length, "another ktstr");
	memmove(image.data + 4, image.data + 5, image.length - 5); /* CR LF came out as LF */
	expect_refusal(image.data, image.length - 1, "as if it were text");
	expect_refusal("scenario s { }", 14, "not a .ktb file");
	text_free(&image);
}

static const char *const nonsense[] = {
	"place is outside",       "place is outside",
	"place is outside",       "flags",
	"out of order",           "no value",
	"more registers",         "list of knobs",
	"list of knobs",          "no identifier",
	"no identifier",          "no identifier",
	"too many sources",       "there is no such",
	"longest time is none",   "longest time is none",
	"longest time is none",   "longest time is none",
	"param 0 does not fit",   "flag 3 needs a later",
	"more than 64 flags",     "flags that are not there",
	"no identifier",          "extern 1 does not fit",
	"extern 0 does not fit",  "payload 0 does not fit",
	"payload 0 does not fit", "no identifier",
};

enum { NONSENSE = sizeof(nonsense) / sizeof(nonsense[0]) };

/* The same for what is declared of the world outside. */
static void spoil_foreign(struct program *program, int how)
{
	switch (how) {
	case 0:
		program->flags.data[3].needs = 8;
		break;
	case 1:
		for (int i = 0; i < PROGRAM_FLAGS_MAX; i++)
			VECTOR_PUSH(&program->flags, program->flags.data[0]);
		break;
	case 2:
		program->scenarios.data[1].requires
		|= UINT64_C(1) << 63;
		break;
	case 3:
		program->hooks.data[0].name = "";
		break;
	case 4:
		program->hooks.data[1].params[0] = TYPE_STRING;
		break;
	case 5:
		program->hooks.data[0].result = TYPE_WORK;
		break;
	case 6:
		program->payloads.data[0].limits[0].metric = 2;
		break;
	case 7:
		program->payloads.data[0].limits[0].relation = PAYLOAD_RELATIONS;
		break;
	default:
		program->schedulers.data[0].name = "../x";
	}
}

/* What the emitter would never make; `nonsense` has what the reader says of it. */
static void spoil(struct probe *probe, int how)
{
	struct program *program = &probe->program;
	struct span *span = &program->spans.data[3];
	struct scenario *scenarios = program->scenarios.data, first = scenarios[0];
	switch (how) {
	case 0:
		span->end = span->start - 1;
		break;
	case 1:
		span->end = (uint32_t)sizeof(rich_text);
		break;
	case 2:
		*span = (struct span){UINT32_MAX, UINT32_MAX - 1};
		break;
	case 3:
		program->code.data[2].flags = 32;
		break;
	case 4:
		scenarios[0] = scenarios[1];
		scenarios[1] = first;
		break;
	case 5:
		program->constants.data[0] = program->constants.data[1];
		break;
	case 6:
		for (int i = 0; i < 4096; i++)
			VECTOR_PUSH(&program->registers, 'C');
		break;
	case 7:
		program->knobs = 0;
		break;
	case 8:
		program->knobs |= 1u << 31;
		break;
	case 9:
		scenarios[1].name = "7th";
		break;
	case 10:
		program->params.data[1].name = "";
		break;
	case 11:
		scenarios[0].name = "a/b";
		break;
	case 12:
		for (int i = 0; i < IMAGE_SOURCES_MAX; i++)
			source_add(&probe->sources, "more", "", 0);
		break;
	case 13:
		program->code.data[5].op = OP_COUNT;
		break;
	case 14:
		scenarios[0].bound.lines.fixed_ns = (double)NAN;
		break;
	case 15:
		scenarios[1].bound.rest.duration = -1;
		break;
	case 16:
		scenarios[0].bound.timeout_ns = -1;
		break;
	case 17:
		scenarios[0].bound.depends = 1u << 31;
		break;
	case 18:
		program->params.data[0].type = TYPE_COUNT;
		break;
	default:
		spoil_foreign(program, how - 19);
	}
}

static void test_nonsense(void **state)
{
	(void)state;
	for (int i = 0; i < NONSENSE; i++) {
		struct probe probe;
		struct text image = {0};
		probe_compile(&probe, rich_text);
		spoil(&probe, i);
		image_write(&probe.program, &probe.sources, &image);
		expect_refusal(image.data, image.length, nonsense[i]);
		text_free(&image);
		probe_free(&probe);
	}
}

/* Random bytes, and random numbers where a small one is meant. */
static void test_random(void **state)
{
	enum { BYTES = 64 * 1024, TRIES = 200 };
	struct copy copy;
	struct text image = {0};
	uint64_t random = 88172645463325252u;
	(void)state;
	for (int i = 0; i < TRIES; i++) {
		text_clear(&image);
		build(small_text, &image);
		image.length = CONTENT_AT;
		/* xorshift64 (Marsaglia 2003). */
		while (image.length < BYTES) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			uint64_t value = i % 2 ? random % 3 : random;
			text_add(&image, (const char *)&value, i % 2 ? 4 : 8);
		}
		if (i % 4 >= 2) {
			uint64_t content = BYTES - CONTENT_AT;
			memcpy(image.data + 20, &(uint64_t){htole64(content)}, 8);
			seal(image.data, image.length);
		}
		assert_false(copy_read(&copy, image.data, image.length));
	}
	text_free(&image);
}

static size_t peak_kib(void)
{
	size_t peak = 0;
	char line[256];
	FILE *file = fopen("/proc/self/status", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "VmPeak: %zu", &peak);
	fclose(file);
	return peak;
}

/* Numbers that are large, one at a time, wherever one may stand: no memory is asked for that the
 * file's size does not warrant. */
static void test_memory(void **state)
{
	static const uint32_t numbers[] = {UINT32_MAX, UINT32_MAX / 16, UINT32_MAX / 64};
	enum { GROWTH_MAX_KIB = 512 * 1024 };
	struct text image = {0};
	(void)state;
	build(small_text, &image);
	size_t before = peak_kib();
	for (size_t at = CONTENT_AT; at + 4 <= image.length; at++) {
		for (int i = 0; i < 3; i++) {
			struct copy copy;
			char old[4];
			memcpy(old, image.data + at, 4);
			memcpy(image.data + at, &numbers[i], 4);
			seal(image.data, image.length);
			if (copy_read(&copy, image.data, image.length))
				copy_free(&copy);
			memcpy(image.data + at, old, 4);
		}
	}
	assert_true(peak_kib() - before < GROWTH_MAX_KIB);
	text_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_empty_program),
		cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_bit_flips),  cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_random),     cmocka_unit_test(test_memory),
		cmocka_unit_test(test_nonsense),
	};
	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
