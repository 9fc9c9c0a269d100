#!/usr/bin/env -S ktstr exec
# A light cgroup turns heavy in mid-run, on its own half of the machine. A scheduler
# fails here when the weight that it gave to the light one is what the newcomers
# have to live with.
use "std/loads"
use "std/partitions"

scenario cgroup_cpuset_load_shift "A light cgroup with a cpuset receives heavy load" {
    category = "advanced"
    requires rebal

    cgroup cg_0 { cpus = half_part(0); spawn 16 cpu_spin }
    cgroup cg_1 { cpus = half_part(1); spawn 1 yield_heavy }

    step "light" { hold 50% }
    step "heavy" {
        heavy(cg_1)
        hold 50%
    }
    expect { isolated }
}
