scenario probe {
    cgroup left { spawn 2 cpu_spin }
    cgroup right { spawn 2 cpu_spin }
    step "a" {
        needs topo.cpus >= 2 #! error[KTS0102]: `needs` stands directly in a scenario
        hold 100ms
    }
}
