#!/usr/bin/env -S ktstr exec
# The short name of cgroup_remove_midrun, which says what fails here.

scenario cgroup_remove "Cgroups disappear in mid-run" {
    category = "canned"
    needs topo.cpus >= 3

    let n = min(4, topo.cpus - 1)
    for i in 0..n / 2 {
        cgroup cg[i] { spawn cpu_spin }
    }
    step "all" {  # those made here end with it
        for i in n / 2..n {
            cgroup cg[i] { spawn cpu_spin }
        }
        hold 50%
    }
    step "half of them" { hold 50% }
}
