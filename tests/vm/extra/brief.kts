# As short as it gets.
scenario brief {
    settle = 0s
    duration = 1ms
    cgroup left { cpus = cpus("0") }
    hold 100%
}
