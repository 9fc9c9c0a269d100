#!/usr/bin/env -S ktstr exec
# Two cgroups exchange their halves of the machine, and exchange them back. No
# task may keep its CPU, so a scheduler that migrates lazily, or that moves tasks
# one at a time into a half that is still full, shows gaps or strays here.
use "std/partitions"

scenario cgroup_cpuset_swap_disjoint "Disjoint cpusets swapped twice" {
    category = "cpuset"
    needs topo.cpus >= 8

    split_half()

    step "as declared" { hold duration / 3 }
    step "swapped" {
        swap cg[0].cpus, cg[1].cpus
        hold duration / 3
    }
    step "and back" {
        swap cg[0].cpus, cg[1].cpus
        hold duration / 3
    }
    expect { isolated }
}
