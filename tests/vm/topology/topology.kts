# What needs several LLCs and nodes, and what must go with any number of them; run by exec.py on each.
# `no_locality` and `without_cpus` must fail by their page_locality.
let llcs = topo.llcs
let nodes = topo.nodes

scenario by_llc {
    duration = 1s
    needs llcs >= 2
    cgroup left { cpus = llc(0); spawn 2 cpu_spin }
    cgroup right { cpus = llc(llcs - 1); spawn 2 cpu_spin }
    expect llcs_of(left.cpus) == 1 and llcs_of(left.cpus | right.cpus) == 2
    hold 40%
    swap left.cpus, right.cpus
    hold rest
    expect { isolated; gap <= 5s; no spread }
}

scenario by_node {
    duration = 1s
    needs nodes >= 2 and nodes_of(all) >= 2
    cgroup near { cpus = node(0); mems = node(0); spawn 2 page_fault_churn(256KiB, 16) { mempolicy = bind(0) } }
    cgroup far { cpus = node(1); spawn 2 page_fault_churn(256KiB, 16) { mempolicy = bind(1); mempolicy_flags = static } }
    hold 40%
    swap near.cpus, far.cpus
    hold rest
    expect { isolated; gap <= 5s; no spread }
}

scenario locality {
    duration = 1s
    needs nodes >= 2 and nodes_of(all) >= 2
    cgroup home { cpus = node(1); spawn 2 cache_pressure(32MiB) { mempolicy = bind(1) } }
    hold rest
    expect { page_locality >= 80%; gap <= 5s; no spread }
}

scenario no_locality {
    duration = 1s
    needs nodes >= 2 and nodes_of(all) >= 2
    cgroup away { cpus = node(1); spawn 2 cache_pressure(32MiB) { mempolicy = bind(0); mempolicy_flags = static } }
    hold rest
    expect { page_locality >= 50%; gap <= 5s; no spread }
}

scenario without_cpus {
    duration = 1s
    needs nodes > nodes_of(all) "a node without CPUs"
    cgroup a { spawn 2 cache_pressure(32MiB) { mempolicy = bind(2); mempolicy_flags = static } }
    hold rest
    expect { page_locality >= 50%; gap <= 5s; no spread }
}

scenario nested_and_frozen {
    duration = 1s
    cgroup outer {
        cpus = disjoint(0, 2)
        cgroup outer/inner { spawn 2 cpu_spin }
    }
    hold 30%
    freeze outer
    sleep 100ms
    thaw outer
    set outer.cpus = disjoint(1, 2)
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
