#!/usr/bin/env -S ktstr exec
# One cgroup computes, one bursts, one writes. A scheduler fails here when those who
# wake up often win every time and the computing ones get what is left, or the
# other way round. While the bursts stay on one CPU the eight are not equal; over more
# than a few bursts they have to be.
use "std/loads"

scenario cgroup_imbalance_mixed_workload "Heavy, bursty and writing" {
    category = "advanced"
    extend = 5s
    requires borrow, rebal

    cgroup cg_0 { spawn 8 cpu_spin }
    cgroup cg_1 { spawn dense_bursts() }
    cgroup cg_2 { spawn io_sync }
    hold 100%
}
