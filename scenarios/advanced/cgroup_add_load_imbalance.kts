#!/usr/bin/env -S ktstr exec
# Two cgroups that need next to nothing, then one that wants it all. A scheduler
# fails here when the newcomer's tasks crowd the CPUs of the yielders and those, who
# never sleep, wait for a whole round each time.
use "std/cgroups"

scenario cgroup_add_load_imbalance "Light cgroups, then a heavy one" {
    category = "advanced"
    requires rebal

    setup_cgroups(2, 1, yield_heavy)

    step "light" { hold 50% }
    step "and a heavy one" {
        cgroup cg_2 { spawn 16 cpu_spin }
        hold 50%
    }
}
