#!/usr/bin/env -S ktstr exec
# Two cgroups with equal load and nothing in their way. A scheduler that fails
# here starves a task, or serves equal tasks unequally.

scenario steady "Two equal cgroups, no cpusets" {
    category = "basic"

    cgroup left  { spawn topo.cpus cpu_spin }
    cgroup right { spawn topo.cpus cpu_spin }
    hold 100%

    expect { gap <= 2s; spread <= 25% }
}
