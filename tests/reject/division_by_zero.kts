scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    let a = 1 / 0 #! error[KTS0404]: this divides by zero
    let b = 1s / 0 #! error[KTS0404]: this divides by zero
    let c = 7 % 0 #! error[KTS0404]: this divides by zero
    let d = topo.cpus / 0 #! error[KTS0404]: this divides by zero
    let e = 1s / 0s #! error[KTS0404]: this divides by zero
    note "{a} {b} {c} {d} {e}"
    hold 100ms
}
