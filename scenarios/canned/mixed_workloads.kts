#!/usr/bin/env -S ktstr exec
# The short name of cgroup_imbalance_mixed_workload, which says what fails here.
use "std/loads"

scenario mixed_workloads "Heavy, bursty and writing" {
    category = "canned"
    extend = 5s

    cgroup cg_0 { spawn 8 cpu_spin }
    cgroup cg_1 { spawn dense_bursts() }
    cgroup cg_2 { spawn io_sync }
    hold 100%
}
