#!/usr/bin/env -S ktstr exec
# Every CPU but the last gets a cgroup of its own, up to 15; half of them go, and
# others take their CPUs. A scheduler with a fixed number of slots fails here when a
# slot that became free is not found again, or still has the old owner's CPU.

scenario cgroup_exhaust_reuse "Cgroups filled up, dropped by half and replaced" {
    category = "advanced"
    needs topo.cpus >= 3

    # The first half lives for two steps, the other one to the end: none of them
    # belongs to a step.
    let n = min(topo.cpus - 1, 15)
    for i in 0..n {
        create exhaust[i]
        set exhaust[i].cpus = nth(all, i)
    }
    step "full" { hold 1s }
    step "half of them dropped" {
        for i in 0..n / 2 { remove exhaust[i] }
        hold 1s
    }
    step "replaced" {
        for i in 0..n / 2 {
            cgroup reuse[i] { cpus = nth(all, i); spawn 1 cpu_spin }
        }
        hold 100%
    }
    expect { isolated }
}
