/* Topologies from every origin, and the language's sets cut out of them. */
#include "host/topology.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct topology read_text(const char *text)
{
	struct topology topology;
	struct error error = {0};
	if (!topology_read_text(&topology, text, &error))
		fail_msg("%s: %s", text, error.message);
	return topology;
}

static void assert_list(const struct cpuset *set, const char *list)
{
	struct text text = {0};
	cpuset_print(&text, set);
	assert_string_equal(text_string(&text), list);
	text_free(&text);
}

static void assert_refused(const char *text, const char *part)
{
	struct topology topology;
	struct error error = {0};
	assert_false(topology_read_text(&topology, text, &error));
	assert_int_equal(error.kind, ERROR_REFUSED);
	if (!strstr(error.message, part))
		fail_msg("'%s' is not in: %s", part, error.message);
}

static void numbers_a_label(void **state)
{
	struct topology topology = read_text("2n4l4c2t");
	assert_string_equal(topology.name, "2n4l4c2t");
	assert_int_equal(topology.cpu_count, 32);
	assert_int_equal(topology.core_count, 16);
	assert_int_equal(topology.llc_count, 4);
	assert_int_equal(topology.node_count, 2);
	assert_int_equal(topology.smt, 2);
	assert_list(&topology.all, "0-31");
	assert_list(&topology.usable, "0-30");
	assert_list(&topology.llcs[1], "8-15");
	assert_list(&topology.cores[15], "30-31");
	assert_list(&topology.nodes[1], "16-31");
	topology_free(&topology);
	(void)state;
}

static void reserves_no_cpu_of_two(void **state)
{
	struct topology two = read_text("1n1l2c1t"), three = read_text("1n1l3c1t");
	assert_list(&two.usable, "0-1");
	assert_list(&three.usable, "0-1");
	topology_free(&two);
	topology_free(&three);
	(void)state;
}

static void refuses_bad_labels(void **state)
{
	assert_refused("3n4l1c1t", "evenly");
	assert_refused("1n1l4097c1t", "4096 CPUs");
	assert_refused("4096n4096l4096c4096t", "4096 CPUs");
	assert_refused("0n1l1c1t", "at least 1");
	assert_refused("2n4l4c", "a label like 2n4l4c2t");
	assert_refused("tiny-1lc", "did you mean the preset 'tiny-1llc'?");
	assert_refused("", "hwloc synthetic string");
	assert_refused("numa:100 core:100 pu:100", "4096 CPUs");
	assert_refused("/etc/passwd", "hwloc");
	(void)state;
}

static void knows_its_presets(void **state)
{
	const char *name, *label;
	int count = 0;
	for (; topology_preset(count, &name, &label); count++) {
		struct topology topology = read_text(name);
		assert_string_equal(topology.name, label);
		topology_free(&topology);
	}
	assert_int_equal(count, 24);
	struct topology largest = read_text("max-cpu");
	assert_int_equal(largest.cpu_count, 252);
	topology_free(&largest);
	(void)state;
}

static void reads_synthetic_text(void **state)
{
	struct topology regular = read_text("numa:2 l3:2 core:2 pu:2");
	assert_string_equal(regular.name, "2n4l2c2t");
	topology_free(&regular);
	/* Siblings far apart, as x86 numbers them. */
	struct topology apart = read_text("core:2 pu:2(indexes=0,2,1,3)");
	assert_list(&apart.cores[0], "0,2");
	assert_int_equal(apart.llc_count, 1);
	topology_free(&apart);
	/* No cache and no core is known. */
	struct topology bare = read_text("package:2 pu:3");
	assert_int_equal(bare.llc_count, 2);
	assert_int_equal(bare.core_count, 6);
	topology_free(&bare);
	(void)state;
}

