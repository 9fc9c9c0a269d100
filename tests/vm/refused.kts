#! vm numa=3 small=3
#! vm says BROKEN
#! vm says refused\.kts:10:5: broken
# The kernel admits no more deadline tasks than the CPUs can serve; what ran before goes cleanly.
scenario refused {
    duration = 1s
    cgroup a { spawn 2 cpu_spin }
    cgroup b { cgroup b/inner { spawn cpu_spin } }
    hold 20%
    spawn (topo.cpus * 2) cpu_spin in a { policy = deadline(9ms, 10ms) }
    hold rest
    expect { gap <= 5s; no spread }
}
