#!/usr/bin/env -S ktstr exec
# Workers change their class over and over, and leave the scheduler under test for
# the real-time one and back. A scheduler fails here when a task comes back to what
# it left behind: a stale queue, a slice of long ago.
use "std/cgroups"

scenario policy_churn "Workers change their own policy" {
    category = "stress"

    setup_cgroups(2, load: policy_churn)
    hold 100%

    expect { no spread }
}
