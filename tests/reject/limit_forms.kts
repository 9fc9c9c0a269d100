# Each metric has its form.
scenario s {
    cgroup a { spawn cpu_spin }
    hold 1s
    expect { isolated <= 3; spread <= 10% for 1s; most gap }
    #!^ error[KTS0100]: 'isolated' takes no limit
    #!^ error[KTS0100]: 'spread' is one figure per run; `for` is for sampled metrics
    #!^ error[KTS0100]: expected a metric with its limit, or 'no' and a metric
}
