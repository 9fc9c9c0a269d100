# The kernel kills a worker by a memory limit: its own cgroup's, or that of the one above.
scenario own_limit {
    duration = 3s
    cgroup a { memory_max = 32MiB; spawn 2 cache_pressure(128MiB, 4KiB) }
    hold rest
    expect { gap <= 5s; no spread }
}

scenario limit_above {
    duration = 3s
    cgroup a { memory_max = 32MiB }
    cgroup a/b { spawn 2 cache_pressure(128MiB, 4KiB) }
    hold rest
    expect { gap <= 5s; no spread }
}

scenario while_it_runs {
    duration = 3s
    cgroup a { spawn 2 cache_pressure(64MiB, 4KiB) }
    hold 30%
    set a.memory_max = 8MiB
    hold rest
    expect { gap <= 5s; no spread }
}
