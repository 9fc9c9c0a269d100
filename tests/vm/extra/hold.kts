# Holds for a minute, unless something ends it.
scenario holds {
    duration = 1min
    cgroup left { cpus = cpus("0"); spawn 2 cpu_spin; cgroup left/inner { spawn 2 bursty(5ms, 5ms) } }
    cgroup right { cpus = cpus("1"); spawn 2 io_sync }
    hold 100%
    expect { gap <= 5s; no spread }
}
