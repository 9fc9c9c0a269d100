#!/usr/bin/env -S ktstr exec
# Empty cgroups come and go several times a second beside two busy ones. A
# scheduler fails here when it leaks one each time, or when making one takes a
# lock that the busy ones wait for.
use "std/cgroups"

scenario cgroup_rapid_churn "Cgroups created and removed in rapid succession" {
    category = "dynamic"

    setup_cgroups(2)
    repeat every 150ms as i {
        create ephemeral[i]
        sleep 100ms
        remove ephemeral[i]
    }
}
