#!/usr/bin/env -S ktstr exec
# The workers of each half are pinned to its first two CPUs while they run. A
# scheduler fails here when it takes the cpuset or the affinity for the whole truth:
# only both together tell where a task may be.
use "std/partitions"

scenario cgroup_cpuset_multicpu_pin "A pin to two CPUs inside each cpuset" {
    category = "interaction"
    requires reject_pin

    split_half()

    step "halves" { hold settle }
    step "pinned" {
        for i in 0..2 {
            set cg[i].affinity = first(half_part(i), min(2, size(half_part(i))))
        }
        hold 100%
    }
    expect { isolated; spread <= 75% }
}
