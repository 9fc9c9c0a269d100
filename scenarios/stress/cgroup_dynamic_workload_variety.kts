#!/usr/bin/env -S ktstr exec
# Three kinds of work, and for the second third of the time a bursty cgroup more. A
# scheduler fails here when what it learned about the load outlives the load. The
# fourth cgroup is judged like the others, though it goes early.
use "std/cgroups"
use "std/loads"

scenario cgroup_dynamic_workload_variety "Varied work, and a cgroup that comes and goes" {
    category = "stress"
    needs topo.cpus >= 5

    empty_cgroups(3)
    spawn_diverse(3)

    step "three" { hold duration / 3 }
    step "four" {
        cgroup cg_3 { spawn 4 dense_bursts() }
        hold duration / 3
    }
    step "three again" { hold duration / 3 }
}
