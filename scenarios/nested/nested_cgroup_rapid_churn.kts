#!/usr/bin/env -S ktstr exec
# Children of a busy cgroup come and go, and every third one has a child itself. A
# scheduler fails here when a cgroup's end reaches it before the end of a child,
# or when the busy parent waits for the locks of all that.
use "std/cgroups"

scenario nested_cgroup_rapid_churn "Nested cgroups in rapid succession" {
    category = "nested"

    setup_cgroups(2)
    repeat every 150ms as i {
        create cg[0]/churn[i]
        if i % 3 == 0 {
            create cg[0]/churn[i]/deep
            sleep 50ms
            remove cg[0]/churn[i]/deep
        }
        sleep 50ms
        remove cg[0]/churn[i]
    }
}
