# Never comes to its hold.
scenario settles {
    settle = 1min
    duration = 1s
    cgroup left { cpus = cpus("0"); spawn 2 cpu_spin }
    hold 100%
}
