scenario probe {
    cgroup left {
        spawn cpu_spni
        #!^ error[KTS0205]: there is no kind of work 'cpu_spni'; did you mean 'cpu_spin'?
        spawn 2 cpu #! error[KTS0205]: there is no kind of work 'cpu'
        spawn 2 brusty(50ms, 100ms)
        #!^ error[KTS0205]: there is no kind of work 'brusty'; did you mean 'bursty'?
    }
    hold 100ms
}
