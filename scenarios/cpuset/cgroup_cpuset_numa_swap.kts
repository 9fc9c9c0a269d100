#!/usr/bin/env -S ktstr exec
# Two cgroups change places between two NUMA nodes. A scheduler with a queue per
# node fails here when tasks are left in the queue of the node they came from.

scenario cgroup_cpuset_numa_swap "NUMA-node cpusets exchanged in mid-run" {
    category = "cpuset"
    needs topo.nodes >= 2

    cgroup cg_0 { cpus = node(0); spawn cpu_spin }
    cgroup cg_1 { cpus = node(1); spawn cpu_spin }

    step "at home" { hold 50% }
    step "abroad" {
        swap cg_0.cpus, cg_1.cpus
        hold 50%
    }
    expect { isolated }
}
