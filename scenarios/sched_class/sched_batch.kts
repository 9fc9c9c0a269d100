#!/usr/bin/env -S ktstr exec
# Nothing but SCHED_BATCH. A scheduler that has a place for SCHED_OTHER only
# lets these wait, or wakes others over them at every chance.

scenario sched_batch "SCHED_BATCH workers" {
    category = "sched_class"

    cgroup cg_0 { spawn workers cpu_spin { policy = batch; swappable = true } }
    cgroup cg_1 { spawn workers cpu_spin { policy = batch; swappable = true } }
    hold 100%
}
