#!/usr/bin/env -S ktstr exec
# Two cgroups with equal load, for a first look at a scheduler. The load starts at
# once, in cgroups that it has never seen.
use "std/cgroups"

scenario steady "Two equal cgroups" {
    category = "canned"
    settle = 0s

    setup_cgroups(2)
    hold 100%
}
