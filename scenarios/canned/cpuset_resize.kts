#!/usr/bin/env -S ktstr exec
# The short name of cgroup_cpuset_resize, which says what fails here.
use "std/partitions"

scenario cpuset_resize "Cpusets shrink, then grow" {
    category = "canned"
    needs topo.cpus >= 4

    split_half()

    step "half and half" { hold duration / 3 }
    step "a quarter" {
        set cg[0].cpus = uneven_part(0, 25%)
        set cg[1].cpus = uneven_part(1, 25%)
        hold duration / 3
    }
    step "three quarters" {
        set cg[0].cpus = uneven_part(0, 75%)
        set cg[1].cpus = uneven_part(1, 75%)
        hold duration / 3
    }
    expect { isolated }
}
