#!/usr/bin/env -S ktstr exec
# Three kinds of work, each on a third of the machine. Where one sleeps its CPUs
# are idle, next door they are crowded; a scheduler that helps out across the
# border fails here.
use "std/cgroups"

scenario cgroup_cpuset_workload_variety "Varied work in cpusets" {
    category = "stress"
    needs topo.cpus >= 6

    for i in 0..3 {
        cgroup cg[i] { cpus = disjoint(i, 3) }
    }
    spawn_diverse(3)
    hold 100%

    expect { isolated }
}
