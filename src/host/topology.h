/*
 * topology: which CPUs there are and how they hang together, as plain data. The same struct
 * describes this machine (read through hwloc), a machine on paper (a label, a preset of
 * presets.def, an hwloc synthetic string) or one recorded in an hwloc XML file.
 *
 * LLCs, cores and nodes are ordered as the language numbers them: by their lowest CPU; nodes by
 * their kernel number.
 */
#ifndef KTSTR_HOST_TOPOLOGY_H
#define KTSTR_HOST_TOPOLOGY_H

#include "base/cpuset.h"
#include "base/error.h"

struct topology {
	char name[64]; /* "2n4l4c2t" when regular, else "this machine" or the file's name */
	struct cpuset all;    /* online and allowed */
	struct cpuset usable; /* all but the highest CPU when there are more than two */
	int cpu_count;
	int core_count;
	int llc_count;
	int node_count; /* NUMA nodes, those without CPUs included */
	int smt;        /* threads per core, the most that any core has */
	struct cpuset *cores; /* core_count sets of CPUs */
	struct cpuset *llcs;
	struct cpuset *nodes;   /* CPUs of each node; empty for a memory-only node */
	int *node_numbers;      /* the kernel's numbers, ascending */
};

void topology_free(struct topology *topology);
void topology_copy(struct topology *copy, const struct topology *topology);

/* This machine, as far as this process may use it (offline and disallowed CPUs are left out). */
bool topology_read_machine(struct topology *topology, struct error *error);

/* `text` is a label "2n4l4c2t" (2 nodes, 4 LLCs in all, 4 cores per LLC, 2 threads per core; CPUs
 * numbered LLC by LLC, core by core, siblings adjacent), a preset's name, a path of an hwloc XML
 * file, or an hwloc synthetic string ("numa:2 l3:2 core:2 pu:2"), tried in this order. The error
 * says which forms there are and, for a near miss, which preset was meant. */
bool topology_read_text(struct topology *topology, const char *text, struct error *error);

/* Nodes whose CPUs `set` touches, as a set of kernel node numbers. */
void topology_nodes_of(const struct topology *topology, const struct cpuset *set,
		       struct cpuset *nodes);
int topology_llcs_of(const struct topology *topology, const struct cpuset *set);

/* The CPU sets of the language. Formulas: section 2 of the facts about the original; n is the
 * number of usable CPUs, sets are cut out of the usable list in ascending order, and every
 * division rounds down.
 *   range(a, b)        positions [n*a, n*b)
 *   disjoint(i, k)     positions [i*c, (i+1)*c), c = n/k; the last part takes what is left over
 *   overlap(i, k, f)   the disjoint part, widened by floor(c*f) on each side that has a neighbour
 * False when this machine cannot give the set; the error (ERROR_UNAVAILABLE) says why. What no
 * machine can give (i >= k, a > b, f outside 0..1) is the caller's to refuse. */
bool topology_range(const struct topology *topology, double a, double b, struct cpuset *out,
		    struct error *error);
bool topology_disjoint(const struct topology *topology, int64_t i, int64_t k, struct cpuset *out,
		       struct error *error);
bool topology_overlap(const struct topology *topology, int64_t i, int64_t k, double f,
		      struct cpuset *out, struct error *error);
bool topology_llc(const struct topology *topology, int64_t i, struct cpuset *out,
		  struct error *error);
bool topology_node(const struct topology *topology, int64_t number, struct cpuset *out,
		   struct error *error);
bool topology_core(const struct topology *topology, int64_t i, struct cpuset *out,
		   struct error *error);

/* Walk the presets of presets.def: name and label of number `index`, false past the last. */
bool topology_preset(int index, const char **name, const char **label);

#endif
