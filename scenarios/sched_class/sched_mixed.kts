#!/usr/bin/env -S ktstr exec
# Every class of the kernel in both cgroups at once. A scheduler fails here when
# it forgets tasks that were preempted by a real-time one, or lets idle tasks
# starve altogether under normal ones.
use "std/cgroups"
use "std/loads"

scenario sched_mixed "All scheduling classes at once" {
    category = "sched_class"
    needs topo.cpus >= 4 "a CPU more than the real-time workers keep busy"

    empty_cgroups(2)
    every_class(cg[0])
    every_class(cg[1])
    hold 100%
}
