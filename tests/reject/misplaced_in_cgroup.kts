scenario probe {
    cgroup a {
        cpus = all
        spawn cpu_spin
        step "inside" { hold 1s } #! error[KTS0103]: a step stands directly in its scenario
        needs topo.cpus >= 2 #! error[KTS0102]: `needs` stands directly in a scenario
    }
    hold 100ms
}
