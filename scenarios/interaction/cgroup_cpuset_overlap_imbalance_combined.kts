#!/usr/bin/env -S ktstr exec
# Overlapping cpusets under uneven load. A scheduler that borrows and rebalances
# fails here on the CPUs in common: lent by one cgroup, they are owned by two.
use "std/loads"
use "std/partitions"

scenario cgroup_cpuset_overlap_imbalance_combined "Overlapping cpusets, borrowing and rebalancing" {
    category = "interaction"
    requires borrow, rebal

    cgroup cg_0 { cpus = overlap_part(0, 3, 50%); spawn 12 cpu_spin }
    cgroup cg_1 { cpus = overlap_part(1, 3, 50%); spawn 2 sparse_bursts() }
    cgroup cg_2 { cpus = overlap_part(2, 3, 50%); spawn 1 yield_heavy }
    hold 100%

    expect { isolated }
}
