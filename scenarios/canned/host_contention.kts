#!/usr/bin/env -S ktstr exec
# The short name of host_cgroup_contention, which says what fails here.
use "std/cgroups"

scenario host_contention "Workers of the host against those of cgroups" {
    category = "canned"

    spawn topo.cpus cpu_spin in host
    setup_cgroups(2)
    hold 100%
}
