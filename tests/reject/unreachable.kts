scenario probe {
    cgroup left { spawn cpu_spin }
    hold 100ms
    if true { skip "always" }
    skip "no reason"
    hold 100ms #! warning[KTS0601]: this line is never reached
}
