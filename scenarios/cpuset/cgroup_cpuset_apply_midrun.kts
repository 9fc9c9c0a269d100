#!/usr/bin/env -S ktstr exec
# Cpusets are put on cgroups whose tasks are running. A scheduler that looks at
# affinities only when a task wakes up fails here: spinning tasks never do, and
# stay where they may no longer be, or sit in the queue of a CPU that is lost.
use "std/cgroups"
use "std/partitions"

scenario cgroup_cpuset_apply_midrun "Cpusets applied to running cgroups" {
    category = "cpuset"

    setup_cgroups(2)

    step "free" { hold 50% }
    step "halves" {
        set cg[0].cpus = half_part(0)
        set cg[1].cpus = half_part(1)
        hold 50%
    }
    expect { isolated }
}
