#!/usr/bin/env -S ktstr exec
# Workers that compute and yield, with no affinity of their own: what the others
# of this category are to be compared with.
use "std/cgroups"

scenario cgroup_affinity_inherit "No affinity of their own, mixed work" {
    category = "affinity"

    setup_cgroups(2, load: mixed)
    hold 100%
}
