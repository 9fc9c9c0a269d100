scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    move all from lefft to right
    #!^ error[KTS0201]: there is no cgroup 'lefft' here; did you mean 'left'?
    set nosuch.cpus = all #! error[KTS0201]: there is no cgroup 'nosuch' here
    remove middle #! error[KTS0201]: there is no cgroup 'middle' here
    freeze left/inner #! error[KTS0201]: there is no cgroup 'inner' here
    spawn 2 cpu_spin in rigth
    #!^ error[KTS0201]: there is no cgroup 'rigth' here; did you mean 'right'?
    stop workers_of_left #! error[KTS0201]: there is no cgroup 'workers_of_left' here
    hold 100ms
    expect for late { gap <= 2s } #! error[KTS0201]: there is no cgroup 'late' here
}
