# What compiles, but is said.
param unheard = 3 #! warning[KTS0204]: 'unheard' is never used

scenario warned {
    cgroup left { spawn cpu_spin }
    let unused = 3 #! warning[KTS0204]: 'unused' is never used
    hold 100ms
}
