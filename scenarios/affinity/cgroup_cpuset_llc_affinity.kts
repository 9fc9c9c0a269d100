#!/usr/bin/env -S ktstr exec
# One cgroup on each of two last-level caches, and an affinity that says the same
# once more. A scheduler with a fast path for tasks that may run anywhere never
# takes it here: what its slow path forgets starves.
use "std/partitions"

scenario cgroup_cpuset_llc_affinity "LLC cpusets and LLC affinity" {
    category = "affinity"
    requires llc

    split_llcs(2, on: llc_aligned, swappable: true)
    hold 100%

    expect { isolated }
}
