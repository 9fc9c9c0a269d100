#!/usr/bin/env -S ktstr exec
# The short name of cgroup_add_midrun, which says what fails here.
use "std/cgroups"

scenario cgroup_add "Cgroups appear in mid-run" {
    category = "canned"
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
