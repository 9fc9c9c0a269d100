# Knobs of every controller that is delegated.
scenario all_knobs {
    duration = 500ms
    cgroup left { weight = 50; quota = 80%; pids_max = 20; spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    hold 50%
    freeze right
    hold 20%
    thaw right
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
