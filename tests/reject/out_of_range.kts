scenario probe {
    cgroup left {
        weight = 0 #! error[KTS0400]: `weight` goes from 1 to 10000
        pids_max = 5000000 #! error[KTS0400]: `pids_max` goes from 1 to 4194304
        quota = 0% #! error[KTS0400]: `quota` goes from 1% to 409600%
        memory_max = 1KiB #! error[KTS0400]: `memory_max` goes from 64KiB to 1048576GiB
        spawn 0 cpu_spin #! error[KTS0400]: the number of workers is from 1 to 65536
        spawn 2 cpu_spin { nice = 20 } #! error[KTS0400]: a nice value is from -20 to 19
        spawn 2 cpu_spin { nice = -21 } #! error[KTS0400]: a nice value is from -20 to 19
        spawn 2 cpu_spin { policy = fifo(100) }
        #!^ error[KTS0400]: a real-time priority is from 1 to 99
        spawn 2 bursty(1ns, 100ms) #! error[KTS0400]: `burst` goes from 1us to 60min
    }
    cgroup right { cpus = overlap(0, 2, 150%) } #! error[KTS0400]: the overlap is from 0% to 100%
    hold -1s #! error[KTS0400]: the length of a hold is more than nothing
    hold 150% #! warning[KTS0600]: up to here the holds add up to 150% of the duration
    hold 100ms
}
