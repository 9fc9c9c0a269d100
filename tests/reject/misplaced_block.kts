# What stands outside of scenarios is read, but has no run to belong to.
let w = spawn 2 cpu_spin in left #! error[KTS0102]: workers are spawned inside a scenario
scope { #! error[KTS0102]: this belongs inside a scenario
    move w to left
}
scenario probe {
    cgroup left { spawn cpu_spin }
    hold 100ms
}
