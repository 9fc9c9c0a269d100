#!/usr/bin/env -S ktstr exec
# The bursty cgroup is narrowed to a single CPU and let out again, while its
# neighbour is full twice over. A scheduler fails here when the CPUs that came free
# are given to the neighbour, who may not use them, or are missed afterwards.
use "std/partitions"

scenario cgroup_cpuset_change_imbalance "A cpuset narrowed and widened under imbalance" {
    category = "advanced"
    requires borrow
    needs topo.cpus >= 4

    cgroup cg_0 {
        cpus = half_part(0)
        spawn (2 * size(half_part(0))) cpu_spin
    }
    cgroup cg_1 { cpus = half_part(1); spawn 2 bursty(30ms, 100ms) }

    step "wide" { hold duration / 3 }
    step "a single CPU" {
        set cg_1.cpus = first(half_part(1), 1)
        hold duration / 3
    }
    step "wide again" {
        set cg_1.cpus = half_part(1)
        hold duration / 3
    }
    expect { isolated }
}
