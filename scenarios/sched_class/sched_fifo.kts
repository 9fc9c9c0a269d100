#!/usr/bin/env -S ktstr exec
# A real-time worker takes its CPU for half a second at a time, above the class of
# the scheduler under test. One that does not notice that a CPU was taken leaves
# normal tasks in its queue until the burst is over. The shares of the normal
# ones depend on where the bursts fall, so the spread is not judged.
use "std/loads"

scenario sched_fifo "A SCHED_FIFO worker beside normal ones" {
    category = "sched_class"
    needs topo.cpus >= 2 "a CPU more than the real-time workers keep busy"

    for i in 0..2 {
        cgroup cg[i] {
            spawn 1 real_time_bursts() { policy = fifo(1) }
            spawn workers cpu_spin { swappable = true }
        }
    }
    hold 100%

    expect { no spread }
}
