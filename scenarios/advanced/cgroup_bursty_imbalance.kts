#!/usr/bin/env -S ktstr exec
# Steady beside bursty. A scheduler that lends the sleepers' CPUs fails here when
# they wake up and do not get them back.
use "std/loads"

scenario cgroup_bursty_imbalance "A steady cgroup beside a bursty one" {
    category = "advanced"
    requires borrow

    cgroup cg_0 { spawn 8 cpu_spin { swappable = true } }
    cgroup cg_1 { spawn 4 sparse_bursts() }
    hold 100%
}
