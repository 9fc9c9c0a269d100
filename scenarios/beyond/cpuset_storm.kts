#!/usr/bin/env -S ktstr exec
# Two cgroups exchange their halves of the machine every 5 ms. Hardly any task is
# where it may be for as long as a slice. A scheduler fails here when a migration takes
# longer than the cpuset lasts and is then begun anew, for ever.
use "std/partitions"

scenario cpuset_storm "Cpusets exchanged every 5 ms" {
    category = "beyond"

    split_half(load: mixed)
    repeat every 5ms { swap cg[0].cpus, cg[1].cpus }

    expect { isolated; no spread }
}
