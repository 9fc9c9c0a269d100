#!/usr/bin/env -S ktstr exec
# Two cgroups with equal load on a whole last-level cache each, from the first
# moment on.

scenario steady_llc "Two equal cgroups, one per LLC" {
    category = "canned"
    settle = 0s
    needs topo.llcs >= 2

    cgroup cg_0 { cpus = llc(0); spawn cpu_spin }
    cgroup cg_1 { cpus = llc(1); spawn cpu_spin }
    hold 100%

    expect { isolated }
}
