scenario probe {
    cgroup left { spawn cpu_spin }
    hold 100ms
    if true { skip "always" } #! warning[KTS0604]: this condition is always true
    skip "no reason" #! warning[KTS0601]: this line is never reached
    hold 100ms #! warning[KTS0601]: this line is never reached
}
