#!/usr/bin/env -S ktstr exec
# Workers that live from their cache beside one that computes for every CPU. A
# scheduler that moves the former about fails here: each move costs them the cache,
# and those that were moved get less done than the others.

scenario cache_pressure_imbalance "Cache-hot beside computing" {
    category = "performance"
    extend = 5s
    requires borrow

    cgroup cg_0 { spawn cache_pressure(32KiB, 64B) }
    cgroup cg_1 { spawn topo.cpus cpu_spin }
    hold 100%

    expect { throughput_cv <= 1.0 }
}
