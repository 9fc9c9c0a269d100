scenario probe {
    cgroup left { cpus = cpus("0-"); spawn cpu_spin } #! error[KTS0406]: this is no list of CPUs
    let a = cpus("3-1") #! error[KTS0406]: this is no list of CPUs
    let b = cpus("") #! error[KTS0406]: this is no list of CPUs
    let c = cpus("a") #! error[KTS0406]: this is no list of CPUs
    let d = cpus("0,,1") #! error[KTS0406]: this is no list of CPUs
    let e = cpus("99999999") #! error[KTS0406]: this is no list of CPUs
    note "{a} {b} {c} {d} {e}"
    hold 100ms
}
