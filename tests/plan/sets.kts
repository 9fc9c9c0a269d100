#! plan --topo 1n1l1c1t --seed 1
#! plan --topo 1n1l4c1t --seed 1
#! plan --topo 2n4l4c2t --seed 1
#! plan --topo 2n4l4c2t --seed 7
# What each set is on different machines; too small a machine is a SKIP with its reason.
scenario sets {
    cgroup a { cpus = all }
    cgroup b { cpus = usable }
    cgroup c { cpus = disjoint(0, 3) }
    cgroup d { cpus = disjoint(2, 3) }
    cgroup e { cpus = overlap(1, 3, 50%) }
    cgroup f { cpus = range(25%, 75%) }
    cgroup g { cpus = core(1) }
    cgroup h { cpus = pick(all, 2) }
    cgroup i { cpus = llc(0) - first(all, 1) }
    cgroup j { cpus = llc(3) }
    cgroup k { cpus = node(1) }
    note "{size(b.cpus)} {llcs_of(all)} {nodes_of(k.cpus)}"
}
