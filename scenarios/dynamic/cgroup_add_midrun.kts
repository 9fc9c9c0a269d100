#!/usr/bin/env -S ktstr exec
# Cgroups appear while others have the machine. A scheduler fails here when the
# newcomers' tasks are not let in: their first wake-up meets full queues, and their
# cgroup a weight tree that knows nothing of it.
use "std/cgroups"

scenario cgroup_add_midrun "Cgroups appear in mid-run" {
    category = "dynamic"
    needs topo.cpus >= 4

    setup_cgroups(2)

    step "two" { hold 50% }
    step "more" {
        cgroup cg_2 { spawn cpu_spin }
        if topo.cpus >= 5 {
            cgroup cg_3 { spawn cpu_spin }
        }
        hold 50%
    }
}
