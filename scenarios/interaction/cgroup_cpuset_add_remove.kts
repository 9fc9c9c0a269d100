#!/usr/bin/env -S ktstr exec
# Two thirds of the machine are taken; the last one gets a cgroup for a while. A
# scheduler fails here when the CPUs of the one that went stay reserved for it.

scenario cgroup_cpuset_add_remove "A cgroup with a cpuset comes and goes" {
    category = "interaction"
    needs topo.cpus >= 4

    cgroup cg_0 { cpus = disjoint(0, 3); spawn cpu_spin }
    cgroup cg_1 { cpus = disjoint(1, 3); spawn cpu_spin }

    step "two" { hold duration / 3 }
    step "three" {
        cgroup cg_2 { cpus = disjoint(2, 3); spawn cpu_spin }
        hold duration / 3
    }
    step "two again" { hold duration / 3 }

    expect { isolated }
}
