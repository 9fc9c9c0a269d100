scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    note "C:\quota" #! error[KTS0004]: strings have no escape '\q'
    note "\x41" #! error[KTS0004]: strings have no escape '\x'
    hold 1s
}
