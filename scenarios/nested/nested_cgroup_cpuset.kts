#!/usr/bin/env -S ktstr exec
# A quarter of the machine inside a half of it. A scheduler that reads the cpuset of
# the upper cgroup, and not what its child leaves of it, lets tasks stray into the
# other quarter.

scenario nested_cgroup_cpuset "A narrow cpuset in a nested cgroup" {
    category = "nested"
    settle = 2s
    needs topo.cpus >= 4

    cgroup cg_0 { cpus = first(all, topo.cpus / 2) }
    cgroup cg_0/narrow { cpus = first(all, topo.cpus / 4); spawn cpu_spin }
    hold 100%

    expect { isolated }
}
