#!/usr/bin/env -S ktstr exec
# One CPU for each worker, in turn through the cpuset. A scheduler that ranks tasks
# before it looks where they may run fails here: it picks one that this CPU cannot
# take and lets the pinned one wait, or idles beside it. (The scenario of this name
# that others know pins all workers of a cgroup to its first CPU.)
use "std/partitions"

scenario cgroup_affinity_pinned "One CPU for each worker" {
    category = "affinity"

    split_half(on: spread, swappable: true)
    hold 100%

    expect { isolated; no spread }
}
