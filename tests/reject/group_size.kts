# Workers that belong together come in whole groups.
let pair = cache_pipe
scenario probe {
    cgroup left {
        spawn 3 pipe_io #! error[KTS0401]: workers of this kind come in groups of 2
        spawn 1 futex_ping_pong #! error[KTS0401]: workers of this kind come in groups of 2
        spawn 5 futex_fan_out
        spawn 6 futex_fan_out #! error[KTS0401]: workers of this kind come in groups of 5
        spawn 6 futex_fan_out(fan_out: 2)
        spawn 5 fan_out_compute(2) #! error[KTS0401]: workers of this kind come in groups of 3
        spawn 6 mutex_contention #! error[KTS0401]: workers of this kind come in groups of 4
        spawn 6 mutex_contention(contenders: 2 + 1)
        spawn 3 pair #! error[KTS0401]: workers of this kind come in groups of 2
        spawn topo.cpus pipe_io
        spawn 3 futex_fan_out(topo.cpus)
    }
    hold 100ms
}
