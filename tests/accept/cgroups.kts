# Cgroups: settings, nesting, families, reuse of a name.
scenario cgroups {
    cgroup left {
        cpus = disjoint(0, 2)
        mems = all
        weight = 200
        quota = 150%
        idle = false
        memory_max = 512MiB
        memory_high = 256MiB
        pids_max = 100
        spawn 2 cpu_spin
    }
    cgroup outer {
        cgroup outer/inner { spawn cpu_spin }
        spawn 2 io_sync in outer/inner
    }
    cgroup outer/second { spawn cpu_spin }
    create outer/second/third
    for i in 0..3 {
        cgroup cell[i] { spawn cpu_spin }
        set cell[i].weight = 100 + i
    }
    spawn 2 mixed in cell[1 + 1]
    hold 50ms

    step "one" { cgroup late { spawn cpu_spin }; hold 50ms }
    step "two" { cgroup late { spawn cpu_spin }; hold 50ms }
    scope {
        cgroup late { spawn cpu_spin }
        scope { cgroup later { spawn cpu_spin }; hold 10ms }
        hold 50ms
    }
    remove left
    create left
    remove left
}
