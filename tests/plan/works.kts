#! plan --topo 1n1l4c1t
#! plan --topo 1n1l3c1t --workers 5
#! plan --topo 1n1l4c1t --work-type pipe_io
# Groups of workers: a spawn without a count makes whole groups; a count that comes out wrong is a SKIP.
scenario groups {
    cgroup a {
        spawn pipe_io
        spawn futex_fan_out
        spawn mutex_contention(contenders: 2)
        spawn sequence(spin(2ms), sleep(8ms))
    }
    hold 10ms
}
scenario pairs_of_cpus {
    cgroup a { spawn topo.cpus futex_ping_pong }
    hold 10ms
}
scenario swapped {
    cgroup a {
        spawn cpu_spin { swappable = true }
        spawn 3 cpu_spin { swappable = true }
        spawn 2 cpu_spin { swappable = topo.cpus > 3; name = "two" }
        spawn 2 cpu_spin
        spawn 2 pipe_io { swappable = true }
    }
    hold 10ms
}
