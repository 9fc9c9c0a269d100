#!/usr/bin/env -S ktstr exec
# Two cgroups with equal load and nothing in their way. A scheduler that fails
# here starves a task, or serves equal tasks unequally.
use "std/cgroups"

scenario cgroup_steady "Two equal cgroups, no cpusets" {
    category = "basic"

    setup_cgroups(2, swappable: true)
    hold 100%

    expect { isolated; gap <= 2s; spread <= 25% }
}
