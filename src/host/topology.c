#include "host/topology.h"

#include "base/arena.h"
#include "host/topology_hwloc.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The shape of a regular machine. */
struct label {
	int nodes;
	int llcs;  /* in all */
	int cores; /* per LLC */
	int threads;
};

static const struct preset {
	const char *name;
	const char *label;
	struct label shape;
} presets[] = {
#define PRESET(name, nodes, llcs, cores, threads)                                                  \
	{name, #nodes "n" #llcs "l" #cores "c" #threads "t", {nodes, llcs, cores, threads}},
#include "host/presets.def"
#undef PRESET
};

enum { PRESETS = sizeof(presets) / sizeof(presets[0]) };

bool topology_preset(int index, const char **name, const char **label)
{
	if (index < 0 || index >= PRESETS)
		return false;
	*name = presets[index].name;
	*label = presets[index].label;
	return true;
}

static void *copy_array(const void *array, size_t count, size_t size)
{
	void *copy = memory_zeroed(count, size);
	if (count)
		memcpy(copy, array, count * size);
	return copy;
}

void topology_copy(struct topology *copy, const struct topology *topology)
{
	size_t cores = (size_t)topology->core_count, llcs = (size_t)topology->llc_count;
	size_t nodes = (size_t)topology->node_count;
	*copy = *topology;
	copy->cores = copy_array(topology->cores, cores, sizeof(*copy->cores));
	copy->llcs = copy_array(topology->llcs, llcs, sizeof(*copy->llcs));
	copy->nodes = copy_array(topology->nodes, nodes, sizeof(*copy->nodes));
	copy->node_numbers = copy_array(topology->node_numbers, nodes, sizeof(*copy->node_numbers));
}

void topology_free(struct topology *topology)
{
	free(topology->cores);
	free(topology->llcs);
	free(topology->nodes);
	free(topology->node_numbers);
	*topology = (struct topology){0};
}

static int by_lowest_cpu(const void *a, const void *b)
{
	return cpuset_next(a, -1) - cpuset_next(b, -1);
}

static void sort_nodes(struct topology *topology)
{
	for (int i = 1; i < topology->node_count; i++) {
		int number = topology->node_numbers[i];
		struct cpuset cpus = topology->nodes[i];
		int at = i;
		for (; at > 0 && topology->node_numbers[at - 1] > number; at--) {
			topology->node_numbers[at] = topology->node_numbers[at - 1];
			topology->nodes[at] = topology->nodes[at - 1];
		}
		topology->node_numbers[at] = number;
		topology->nodes[at] = cpus;
	}
}

/* How many of `parts` lie in each of `wholes`, 0 if that differs. */
static int uniform_count(const struct cpuset *wholes, int whole_count, const struct cpuset *parts,
			 int part_count)
{
	if (whole_count < 1 || part_count % whole_count != 0)
		return 0;
	for (int i = 0; i < whole_count; i++) {
		int inside = 0;
		for (int j = 0; j < part_count; j++)
			inside += cpuset_contains(&wholes[i], &parts[j]);
		if (inside != part_count / whole_count)
			return 0;
	}
	return part_count / whole_count;
}

static void name_it(struct topology *topology, const char *name)
{
	int cores = uniform_count(topology->llcs, topology->llc_count, topology->cores,
				  topology->core_count);
	int llcs = uniform_count(topology->nodes, topology->node_count, topology->llcs,
				 topology->llc_count);
	bool regular = cores && llcs;
	for (int i = 0; i < topology->core_count && regular; i++)
		regular = cpuset_count(&topology->cores[i]) == topology->smt;
	if (regular)
		snprintf(topology->name, sizeof(topology->name), "%dn%dl%dc%dt",
			 topology->node_count, topology->llc_count, cores, topology->smt);
	else
		snprintf(topology->name, sizeof(topology->name), "%s", name);
}

/* Sort what a source has filled in, and derive the rest. */
static bool complete(struct topology *topology, const char *name, struct error *error)
{
	topology->cpu_count = cpuset_count(&topology->all);
	if (topology->cpu_count == 0)
		return error_set(error, ERROR_REFUSED, "%s has no CPU that may be used", name);
	qsort(topology->cores, (size_t)topology->core_count, sizeof(*topology->cores),
	      by_lowest_cpu);
	qsort(topology->llcs, (size_t)topology->llc_count, sizeof(*topology->llcs), by_lowest_cpu);
	sort_nodes(topology);
	for (int i = 0; i < topology->core_count; i++) {
		int threads = cpuset_count(&topology->cores[i]);
		if (threads > topology->smt)
			topology->smt = threads;
	}
	topology->usable = topology->all;
	if (topology->cpu_count > 2)
		cpuset_remove(&topology->usable,
			      cpuset_nth(&topology->all, topology->cpu_count - 1));
	name_it(topology, name);
	return true;
}

static void build_label(struct topology *topology, struct label label)
{
	int cores = label.llcs * label.cores;
	topology->core_count = cores;
	topology->llc_count = label.llcs;
	topology->node_count = label.nodes;
	topology->cores = memory_zeroed((size_t)cores, sizeof(*topology->cores));
	topology->llcs = memory_zeroed((size_t)label.llcs, sizeof(*topology->llcs));
	topology->nodes = memory_zeroed((size_t)label.nodes, sizeof(*topology->nodes));
	topology->node_numbers =
		memory_zeroed((size_t)label.nodes, sizeof(*topology->node_numbers));
	for (int node = 0; node < label.nodes; node++)
		topology->node_numbers[node] = node;
	for (int cpu = 0; cpu < cores * label.threads; cpu++) {
		int core = cpu / label.threads;
		int llc = core / label.cores;
		cpuset_add(&topology->all, cpu);
		cpuset_add(&topology->cores[core], cpu);
		cpuset_add(&topology->llcs[llc], cpu);
		cpuset_add(&topology->nodes[llc / (label.llcs / label.nodes)], cpu);
	}
}

/* The number in front of `letter`; NULL if there is none. What is too large comes out too large. */
static const char *take_count(const char *text, char letter, int *count)
{
	char *end;
	if (*text < '0' || *text > '9')
		return NULL;
	unsigned long value = strtoul(text, &end, 10);
	*count = value > CPUSET_CPUS ? CPUSET_CPUS + 1 : (int)value;
	return *end == letter ? end + 1 : NULL;
}

static bool scan_label(const char *text, struct label *label)
{
	return (text = take_count(text, 'n', &label->nodes)) &&
	       (text = take_count(text, 'l', &label->llcs)) &&
	       (text = take_count(text, 'c', &label->cores)) &&
	       (text = take_count(text, 't', &label->threads)) && !*text;
}

static bool check_label(const char *text, const struct label *label, struct error *error)
{
	if (label->nodes < 1 || label->llcs < 1 || label->cores < 1 || label->threads < 1)
		return error_set(error, ERROR_REFUSED,
				 "'%s': every number of a topology label is at least 1", text);
	if (label->llcs % label->nodes != 0)
		return error_set(error, ERROR_REFUSED,
				 "'%s': %d LLCs in all cannot be shared out evenly to %d nodes",
				 text, label->llcs, label->nodes);
	if ((int64_t)label->llcs * label->cores * label->threads > CPUSET_CPUS)
		return error_set(error, ERROR_REFUSED,
				 "'%s' has more than the %d CPUs that are supported", text,
				 CPUSET_CPUS);
	return true;
}

static bool unknown_text(const char *text, struct error *error)
{
	struct text_nearest nearest;
	text_nearest_start(&nearest, text);
	for (int i = 0; i < PRESETS; i++)
		text_nearest_offer(&nearest, presets[i].name);
	char meant[64] = "";
	if (nearest.best)
		snprintf(meant, sizeof(meant), "; did you mean the preset '%s'?", nearest.best);
	return error_set(error, ERROR_REFUSED,
			 "'%.100s' is no topology%s (a topology is a label like 2n4l4c2t: nodes, "
			 "LLCs in all, cores per LLC, threads per core; or a preset like %s; or an "
			 "hwloc XML file; or an hwloc synthetic string like "
			 "\"numa:2 l3:2 core:2 pu:2\")",
			 text, meant, presets[0].name);
}

static bool fill(struct topology *topology, const char *text, struct error *error)
{
	struct label label;
	if (scan_label(text, &label)) {
		if (!check_label(text, &label, error))
			return false;
		build_label(topology, label);
		return true;
	}
	for (int i = 0; i < PRESETS; i++) {
		if (strcmp(text, presets[i].name) == 0) {
			build_label(topology, presets[i].shape);
			return true;
		}
	}
	if (access(text, F_OK) == 0)
		return topology_hwloc_xml(topology, text, error);
	struct error reason = {0};
	if (topology_hwloc_synthetic(topology, text, &reason))
		return true;
	if (reason.number == EINVAL)
		return unknown_text(text, error);
	if (error)
		*error = reason;
	return false;
}

bool topology_read_text(struct topology *topology, const char *text, struct error *error)
{
	*topology = (struct topology){0};
	const char *slash = strrchr(text, '/');
	if (fill(topology, text, error) && complete(topology, slash ? slash + 1 : text, error))
		return true;
	topology_free(topology);
	return false;
}

bool topology_read_machine(struct topology *topology, struct error *error)
{
	*topology = (struct topology){0};
	if (topology_hwloc_machine(topology, error) && complete(topology, "this machine", error))
		return true;
	topology_free(topology);
	return false;
}

void topology_nodes_of(const struct topology *topology, const struct cpuset *set,
		       struct cpuset *nodes)
{
	cpuset_clear(nodes);
	for (int i = 0; i < topology->node_count; i++) {
		if (cpuset_intersects(&topology->nodes[i], set))
			cpuset_add(nodes, topology->node_numbers[i]);
	}
}

int topology_llcs_of(const struct topology *topology, const struct cpuset *set)
{
	int touched = 0;
	for (int i = 0; i < topology->llc_count; i++)
		touched += cpuset_intersects(&topology->llcs[i], set);
	return touched;
}

/* floor(n * share). The nudge is far below one CPU: it only undoes what binary fractions take away
 * from decimal ones, so that 29 % of 100 CPUs is 29 of them. */
static int part_of(int n, double share)
{
	return (int)floor((double)n * share + 1e-9);
}

bool topology_range(const struct topology *topology, double a, double b, struct cpuset *out,
		    struct error *error)
{
	int n = cpuset_count(&topology->usable);
	int first = part_of(n, a), end = part_of(n, b);
	cpuset_slice(out, &topology->usable, first, end);
	if (!cpuset_empty(out))
		return true;
	return error_set(error, ERROR_UNAVAILABLE, "range(%g, %g) is empty on %d usable CPU%s", a,
			 b, n, n == 1 ? "" : "s");
}

/* The part number i of k, widened by `extra` CPUs to each side that has a neighbour. */
static void cut_part(const struct topology *topology, int64_t i, int64_t k, int extra,
		     struct cpuset *out)
{
	int n = cpuset_count(&topology->usable);
	int width = (int)(n / k);
	int first = (int)i * width - (i > 0 ? extra : 0);
	int end = i == k - 1 ? n : (int)(i + 1) * width + extra;
	cpuset_slice(out, &topology->usable, first < 0 ? 0 : first, end > n ? n : end);
}

static bool has_parts(const struct topology *topology, int64_t k)
{
	return k <= cpuset_count(&topology->usable);
}

bool topology_disjoint(const struct topology *topology, int64_t i, int64_t k, struct cpuset *out,
		       struct error *error)
{
	int n = cpuset_count(&topology->usable);
	if (!has_parts(topology, k))
		return error_set(error, ERROR_UNAVAILABLE,
				 "disjoint(%lld, %lld) needs %lld usable CPUs, there %s %d",
				 (long long)i, (long long)k, (long long)k, n == 1 ? "is" : "are",
				 n);
	cut_part(topology, i, k, 0, out);
	return true;
}

bool topology_overlap(const struct topology *topology, int64_t i, int64_t k, double f,
		      struct cpuset *out, struct error *error)
{
	int n = cpuset_count(&topology->usable);
	if (!has_parts(topology, k))
		return error_set(error, ERROR_UNAVAILABLE,
				 "overlap(%lld, %lld, %g) needs %lld usable CPUs, there %s %d",
				 (long long)i, (long long)k, f, (long long)k, n == 1 ? "is" : "are",
				 n);
	cut_part(topology, i, k, part_of((int)(n / k), f), out);
	return true;
}

static bool take(const struct cpuset *sets, int count, int64_t i, const char *word,
		 const char *name, struct cpuset *out, struct error *error)
{
	if (i < 0 || i >= count)
		return error_set(error, ERROR_UNAVAILABLE,
				 "there is no %s(%lld): this machine has %d %s%s", word,
				 (long long)i, count, name, count == 1 ? "" : "s");
	*out = sets[i];
	return true;
}

bool topology_llc(const struct topology *topology, int64_t i, struct cpuset *out,
		  struct error *error)
{
	return take(topology->llcs, topology->llc_count, i, "llc", "LLC", out, error);
}

bool topology_core(const struct topology *topology, int64_t i, struct cpuset *out,
		   struct error *error)
{
	return take(topology->cores, topology->core_count, i, "core", "core", out, error);
}

bool topology_node(const struct topology *topology, int64_t number, struct cpuset *out,
		   struct error *error)
{
	struct cpuset numbers = {0};
	for (int i = 0; i < topology->node_count; i++) {
		cpuset_add(&numbers, topology->node_numbers[i]);
		if (topology->node_numbers[i] != number)
			continue;
		*out = topology->nodes[i];
		if (!cpuset_empty(out))
			return true;
		return error_set(error, ERROR_UNAVAILABLE,
				 "node(%lld) is empty: it has memory, but no CPU",
				 (long long)number);
	}
	struct text list = {0};
	cpuset_print(&list, &numbers);
	error_set(error, ERROR_UNAVAILABLE, "there is no node(%lld): this machine has node%s %s",
		  (long long)number, topology->node_count == 1 ? "" : "s", text_string(&list));
	text_free(&list);
	return false;
}
