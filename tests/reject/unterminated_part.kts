scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    note "nor { does this
    #!^ error[KTS0007]: this '{' is never closed
    hold 1s
}
