#!/usr/bin/env -S ktstr exec
# Two cgroups with equal load and nothing in their way. A scheduler that fails
# here starves a task, or serves equal tasks unequally.

scenario cgroup_steady "Two equal cgroups, no cpusets" {
    category = "basic"

    cgroup cg_0 { spawn workers cpu_spin }
    cgroup cg_1 { spawn workers cpu_spin }
    hold 100%

    expect { isolated; gap <= 2s; spread <= 25% }
}
