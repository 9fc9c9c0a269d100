#!/usr/bin/env -S ktstr exec
# The short name of cgroup_multicpu_pin, which says what fails here.
use "std/cgroups"

scenario affinity_pinned "All workers pinned to the same two CPUs" {
    category = "canned"

    setup_cgroups(2)

    step "free" { hold settle }
    step "pinned" {
        set cg[0].affinity = first(all, min(2, topo.cpus))
        set cg[1].affinity = first(all, min(2, topo.cpus))
        hold 100%
    }
    expect { spread <= 75% }
}
