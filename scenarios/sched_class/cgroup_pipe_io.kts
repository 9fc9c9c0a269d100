#!/usr/bin/env -S ktstr exec
# A pair that hands a byte to and fro, beside workers that never stop. A scheduler
# fails here when a woken partner waits for a whole slice each time: the pair then
# does a small part of what it could.
use "std/cgroups"

scenario cgroup_pipe_io "Pipe-paired I/O beside computing" {
    category = "sched_class"

    empty_cgroups(2)
    for i in 0..2 {
        spawn 2 pipe_io in cg[i]
        spawn cpu_spin in cg[i]
    }
    hold 100%
}
