#!/usr/bin/env -S ktstr exec
# Half of the machine is full twice over, the other half sleeps most of the time. A
# scheduler that lends idle CPUs fails here when it lends them across cpusets.
use "std/loads"
use "std/partitions"

scenario cgroup_cpuset_workload_imbalance "Oversubscribed beside bursty, in halves" {
    category = "advanced"
    requires borrow

    cgroup cg_0 {
        cpus = half_part(0)
        spawn (2 * size(half_part(0))) cpu_spin
    }
    cgroup cg_1 { cpus = half_part(1); spawn sparse_bursts() }
    hold 100%

    expect { isolated }
}
