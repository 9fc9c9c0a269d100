#! plan --topo 1n2l2c1t
# The affinity of workers that are there: it holds for all that are in the cgroup at that moment.
scenario affinities {
    cgroup a { spawn 3 cpu_spin; spawn 1 mixed { affinity = one } }
    cgroup b { cpus = llc(1); spawn 2 cpu_spin }
    hold 10ms
    set a.affinity = random(2)
    move 2 from b to a
    set b.affinity = one
    set a.affinity = first(all, 2)
    hold 10ms
    set a.affinity = inherit
    hold 10ms
}
# No CPU in common: no machine of this size can give that.
scenario nothing_in_common {
    cgroup a { cpus = llc(1); spawn 1 cpu_spin }
    hold 10ms
    set a.affinity = llc(0)
    hold 10ms
}
