#!/usr/bin/env -S ktstr exec
# Heavy and bursty, each one level down. A scheduler that borrows between siblings
# fails here: these have different parents.
use "std/loads"

scenario nested_cgroup_imbalance "Nested cgroups under imbalance" {
    category = "interaction"
    requires borrow

    create cg_0
    create cg_1
    cgroup cg_0/sub_a { spawn 8 cpu_spin }
    cgroup cg_1/sub_b { spawn 2 sparse_bursts() }
    hold 100%
}
