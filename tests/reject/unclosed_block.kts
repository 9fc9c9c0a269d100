scenario probe { #! error[KTS0007]: this '{' is never closed
    cgroup left { spawn cpu_spin }
    step "one" {
        hold 1s
}
