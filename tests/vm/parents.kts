#! vm numa=0 small=0
#! vm during grep -q . outer/own-tasks/cgroup.procs && grep -q . outer/inner/cgroup.procs
#! vm during [ "$(cat outer/inner/cpuset.cpus.effective)" = 1 ]
# Tasks in a group and in its children at once, which cgroup v2 knows only as leaves.
scenario parents {
    duration = 1s
    cgroup outer {
        spawn 2 cpu_spin
        cgroup outer/inner { spawn 2 cpu_spin }
    }
    expect outer.tasks == 2
    expect outer/inner.tasks == 2
    hold 30%
    set outer.cpus = cpus("1")
    expect size(outer/inner.cpus) == 1
    hold 30%
    spawn 1 cpu_spin in outer
    move 1 from outer/inner to outer
    expect outer.tasks == 4
    hold rest
    move all from outer to outer/inner
    expect outer/inner.tasks == 5
    expect { isolated; gap <= 5s; no spread }
}
