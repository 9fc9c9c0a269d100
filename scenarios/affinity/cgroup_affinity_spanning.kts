#!/usr/bin/env -S ktstr exec
# Workers ask for every CPU of the machine, and have the cpuset of their cgroup.
# A scheduler that reads the mask a task asked for, and not the one it has got,
# runs them in the other half.
use "std/partitions"

scenario cgroup_affinity_spanning "An affinity wider than the cpuset" {
    category = "affinity"

    split_half(on: spanning, swappable: true)
    hold 100%

    expect { isolated }
}
