#!/usr/bin/env -S ktstr exec
# Half of the cgroups go while the rest runs on. A scheduler fails here when it
# holds on to a cgroup that is gone, or does not give its CPUs to those that stay.

scenario cgroup_remove_midrun "Cgroups disappear in mid-run" {
    category = "dynamic"
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
