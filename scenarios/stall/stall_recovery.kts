#!/usr/bin/env -S ktstr exec
# Two cgroups with far more work than CPUs. Nothing is restarted here: run it while
# the scheduler under test is replaced, and see whether every task runs again.
use "std/cgroups"

scenario stall_recovery "Two overloaded cgroups" {
    category = "stall"

    setup_cgroups(2, 16, swappable: true)
    hold 100%
}
