scenario probe {
    cgroup left { spawn 2 cpu_spin }
    step "one" {
        cgroup late { spawn cpu_spin }
        move all from left to late
        #!^ error[KTS0505]: cgroup 'late' ends before the workers that move into it
        hold 100ms
    }
    let w = spawn 2 cpu_spin in left
    scope {
        cgroup brief { }
        move w to brief #! error[KTS0505]: cgroup 'brief' ends before the workers that move into it
        hold 100ms
    }
}
