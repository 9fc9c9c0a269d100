scenario probe {
    cgroup left {
        cpus = disjoint(0) #! error[KTS0303]: 'disjoint' lacks its argument n
        spawn bursty(50ms, 100ms, 10ms) #! error[KTS0303]: 'bursty' has fewer arguments
        spawn bursty(brust: 50ms) #! error[KTS0303]: 'bursty' has no parameter brust
        spawn bursty(burst: 50ms, burst: 10ms) #! error[KTS0303]: 'bursty' is given twice: burst
        spawn cpu_spin(3) #! error[KTS0303]: 'cpu_spin' takes no arguments
    }
    let a = llc() #! error[KTS0303]: 'llc' lacks its argument i
    let b = llc("0") #! error[KTS0300]: argument `i` of llc() is an int, but this is a string
    let c = overlap(0, 2, 3)
    #!^ error[KTS0300]: argument `f` of overlap() is a percent or float, but this is an int
    let d = floor(1, 2) #! error[KTS0303]: 'floor' has fewer arguments
    let e = first(3, all)
    #!^ error[KTS0300]: argument `set` of first() is a cpuset, but this is an int
    #!^ error[KTS0300]: argument `n` of first() is an int, but this is a cpuset
    note "{a} {b} {c} {d} {e}"
    hold 100ms
}
