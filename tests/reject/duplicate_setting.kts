scenario probe {
    duration = 2s
    settle = 0s
    duration = 3s #! error[KTS0105]: 'duration' is set already
    cgroup left {
        cpus = all
        cpus = llc(0) #! error[KTS0105]: 'cpus' is set already
        spawn 2 cpu_spin { policy = batch; policy = idle }
        #!^ error[KTS0105]: 'policy' is set already
    }
    hold 100ms
}
