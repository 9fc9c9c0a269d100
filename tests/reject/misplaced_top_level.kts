hold 1s #! error[KTS0102]: this belongs inside a scenario
cgroup a { } #! error[KTS0102]: this belongs inside a scenario
gap = 2s #! error[KTS0102]: a setting belongs inside a scenario or a cgroup
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }

    hold 100ms
}
