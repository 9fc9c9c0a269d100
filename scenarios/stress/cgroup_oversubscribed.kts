#!/usr/bin/env -S ktstr exec
# Far more workers than CPUs, and each gives its CPU back often. A scheduler fails
# here when its queues grow faster than it serves them from the front.
use "std/cgroups"

scenario cgroup_oversubscribed "Far more workers than CPUs" {
    category = "stress"

    setup_cgroups(2, 32, mixed)
    hold 100%
}
