#!/usr/bin/env -S ktstr exec
# Two real-time workers in each cgroup take turns on their CPUs, above the class
# of the scheduler under test; fails as sched_fifo does, with more CPUs gone at a
# time.
use "std/loads"

scenario sched_rr "SCHED_RR workers beside normal ones" {
    category = "sched_class"
    needs topo.cpus >= 4 "a CPU more than the real-time workers keep busy"

    for i in 0..2 {
        cgroup cg[i] {
            spawn 2 real_time_bursts() { policy = rr(1) }
            spawn workers cpu_spin { swappable = true }
        }
    }
    hold 100%

    expect { no spread }
}
