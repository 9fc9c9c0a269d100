scenario probe {
    cgroup left { spawn cpu_spin }
    for i in 0..100_000 {
        for j in 0..100_000 { expect i + j >= left.tasks - 2 }
        #!^ warning[KTS0607]: here loops turn more than 4,000,000,000 times
    }
    if topo.llcs > 4 { repeat 5_000_000_000 times { note "maybe" } }
    hold 1s
}
