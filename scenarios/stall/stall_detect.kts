#!/usr/bin/env -S ktstr exec
# One cgroup with far more work than CPUs. A scheduler that loses a task stalls it
# for good: with this many, each has to wait, and the lost one waits longest.
use "std/cgroups"

scenario stall_detect "One overloaded cgroup" {
    category = "stall"

    setup_cgroups(1, 16, swappable: true)
    hold 100%
}