static const char XML[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
	"<topology version=\"2.0\">\n"
	"<object type=\"Machine\" os_index=\"0\" cpuset=\"0x7\" complete_cpuset=\"0x7\" "
	"allowed_cpuset=\"0x5\" nodeset=\"0x29\" complete_nodeset=\"0x29\" "
	"allowed_nodeset=\"0x29\" "
	"gp_index=\"1\">\n"
	"<object type=\"NUMANode\" os_index=\"3\" cpuset=\"0x0\" complete_cpuset=\"0x0\" "
	"nodeset=\"0x8\" complete_nodeset=\"0x8\" gp_index=\"9\" local_memory=\"4096\"/>\n"
	"<object type=\"Package\" os_index=\"0\" cpuset=\"0x7\" complete_cpuset=\"0x7\" "
	"nodeset=\"0x21\" complete_nodeset=\"0x21\" gp_index=\"2\">\n"
	"<object type=\"NUMANode\" os_index=\"5\" cpuset=\"0x0\" complete_cpuset=\"0x0\" "
	"nodeset=\"0x20\" complete_nodeset=\"0x20\" gp_index=\"8\" local_memory=\"4096\"/>\n"
	"<object type=\"NUMANode\" os_index=\"0\" cpuset=\"0x7\" complete_cpuset=\"0x7\" "
	"nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"3\" local_memory=\"4096\"/>\n"
	"<object type=\"PU\" os_index=\"0\" cpuset=\"0x1\" complete_cpuset=\"0x1\" nodeset=\"0x1\" "
	"complete_nodeset=\"0x1\" gp_index=\"4\"/>\n"
	"<object type=\"PU\" os_index=\"1\" cpuset=\"0x2\" complete_cpuset=\"0x2\" nodeset=\"0x1\" "
	"complete_nodeset=\"0x1\" gp_index=\"5\"/>\n"
	"<object type=\"PU\" os_index=\"2\" cpuset=\"0x4\" complete_cpuset=\"0x4\" nodeset=\"0x1\" "
	"complete_nodeset=\"0x1\" gp_index=\"6\"/>\n"
	"</object>\n</object>\n</topology>\n";

static void reads_xml(void **state)
{
	char path[] = "/tmp/ktstr-topology-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, XML, sizeof(XML) - 1), sizeof(XML) - 1);
	close(fd);
	struct topology topology = read_text(path);
	unlink(path);
	assert_list(&topology.all, "0,2"); /* 1 is not allowed */
	/* hwloc gives each of the nodes 3 and 5 the CPUs of what it hangs on. */
	assert_int_equal(topology.node_count, 3);
	assert_int_equal(topology.node_numbers[1], 3);
	assert_int_equal(topology.node_numbers[2], 5);
	assert_list(&topology.nodes[0], "0,2");
	assert_true(cpuset_empty(&topology.nodes[1]) && cpuset_empty(&topology.nodes[2]));
	assert_int_equal(topology.llc_count, 1);
	assert_string_equal(topology.name, strrchr(path, '/') + 1);

	struct error error = {0};
	struct cpuset set;
	assert_false(topology_node(&topology, 3, &set, &error));
	assert_non_null(strstr(error.message, "no CPU"));
	assert_false(topology_node(&topology, 1, &set, &error));
	assert_string_equal(error.message, "there is no node(1): this machine has nodes 0,3,5");
	topology_free(&topology);
	(void)state;
}

static void reads_this_machine(void **state)
{
	struct topology topology;
	struct error error = {0};
	assert_true(topology_read_machine(&topology, &error));
	assert_in_range(topology.cpu_count, 1, sysconf(_SC_NPROCESSORS_ONLN));
	struct cpuset in_llcs = {0}, in_cores = {0};
	for (int i = 0; i < topology.llc_count; i++)
		cpuset_or(&in_llcs, &in_llcs, &topology.llcs[i]);
	for (int i = 0; i < topology.core_count; i++)
		cpuset_or(&in_cores, &in_cores, &topology.cores[i]);
	assert_true(cpuset_equal(&in_llcs, &topology.all));
	assert_true(cpuset_equal(&in_cores, &topology.all));
	topology_free(&topology);

	setenv("HWLOC_SYNTHETIC", "pu:64", 1);
	assert_false(topology_read_machine(&topology, &error));
	unsetenv("HWLOC_SYNTHETIC");
	(void)state;
}

static void cuts_ranges(void **state)
{
	struct topology topology = read_text("1n1l11c1t"); /* 10 are usable */
	struct error error = {0};
	struct cpuset set;
	assert_true(topology_range(&topology, 0.25, 0.75, &set, &error));
	assert_list(&set, "2-6");
	assert_true(topology_range(&topology, 0, 1, &set, &error));
	assert_list(&set, "0-9");
	assert_false(topology_range(&topology, 0, 0.09, &set, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.message, "range(0, 0.09) is empty on 10 usable CPUs");
	topology_free(&topology);
	/* In binary, 100 times 0.29 is a little less than 29. */
	topology = read_text("1n1l101c1t");
	assert_true(topology_range(&topology, 0.29, 1, &set, &error));
	assert_list(&set, "29-99");
	topology_free(&topology);
	(void)state;
}

static void cuts_parts(void **state)
{
	struct topology topology = read_text("1n1l12c1t"); /* 11 are usable */
	struct error error = {0};
	struct cpuset set;
	assert_true(topology_disjoint(&topology, 0, 3, &set, &error));
	assert_list(&set, "0-2");
	assert_true(topology_disjoint(&topology, 2, 3, &set, &error));
	assert_list(&set, "6-10"); /* with what is left over */
	assert_true(topology_overlap(&topology, 0, 3, 0.5, &set, &error));
	assert_list(&set, "0-3");
	assert_true(topology_overlap(&topology, 1, 3, 0.5, &set, &error));
	assert_list(&set, "2-6");
	assert_true(topology_overlap(&topology, 2, 3, 1, &set, &error));
	assert_list(&set, "3-10");
	assert_false(topology_disjoint(&topology, 0, 12, &set, &error));
	assert_string_equal(error.message, "disjoint(0, 12) needs 12 usable CPUs, there are 11");
	assert_false(topology_overlap(&topology, 0, 12, 0.5, &set, &error));
	assert_string_equal(error.message,
			    "overlap(0, 12, 0.5) needs 12 usable CPUs, there are 11");
	topology_free(&topology);
	(void)state;
}

static void finds_places(void **state)
{
	struct topology topology = read_text("2n2l2c2t");
	struct error error = {0};
	struct cpuset set;
	assert_true(topology_llc(&topology, 1, &set, &error));
	assert_list(&set, "4-7"); /* the reserved CPU stays in */
	assert_int_equal(topology_llcs_of(&topology, &set), 1);
	struct cpuset nodes;
	topology_nodes_of(&topology, &set, &nodes);
	assert_list(&nodes, "1");
	topology_nodes_of(&topology, &topology.usable, &nodes);
	assert_list(&nodes, "0-1");
	assert_true(topology_core(&topology, 3, &set, &error));
	assert_list(&set, "6-7");
	assert_false(topology_llc(&topology, 2, &set, &error));
	assert_string_equal(error.message, "there is no llc(2): this machine has 2 LLCs");
	assert_false(topology_core(&topology, -1, &set, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	topology_free(&topology);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_a_label),      cmocka_unit_test(reserves_no_cpu_of_two),
		cmocka_unit_test(refuses_bad_labels),   cmocka_unit_test(knows_its_presets),
		cmocka_unit_test(reads_synthetic_text), cmocka_unit_test(reads_xml),
		cmocka_unit_test(reads_this_machine),   cmocka_unit_test(cuts_ranges),
		cmocka_unit_test(cuts_parts),           cmocka_unit_test(finds_places),
	};
	return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
