#!/usr/bin/env -S ktstr exec
# Each worker may use a random half of its cgroup's CPUs, so hardly two masks are
# alike. A scheduler that takes the first task of a queue for any CPU fails here
# by running it where it may not, or by skipping it until it starves. How fair
# this can be depends on the draw (--seed), so the spread is not judged.
use "std/partitions"

scenario cgroup_affinity_random "Each worker on a random half of its cpuset" {
    category = "affinity"

    split_half(on: random, swappable: true)
    hold 100%

    expect { isolated; no spread }
}
