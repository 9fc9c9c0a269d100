#!/usr/bin/env -S ktstr exec
# Three overlapping cpusets: one full, one bursty, one that yields. The CPUs in
# common are where it shows: a scheduler that serves the fuller queue first never
# gets to the yielder there.
use "std/loads"
use "std/partitions"

scenario cgroup_cpuset_overlap_imbalance "Imbalance on overlapping cpusets" {
    category = "advanced"
    requires borrow

    cgroup cg_0 {
        cpus = overlap_part(0, 3, 50%)
        spawn 8 cpu_spin { swappable = true }
    }
    cgroup cg_1 { cpus = overlap_part(1, 3, 50%); spawn 1 sparse_bursts() }
    cgroup cg_2 { cpus = overlap_part(2, 3, 50%); spawn 1 yield_heavy }
    hold 100%

    expect { isolated }
}
