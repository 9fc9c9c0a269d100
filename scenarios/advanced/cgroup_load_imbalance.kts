#!/usr/bin/env -S ktstr exec
# Heavy beside light: sixteen that never stop, and one that yields all the time. A
# scheduler that puts a yielder behind everybody else starves it here.

scenario cgroup_load_imbalance "A heavy cgroup beside a light one" {
    category = "advanced"
    requires rebal

    cgroup cg_0 { spawn 16 cpu_spin { swappable = true } }
    cgroup cg_1 { spawn 1 yield_heavy }
    hold 100%
}
