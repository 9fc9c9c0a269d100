# Long enough for a CPU to go and to come back.
scenario offline {
    duration = 6s
    cgroup a { spawn (topo.cpus) cpu_spin }
    hold rest
    expect { no gap; no spread; no not_starved }
}
