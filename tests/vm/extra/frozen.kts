# Holds for a minute with a frozen group.
scenario frozen {
    duration = 1min
    cgroup left { cpus = cpus("0"); spawn 2 cpu_spin; cgroup left/inner { spawn 2 cpu_spin } }
    hold 100ms
    freeze left
    hold rest
    expect { gap <= 5s; no spread }
}
