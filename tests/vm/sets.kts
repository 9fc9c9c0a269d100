#! vm numa=0 small=4
#! vm during [ "$(cat a/cpuset.cpus)" = 0-1 ] && [ "$(cat b/cpuset.cpus)" = 4-7 ]
#! vm during [ "$(cat a/cpuset.cpus)" = 0-3 ] && [ "$(cat b/cpuset.cpus)" = 4-6 ]
#! vm during [ "$(cat a/cpuset.cpus)" = 0-4 ] && [ "$(cat b/cpuset.cpus)" = 2-6 ]
# Sets by topology, in parts, and on top of each other.
scenario sets {
    duration = 1200ms
    needs topo.llcs >= 4 and topo.nodes >= 2
    cgroup a { cpus = llc(0); spawn 2 cpu_spin }
    cgroup b { cpus = node(1); spawn 2 bursty(20ms, 20ms) }
    expect nodes_of(a.cpus) == 1 and llcs_of(b.cpus) == 2
    hold 30%
    set a.cpus = disjoint(0, 2) | cpus("3")
    set b.cpus = disjoint(1, 2) | cpus("4-6")
    set b.cpus = cpus("4-6")
    hold 30%
    set a.cpus = cpus("0-4")
    set b.cpus = cpus("2-6")
    expect size(a.cpus & b.cpus) == 3
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
