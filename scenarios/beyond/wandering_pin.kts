#!/usr/bin/env -S ktstr exec
# All workers are pinned to one CPU, and that CPU wanders around the machine. A
# scheduler fails here when it leaves tasks in the queue of the CPU before: nobody
# else may take them there.
use "std/cgroups"

scenario wandering_pin "Everybody on one CPU, and each time on the next" {
    category = "beyond"
    needs topo.cpus >= 2

    setup_cgroups(2)
    repeat every 20ms as i {
        set cg[0].affinity = nth(all, i % topo.cpus)
        set cg[1].affinity = nth(all, (i + 1) % topo.cpus)
    }
    expect { no spread }
}
