#! plan --topo 1n1l4c1t
# Policies whose parameters come out wrong only when they are computed.
scenario deadline_beyond_its_period {
    cgroup a { spawn cpu_spin { policy = deadline(topo.cpus * 10ms, 20ms) } }
    hold 10ms
}
scenario deadline_within {
    cgroup a { spawn 2 pipe_io { policy = deadline(topo.cpus * 1ms, 20ms) } }
    hold 10ms
}
scenario phase_too_short {
    cgroup a { spawn sequence(spin(1ms / (topo.cpus * 1000))) }
    hold 10ms
}
