#! vm numa=0 small=0
#! vm during grep -q 'frozen 1' a/cgroup.events && grep -q 'frozen 1' a/inner/cgroup.events
#! vm during grep -q 'frozen 0' a/cgroup.events
#! vm during grep -q 'frozen 1' b/cgroup.events
# Frozen groups stand still, take newcomers, let workers go, and end.
scenario freezes {
    duration = 2s
    cgroup a { spawn 2 cpu_spin; cgroup a/inner { spawn 1 cpu_spin } }
    cgroup b { spawn 2 cpu_spin }
    hold 10%
    freeze a
    hold 20%
    thaw a
    hold 10%
    freeze b
    hold 20%
    let late = spawn 1 cpu_spin in b
    expect b.tasks == 3
    hold 10%
    move late to a
    move 1 from b to a
    hold 10%
    stop b
    thaw b
    cgroup c { spawn 2 cpu_spin }
    hold 10%
    freeze c
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
