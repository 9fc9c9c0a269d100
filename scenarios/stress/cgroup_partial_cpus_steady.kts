#!/usr/bin/env -S ktstr exec
# A third of the machine belongs to nobody. A scheduler that spreads load over all
# CPUs fails here: it runs tasks where they may not be, or keeps looking for room
# on CPUs that can never take them.
use "std/partitions"

scenario cgroup_partial_cpus_steady "Two cgroups, and a third of the CPUs unused" {
    category = "stress"

    split_holdback(33%, swappable: true)
    hold 100%

    expect { isolated }
}
