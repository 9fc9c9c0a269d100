#!/usr/bin/env -S ktstr exec
# One cgroup, three bursty workers per CPU, and among them some that are pinned to
# a single CPU each. All of them stand in the same queue: a scheduler that takes
# its head for any CPU, and puts back what may not run there, lets the pinned ones
# wait behind the crowd. Nobody may be stuck for more than 1.5 s.

scenario cgroup_dsq_contention "Pinned and free workers in one dispatch queue" {
    category = "stress"
    needs topo.cpus >= 4

    cgroup cg_0 { cpus = usable }
    spawn (max(3 * topo.usable, 8)) bursty(10ms, 5ms) in cg_0
    for i in 0..min(topo.usable, 4) {
        spawn 1 bursty(10ms, 5ms) in cg_0 { affinity = nth(usable, i) }
    }
    hold 100%

    expect { isolated; gap <= 1500ms }
}
