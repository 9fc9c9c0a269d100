# Limits hold for a whole block, and are known before it begins.
scenario s {
    let most = topo.cpus * 10ms
    cgroup a { spawn cpu_spin }
    hold 1s
    expect { gap <= most }
    #!^ error[KTS0102]: a limit holds for its whole block and cannot use 'most'
    expect { gap <= 2 * min(most, 1s) }
    #!^ error[KTS0102]: a limit holds for its whole block and cannot use 'most'
}
