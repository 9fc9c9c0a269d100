#!/usr/bin/env -S ktstr exec
# Pairs that exchange a byte after every walk through their cache, beside one worker
# that computes for every CPU. A scheduler fails here when some wake-ups come at once
# and others after a slice: it is the spread that kills a request's latency.
use "std/loads"

scenario cache_pipe_io_compute_imbalance "Cache-hot pipe pairs beside computing" {
    category = "performance"
    extend = 5s
    requires borrow

    cgroup cg_0 { spawn (round_up(workers, 2)) cache_pipe(32KiB, 1024) }
    cgroup cg_1 { spawn topo.cpus cpu_spin }
    hold 100%

    expect { wake_cv <= 15.0 }
}
