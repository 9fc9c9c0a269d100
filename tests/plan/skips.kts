#! plan --topo 1n1l2c1t
#! plan --topo 1n1l8c1t
# needs, skip, fail and expect, planned.
scenario needs_many "needs before anything" {
    needs topo.cpus >= 4 "four CPUs"
    cgroup a { spawn cpu_spin }
    hold 10ms
}
scenario skips_late {
    cgroup a { spawn cpu_spin }
    hold 10ms
    skip "too small" if topo.cpus < 4
    hold 10ms
}
scenario fails {
    cgroup a { spawn cpu_spin }
    hold 10ms
    fail "on purpose" if topo.cpus == 2
    expect topo.cpus > 4 "more than four"
    hold 10ms
}
scenario too_many_parts {
    cgroup a { cpus = disjoint(4, 5); spawn cpu_spin }
    hold 10ms
}
