scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    step "outer" {
        step "inner" { hold 100ms }
        #!^ error[KTS0103]: a step cannot stand inside another; use `scope`
        scope { step "deep inner" { hold 100ms } }
        #!^ error[KTS0103]: a step cannot stand inside another; use `scope`
    }
}
