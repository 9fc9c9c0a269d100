#!/usr/bin/env -S ktstr exec
# Halves of the machine, one full twice over and one asleep most of the time. A
# scheduler that borrows and rebalances at once fails here when one undoes what the
# other did, or both forget the cpusets.
use "std/partitions"

scenario cgroup_cpuset_imbalance_combined "Disjoint cpusets, borrowing and rebalancing" {
    category = "interaction"
    requires borrow, rebal

    cgroup cg_0 {
        cpus = half_part(0)
        spawn (2 * size(half_part(0))) cpu_spin
    }
    cgroup cg_1 { cpus = half_part(1); spawn 2 bursty(50ms, 150ms) }
    hold 100%

    expect { isolated }
}
