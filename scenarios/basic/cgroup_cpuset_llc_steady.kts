#!/usr/bin/env -S ktstr exec
# One cgroup on each of the first two last-level caches. A scheduler that keeps
# one queue per LLC fails here when it lets tasks run in the other's cpuset, or
# when work that it may not move piles up on some CPUs of its own.

scenario cgroup_cpuset_llc_steady "Two cgroups, one per LLC" {
    category = "basic"
    needs topo.llcs >= 2

    # The highest CPU of the machine is left to the rest of the system.
    cgroup cg_0 { cpus = llc(0); spawn workers cpu_spin }
    cgroup cg_1 { cpus = llc(1) & usable; spawn workers cpu_spin }
    hold 100%

    expect { isolated; gap <= 2s; spread <= 25% }
}
