#!/usr/bin/env -S ktstr exec
# The short name of cgroup_cpuset_clear_midrun, which says what fails here.
use "std/partitions"

scenario cpuset_clear "Cpusets cleared on running cgroups" {
    category = "canned"

    split_half()

    step "halves" { hold 50% }
    step "free" {
        clear cg[0].cpus
        clear cg[1].cpus
        hold 50%
    }
    expect { isolated }
}
