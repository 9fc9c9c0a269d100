#! plan --topo 1n1l4c1t
#! plan --topo 2n4l4c2t --duration 1s
# The order of ops, the release with its settle, and the removals at the end.
scenario two_groups {
    duration = 500ms
    settle = 50ms
    cgroup left { cpus = disjoint(0, 2); spawn 4 cpu_spin }
    cgroup right { cpus = disjoint(1, 2); spawn io_sync }
    hold 50%
    set left.cpus = overlap(0, 2, 50%)
    hold rest
}
