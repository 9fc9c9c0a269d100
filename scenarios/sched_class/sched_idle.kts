#!/usr/bin/env -S ktstr exec
# Nothing but SCHED_IDLE. With nobody else to run, idle tasks own the machine: a
# scheduler that fails here takes their weight of 3 for nothing at all.

scenario sched_idle "SCHED_IDLE workers" {
    category = "sched_class"

    cgroup cg_0 { spawn workers cpu_spin { policy = idle; swappable = true } }
    cgroup cg_1 { spawn workers cpu_spin { policy = idle; swappable = true } }
    hold 100%
}
