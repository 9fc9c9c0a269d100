# Which limits may be sustained, and for what time.
scenario probe {
    cgroup left { spawn 2 cpu_spin }
    let far = 1s * topo.cpus
    hold far
    expect {
        gap <= 1s for 5s #! error[KTS0100]: 'gap' is one figure per run; `for` is for sampled metrics
        nr_throttled <= 1 for 1s #! error[KTS0100]: 'nr_throttled' is one figure per run; `for` is for sampled metrics
        imbalance <= 4 for 5 #! error[KTS0301]: the time that a limit is exceeded is a duration and needs its unit
        stall <= 1s for 50% #! error[KTS0300]: the time that a limit is exceeded is a duration, but this is a percent
        stall <= 2s for far #! error[KTS0102]: a limit holds for its whole block and cannot use 'far'
    }
}
