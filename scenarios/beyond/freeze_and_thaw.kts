#!/usr/bin/env -S ktstr exec
# A cgroup freezes for a tenth of the time, again and again, and its neighbour has the
# machine. A scheduler fails here when it counts the frozen time as a claim and gives
# the thawed ones everything, or forgets them.

scenario freeze_and_thaw "A cgroup frozen and thawed under load" {
    category = "beyond"

    cgroup frosty { spawn topo.cpus cpu_spin }
    cgroup steady { spawn topo.cpus cpu_spin }

    hold 10%
    repeat 4 times {
        freeze frosty
        hold 10%
        thaw frosty
        hold 10%
    }
    expect { no spread }
}
