#!/usr/bin/env -S ktstr exec
# The border between two cpusets wanders: half, a quarter, three quarters. A
# scheduler fails here when tasks stay behind on CPUs that changed hands, or when
# the CPUs that a cgroup has won stay idle. A quarter is one CPU at the least.
use "std/partitions"

scenario cgroup_cpuset_resize "Cpusets shrink, then grow" {
    category = "cpuset"
    needs topo.cpus >= 4

    split_half()

    step "half and half" { hold duration / 3 }
    step "a quarter" {
        set cg[0].cpus = uneven_part(0, 25%)
        set cg[1].cpus = uneven_part(1, 25%)
        hold duration / 3
    }
    step "three quarters" {
        set cg[0].cpus = uneven_part(0, 75%)
        set cg[1].cpus = uneven_part(1, 75%)
        hold duration / 3
    }
    expect { isolated }
}
