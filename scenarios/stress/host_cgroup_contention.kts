#!/usr/bin/env -S ktstr exec
# As many workers as CPUs in the cgroup that ktstr was started in, beside two
# cgroups of its own. A scheduler with one queue per cgroup fails here when tasks
# outside of all that it manages are served last, or first.
use "std/cgroups"

scenario host_cgroup_contention "Workers of the host against those of cgroups" {
    category = "stress"

    spawn topo.cpus cpu_spin in host
    setup_cgroups(2)
    hold 100%
}
