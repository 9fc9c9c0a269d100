#!/usr/bin/env -S ktstr exec
# Every tenth of the time a crowd arrives in a quiet cgroup, and leaves at once when
# its time is over. A scheduler fails here when the crowd's arrival delays the quiet
# ones, or when the CPUs that it leaves are found too late.

scenario rush_hour "Crowds come and go" {
    category = "beyond"

    cgroup town { spawn topo.cpus bursty(1ms, 9ms) }
    hold 10%
    for i in 0..4 {
        scope {
            spawn (8 * topo.cpus) cpu_spin in town
            hold 10%
        }
        hold 10%
    }
    expect { no spread }
}
