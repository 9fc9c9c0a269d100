#!/usr/bin/env -S ktstr exec
# Three overlapping cpusets with sixteen, one and four workers. A scheduler that
# rebalances by moving cgroups, not tasks, cannot get this right: only the CPUs in
# common can give way.
use "std/partitions"

scenario cgroup_cpuset_overlap_load_imbalance "Heavy and light on overlapping cpusets" {
    category = "advanced"
    requires rebal

    cgroup cg_0 {
        cpus = overlap_part(0, 3, 50%)
        spawn 16 cpu_spin { swappable = true }
    }
    cgroup cg_1 { cpus = overlap_part(1, 3, 50%); spawn 1 yield_heavy }
    cgroup cg_2 {
        cpus = overlap_part(2, 3, 50%)
        spawn 4 cpu_spin { swappable = true }
    }
    hold 100%

    expect { isolated }
}
