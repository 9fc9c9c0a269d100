scenario probe {
    cgroup left { spawn cpu_spin }
    set host.cpus = all
    #!^ error[KTS0507]: 'host' is the cgroup of the run itself and cannot be changed
    clear host.cpus #! error[KTS0507]: 'host' is the cgroup of the run itself and cannot be changed
    freeze host #! error[KTS0507]: 'host' is the cgroup of the run itself and cannot be changed
    remove host #! error[KTS0507]: 'host' is the cgroup of the run itself and cannot be changed
    create host #! error[KTS0507]: 'host' is the cgroup of the run itself and cannot be changed
    hold 100ms
}
