#! check --topo 1n1l2c1t --topo tiny-1llc --topo 2n4l4c2t
# Planned on these machines: what they lack is a warning, what breaks there an error.
proc far(g: cgroup) { set g.cpus = node(1) }
#!^ warning[KTS0700]: 'far_away' is skipped on 1n1l2c1t, tiny-1llc: there is no node(1): this machine has node 0

scenario probe {
    needs topo.cpus > 2 "more than two CPUs"
    #!^ warning[KTS0700]: 'probe' is skipped on 1n1l2c1t: more than two CPUs
    cgroup left { cpus = llc(1); spawn cpu_spin }
    #!^ warning[KTS0700]: 'probe' is skipped on tiny-1llc: there is no llc(1): this machine has 1 LLC
    hold 1s
    expect topo.cpus < 8 "small"
    #!^ error[KTS0701]: 'probe' fails on 2n4l4c2t: small: expected topo.cpus < 8, but topo.cpus is 32
    set left.weight = 10 / (topo.cpus - 32)
    #!^ error[KTS0701]: 'probe' breaks on 2n4l4c2t: this divides by zero
}
scenario breaks {
    cgroup left { spawn cpu_spin }
    sleep 1s / (topo.cpus - 4) #! error[KTS0701]: 'breaks' breaks on 1n1l2c1t, tiny-1llc
    far(left)
    hold 1s
}
scenario far_away {
    cgroup left { spawn cpu_spin }
    far(left)
    for i in 0..30_000_000 { expect i < topo.cpus * 100_000_000 }
    #!^ warning[KTS0702]: 'far_away' is not planned to its end on 2n4l4c2t: more than 20000000 turns of loops
    hold 1s
}
