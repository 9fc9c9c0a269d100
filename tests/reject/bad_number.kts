scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = 9223372036854775808 #! error[KTS0005]: this number does not fit in 64 bits
    hold 99999999999min #! error[KTS0005]: this number does not fit in 64 bits
    let s = 9999999999999GiB #! error[KTS0005]: this number does not fit in 64 bits
    note "{a} {s}"
}
