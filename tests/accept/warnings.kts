# What compiles, but is said.
param unheard = 3 #! warning[KTS0204]: ?

scenario warned {
    cgroup left { spawn cpu_spin }
    let unused = 3
    hold 100ms
}
