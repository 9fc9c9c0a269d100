# Half a second of all that needs no more than CPUs; in a delegated cgroup, and by affinity masks.
scenario short {
    duration = 500ms
    cgroup left { cpus = cpus("0"); spawn 2 cpu_spin; cgroup left/inner { spawn 2 bursty(5ms, 5ms) } }
    cgroup right { cpus = cpus("1"); spawn 2 io_sync }
    hold 50%
    swap left.cpus, right.cpus
    move all from left to right
    expect right.tasks == 4
    hold rest
    expect { isolated; gap <= 5s; no spread }
}
