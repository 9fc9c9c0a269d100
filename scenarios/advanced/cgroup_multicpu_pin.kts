#!/usr/bin/env -S ktstr exec
# All workers of both cgroups are pinned to the same two CPUs while they run. A
# scheduler that refuses or ignores such a mask fails here, or one that leaves its
# own queue of one of the two CPUs to starve.
use "std/cgroups"

scenario cgroup_multicpu_pin "All workers pinned to the same two CPUs" {
    category = "advanced"
    requires reject_pin

    setup_cgroups(2)

    step "free" { hold settle }
    step "pinned" {
        set cg[0].affinity = first(all, min(2, topo.cpus))
        set cg[1].affinity = first(all, min(2, topo.cpus))
        hold 100%
    }
    expect { spread <= 75% }
}
