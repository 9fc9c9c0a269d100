#!/usr/bin/env -S ktstr exec
# Workers that yield after every walk through their cache, on an LLC each. A scheduler
# that takes a yield for a wish to move spoils the cache every time; one that takes
# it for nothing lets the others wait.

scenario cache_yield_wake_affine "Yield after cache work, on two LLCs" {
    category = "performance"
    requires llc
    needs topo.llcs >= 2

    cgroup cg_0 { cpus = llc(0); spawn cache_yield(32KiB, 64B) }
    cgroup cg_1 { cpus = llc(1); spawn cache_yield(32KiB, 64B) }
    hold 100%

    expect { isolated; wake_cv <= 50.0; throughput_cv <= 1.0 }
}
