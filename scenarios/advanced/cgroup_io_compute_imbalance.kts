#!/usr/bin/env -S ktstr exec
# One cgroup writes and sleeps, the other has a worker for every CPU. A scheduler
# fails here when the writers, who need a CPU for a moment at a time, wait for a
# whole slice of a computing worker each time.

scenario cgroup_io_compute_imbalance "I/O leaves its CPUs to computing" {
    category = "advanced"
    extend = 5s
    requires borrow

    cgroup cg_0 { spawn io_sync }
    cgroup cg_1 { spawn topo.cpus cpu_spin }
    hold 100%
}
