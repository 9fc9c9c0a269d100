#!/usr/bin/env -S ktstr exec
# Two cpusets that cut through the first last-level cache: half of it belongs to
# one cgroup, the rest of the machine to the other. A scheduler that thinks in
# whole LLCs fails here by running tasks outside their cpuset, or by leaving
# CPUs of the shared LLC idle.

scenario cgroup_cpuset_cross_llc_steady "Cpusets that cut across an LLC boundary" {
    category = "basic"
    needs topo.usable >= 2

    if topo.llcs > 1 {
        cgroup cg_0 {
            cpus = slice(usable, 0, size(llc(0)) / 2)
            spawn workers cpu_spin
        }
        cgroup cg_1 { cpus = usable - cg_0.cpus; spawn workers cpu_spin }
    } else {
        cgroup cg_0 { cpus = disjoint(0, 2); spawn workers cpu_spin }
        cgroup cg_1 { cpus = disjoint(1, 2); spawn workers cpu_spin }
    }
    hold 100%

    expect { isolated; gap <= 2s; spread <= 25% }
}
