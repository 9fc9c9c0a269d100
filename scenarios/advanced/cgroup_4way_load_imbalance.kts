#!/usr/bin/env -S ktstr exec
# Four cgroups that want 16 CPUs, next to none, eight and four. A scheduler that
# balances cgroups pairwise fails here: what it settles between two of them
# unsettles the others.

scenario cgroup_4way_load_imbalance "Four cgroups with uneven demands" {
    category = "advanced"
    requires rebal
    needs topo.cpus >= 5

    cgroup cg_0 { spawn 16 cpu_spin }
    cgroup cg_1 { spawn 1 yield_heavy }
    cgroup cg_2 { spawn 8 cpu_spin }
    cgroup cg_3 { spawn 4 cpu_spin }
    hold 100%
}
