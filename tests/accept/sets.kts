# Every word that makes a CPU set, and what can be asked of one.
scenario sets {
    needs topo.usable >= 4 "the sets below need four CPUs"
    cgroup a { cpus = all }
    cgroup b { cpus = usable }
    cgroup c { cpus = llc(0) | llc(topo.llcs - 1) }
    cgroup d { cpus = node(0) & usable }
    cgroup e { cpus = core(0) }
    cgroup f { cpus = cpus("0-1,3") }
    cgroup g { cpus = range(0.0, 0.5) }
    cgroup h { cpus = range(25%, 100%) }
    cgroup i { cpus = overlap(0, 2, 0.5) }
    cgroup j { cpus = overlap(1, 2, 50%) }
    cgroup k { cpus = pick(all, 2) }
    cgroup l { cpus = first(usable, 2) | last(usable, 1) }
    cgroup m { cpus = nth(all, 0) }
    cgroup n { cpus = slice(all, 1, 3) - nth(all, 2) }
    cgroup o { cpus = a.cpus & b.cpus; mems = node(0) }
    for part in 0..2 {
        cgroup cell[part] { cpus = disjoint(part, 2); spawn (size(disjoint(part, 2))) cpu_spin }
    }
    note "{size(all)} {llcs_of(usable)} {nodes_of(llc(0))} {o.tasks}"
    hold 100ms
    expect size(a.cpus) == topo.cpus "every CPU"
}
