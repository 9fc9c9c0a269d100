scenario probe {
    cgroup left { spawn 2 cpu_spin } #! warning[KTS0603]: these workers get no time to run
    note "and that was it"
}
