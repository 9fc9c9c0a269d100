#!/usr/bin/env -S ktstr exec
# Weights inside a quota inside a cpuset. A scheduler that takes the limits of one
# level only fails here: the children's weights are shares of half a CPU, not of the
# machine, and one of them must not starve when the quota is used up.
use "std/partitions"

scenario nested_limits "A weight, a quota and a cpuset, one in the other" {
    category = "beyond"

    cgroup outer { cpus = half_part(1); quota = 50% }
    cgroup outer/heavy { weight = 400; spawn 2 cpu_spin }
    cgroup outer/light { weight = 50; spawn 2 cpu_spin }
    cgroup beside { spawn topo.cpus cpu_spin }
    hold 100%

    expect { isolated; no spread }
}
