#!/usr/bin/env -S ktstr exec
# The short name of cgroup_cpuset_apply_midrun, which says what fails here.
use "std/cgroups"
use "std/partitions"

scenario cpuset_apply "Cpusets applied to running cgroups" {
    category = "canned"

    setup_cgroups(2)

    step "free" { hold 50% }
    step "halves" {
        set cg[0].cpus = half_part(0)
        set cg[1].cpus = half_part(1)
        hold 50%
    }
    expect { isolated }
}
