#!/usr/bin/env -S ktstr exec
# The short name of cgroup_affinity_change, which says what fails here.
use "std/cgroups"

scenario affinity_change "Affinities drawn anew during the run" {
    category = "canned"

    setup_cgroups(2)

    step "free" { hold 20% }
    repeat 4 times {
        set cg[0].affinity = random
        set cg[1].affinity = random
        hold 20%
    }
    expect { no spread }
}
