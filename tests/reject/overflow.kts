scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = 9223372036854775807 + 1 #! error[KTS0405]: the result does not fit in 64 bits
    let b = 9223372036854775807 * 2 #! error[KTS0405]: the result does not fit in 64 bits
    let c = 9000000000s * 2 #! error[KTS0405]: the result does not fit in 64 bits
    let d = -9223372036854775807 - 2 #! error[KTS0405]: the result does not fit in 64 bits
    note "{a} {b} {c} {d}"
    hold 100ms
}
