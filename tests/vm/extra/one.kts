# Needs one CPU and no more.
scenario one {
    duration = 300ms
    cgroup left { cpus = all; spawn 2 cpu_spin }
    hold 100%
    expect { isolated; gap <= 5s; no spread }
}
