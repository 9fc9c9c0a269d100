#!/usr/bin/env -S ktstr exec
# Two cpusets that cut through the first last-level cache: half of it belongs to
# one cgroup, the rest of the machine to the other. A scheduler that thinks in
# whole LLCs fails here by running tasks outside their cpuset, or by leaving
# CPUs of the shared LLC idle.
use "std/partitions"

scenario cgroup_cpuset_cross_llc_steady "Cpusets that cut across an LLC boundary" {
    category = "basic"

    split_misaligned(swappable: true)
    hold 100%

    expect { isolated; gap <= 2s; spread <= 25% }
}
