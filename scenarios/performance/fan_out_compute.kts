#!/usr/bin/env -S ktstr exec
# As fan_out_wake, and each receiver fetches and computes before it waits again. A
# scheduler fails here when receivers that have just been placed well are moved as
# soon as they begin to compute.
use "std/loads"

scenario fan_out_compute "One wakes four that compute, beside computing" {
    category = "performance"
    requires borrow

    cgroup cg_0 {
        spawn (whole_groups(workers, 5)) fan_out_compute(4, 256KiB, 5, 100us)
    }
    cgroup cg_1 { spawn topo.cpus cpu_spin }
    hold 100%

    expect { wake_cv <= 10.0; spread <= 50% }
}
