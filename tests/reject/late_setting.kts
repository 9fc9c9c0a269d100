scenario probe {
    cgroup left {
        spawn cpu_spin
        cpus = all #! error[KTS0106]: settings go before the first op of their block
    }
    hold 100ms
    duration = 3s #! error[KTS0106]: settings go before the first op of their block
}
