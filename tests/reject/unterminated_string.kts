scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    note "never ends
    #!^ error[KTS0003]: this string is not closed on its line
    hold 1s
}
