scenario probe {
    cgroup left { cpus = disjoint(2, 2); spawn cpu_spin }
    #!^ error[KTS0402]: disjoint() cuts into 2 parts, the last is number 1
    let a = overlap(3, 3, 50%) #! error[KTS0402]: overlap() cuts into 3 parts, the last is number 2
    let b = disjoint(0, 0) #! error[KTS0400]: the number of parts is at least 1
    let c = disjoint(-1, 2) #! error[KTS0400]: the number of a part is at least 0
    let d = llc(-1) #! error[KTS0400]: the number is at least 0
    note "{a} {b} {c} {d}"
    hold 100ms
}
