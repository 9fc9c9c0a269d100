#!/usr/bin/env -S ktstr exec
# Two overloaded cgroups change places between two last-level caches, five times a
# second. Every change races with dispatch and with migrations under way. A
# scheduler fails here when it takes a task from the queue of an LLC that the
# task may no longer use: it strays, or is lost. The first turn changes nothing yet.

scenario cgroup_cpuset_cross_llc_race "Cpusets rewritten across LLCs again and again" {
    category = "stress"
    settle = 2s
    requires llc, rebal
    needs topo.llcs >= 2
    needs size(llc(0)) >= 2 "an LLC 0 of at least two CPUs"

    let a = llc(0) - first(llc(0), 1)
    let b = llc(1)
    cgroup cg_0 { cpus = a }
    cgroup cg_1 { cpus = b }
    spawn (8 * max(size(a), 4)) mixed in cg_0
    spawn (8 * max(size(a), 4)) mixed in cg_1

    repeat every 200ms as i {
        if i % 2 == 0 {
            set cg_0.cpus = a
            set cg_1.cpus = b
        } else {
            set cg_0.cpus = b
            set cg_1.cpus = a
        }
    }
    expect { isolated; no spread }
}
