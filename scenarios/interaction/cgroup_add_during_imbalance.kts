#!/usr/bin/env -S ktstr exec
# A third cgroup appears beside a heavy and a bursty one. A scheduler that has lent
# out all CPUs fails here when nobody gives one back to a cgroup that it did not
# know when it lent them.
use "std/loads"

scenario cgroup_add_during_imbalance "A cgroup added during imbalance" {
    category = "interaction"
    requires borrow

    cgroup cg_0 { spawn 8 cpu_spin }
    cgroup cg_1 { spawn 2 sparse_bursts() }

    step "two" { hold 50% }
    step "three" {
        cgroup cg_2 { spawn 4 cpu_spin }
        hold 50%
    }
}
