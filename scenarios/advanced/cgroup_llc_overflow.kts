#!/usr/bin/env -S ktstr exec
# One cgroup with more work than a last-level cache has CPUs on many machines. A
# scheduler that keeps a cgroup in its LLC fails here when its tasks queue up there
# while the next LLC is idle.
use "std/cgroups"

scenario cgroup_llc_overflow "One cgroup that spills over LLCs" {
    category = "advanced"
    requires llc, steal

    setup_cgroups(1, 8, swappable: true)
    hold 100%
}
