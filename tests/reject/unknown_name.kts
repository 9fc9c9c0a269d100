scenario probe {
    cgroup left { cpus = disjoin(0, 2); spawn worker_count cpu_spin }
    #!^ error[KTS0200]: there is no function 'disjoin'; did you mean 'disjoint'?
    #!^ error[KTS0200]: there is no 'worker_count' here
    let a = topo.cpus + nosuch #! error[KTS0200]: there is no 'nosuch' here
    note "{nosuch} {a}" #! error[KTS0200]: there is no 'nosuch' here
    hold durration #! error[KTS0200]: there is no 'durration' here; did you mean 'duration'?
}
