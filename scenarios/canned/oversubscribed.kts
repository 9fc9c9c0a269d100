#!/usr/bin/env -S ktstr exec
# Far more workers than CPUs, all at once.
use "std/cgroups"

scenario oversubscribed "Two cgroups with 32 workers each" {
    category = "canned"
    settle = 0s

    setup_cgroups(2, 32, mixed)
    hold 100%
}
