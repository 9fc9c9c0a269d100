#! plan --topo 1n1l4c1t
#! plan --topo 2n2l2c1t
# Memory policies against the nodes that there are, and those that a cgroup has.
proc fill(m: mempolicy, flags: mempolicy_flags) {
    cgroup filled { }
    spawn cpu_spin in filled { mempolicy = m; mempolicy_flags = flags }
}
scenario node_one {
    cgroup a { spawn cpu_spin { mempolicy = bind(0, 1) } }
    hold 10ms
}
scenario far_node {
    cgroup a { cpus = node(0); spawn cpu_spin { mempolicy = preferred(1) } }
    hold 10ms
}
scenario far_node_meant {
    cgroup a { cpus = node(0); spawn cpu_spin { mempolicy = preferred(1); mempolicy_flags = static } }
    hold 10ms
}
scenario relative_node {
    cgroup a { cpus = node(0); spawn cpu_spin { mempolicy = interleave(0, 5); mempolicy_flags = relative } }
    hold 10ms
}
scenario mems_count {
    cgroup a {
        cpus = node(0)
        mems = all
        spawn cpu_spin { mempolicy = bind(1) }
        cgroup a/b { mems = node(0); spawn cpu_spin { mempolicy = bind(1) } }
    }
    hold 10ms
}
scenario mems_cleared {
    cgroup a { mems = node(0); spawn cpu_spin }
    clear a.mems
    spawn cpu_spin in a { mempolicy = bind(1) }
    hold 10ms
}
scenario node_of_the_machine {
    cgroup a { spawn cpu_spin { mempolicy = bind(topo.nodes - 1); mempolicy_flags = numa_balancing } }
    hold 10ms
}
scenario computed_flags {
    fill(local, static)
    hold 10ms
}
scenario computed_node {
    cgroup a { spawn cpu_spin { mempolicy = bind(1 - topo.cpus) } }
    hold 10ms
}
