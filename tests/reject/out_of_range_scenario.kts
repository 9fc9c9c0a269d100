scenario probe {
    duration = 0s #! error[KTS0400]: `duration` is more than nothing
    settle = -1s #! error[KTS0400]: `settle` is not negative
    workers = 0 #! error[KTS0400]: `workers` is from 1 to 65536
    timeout = 0s #! error[KTS0400]: `timeout` is more than nothing
    extend = -1ns #! error[KTS0400]: `extend` is not negative
    cgroup left { spawn 2 cpu_spin }
    hold 100ms
}
