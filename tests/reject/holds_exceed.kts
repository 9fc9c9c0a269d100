scenario probe {
    duration = 2s
    cgroup left { spawn cpu_spin }
    hold 60%
    hold 60% #! warning[KTS0600]: up to here the holds add up to 120% of the duration
}
