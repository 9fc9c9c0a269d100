#!/usr/bin/env -S ktstr exec
# Three cpusets, each with half of it in common with the next. A scheduler that
# gives every CPU to one cgroup fails here: either the CPUs in common are fought
# over and a cgroup starves on them, or they idle while nobody feels responsible.
use "std/partitions"

scenario cgroup_cpuset_overlap_steady "Three cgroups on cpusets that overlap by half" {
    category = "cpuset"

    split_overlap(3, 50%, swappable: true)
    hold 100%

    expect { isolated }
}
