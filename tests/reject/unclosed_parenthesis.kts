scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hold (100ms + 200ms #! error[KTS0007]: this '(' is never closed
    hold 100ms
    let a = [1, 2 #! error[KTS0007]: this '[' is never closed
    hold 100ms
}
