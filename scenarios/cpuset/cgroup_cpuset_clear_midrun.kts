#!/usr/bin/env -S ktstr exec
# Cpusets are taken away from running cgroups. A scheduler that keeps what it
# once learned of a cpuset fails here: tasks go on crowding their old half.
# `clear` really restores the CPUs of the parent; an empty write would not.
use "std/partitions"

scenario cgroup_cpuset_clear_midrun "Cpusets cleared on running cgroups" {
    category = "cpuset"

    split_half()

    step "halves" { hold 50% }
    step "free" {
        clear cg[0].cpus
        clear cg[1].cpus
        hold 50%
    }
    expect { isolated }
}
