#!/usr/bin/env -S ktstr exec
# One cgroup on each of the first two last-level caches. A scheduler that keeps
# one queue per LLC fails here when it lets tasks run in the other's cpuset, or
# when work that it may not move piles up on some CPUs of its own.
use "std/partitions"

scenario cgroup_cpuset_llc_steady "Two cgroups, one per LLC" {
    category = "basic"

    split_llcs(2, swappable: true)
    hold 100%

    expect { isolated; gap <= 2s; spread <= 25% }
}
