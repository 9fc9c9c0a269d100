#!/usr/bin/env -S ktstr exec
# Running workers get another random half of the machine, four times over. A
# scheduler that reads a task's mask once, or notices a new one at the next wake-up
# only, fails here: spinning tasks never wake up.
use "std/cgroups"

scenario cgroup_affinity_change "Affinities drawn anew during the run" {
    category = "affinity"
    excludes reject_pin

    setup_cgroups(2)

    step "free" { hold 20% }
    repeat 4 times {
        set cg[0].affinity = random
        set cg[1].affinity = random
        hold 20%
    }
    expect { no spread }
}
