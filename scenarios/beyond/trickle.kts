#!/usr/bin/env -S ktstr exec
# Tasks trickle from one half of the machine into the other, a quarter of those that
# are left each time, until all are there. A scheduler fails here when it moves whole
# cgroups: at every moment this one is in two places.
use "std/partitions"

scenario trickle "Tasks move to the other half in small parts" {
    category = "beyond"

    cgroup from_here { cpus = half_part(0); spawn (4 * topo.cpus) mixed }
    cgroup to_there { cpus = half_part(1) }

    hold 10%
    repeat 8 times {
        move 25% from from_here to to_there
        hold 10%
    }
    move all from from_here to to_there
    hold 10%
    expect from_here.tasks == 0
    expect to_there.tasks == 4 * topo.cpus

    expect { isolated; no spread }
}
