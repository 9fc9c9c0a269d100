#!/usr/bin/env -S ktstr exec
# A cgroup of one CPU with one worker on every CPU but the last (64 at the most).
# Nothing here may ever move or wait. A scheduler fails when its decisions grow
# slower with every cgroup, or when it shifts tasks that have one place only.

scenario cgroup_per_cpu "A cgroup for each CPU" {
    category = "stress"
    settle = 1s
    needs topo.cpus >= 2

    for i in 0..min(topo.cpus - 1, 64) {
        cgroup many[i] { cpus = nth(all, i); spawn 1 cpu_spin }
    }
    hold 100%

    expect { isolated }
}
