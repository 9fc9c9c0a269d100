scenario probe {
    duration = 5 #! error[KTS0301]: `duration` is a duration and needs its unit
    settle = "1s" #! error[KTS0300]: `settle` is a duration, but this is a string
    cgroup left { cpus = 3; spawn 2.5 cpu_spin; spawn "2" cpu_spin; spawn 2 cpu_spin { nice = 5s } }
    #!^ error[KTS0300]: `cpus` is a cpuset, but this is an int
    #!^ error[KTS0100]: expected a name or a number or '(', found a decimal number
    #!^ error[KTS0100]: expected a name or a number or '(', found a string
    #!^ error[KTS0300]: `nice` is an int, but this is a duration
    hold "1s" #! error[KTS0300]: the length of a hold is a duration, but this is a string
    hold all #! error[KTS0300]: the length of a hold is a duration, but this is a cpuset
    if topo.cpus { } #! error[KTS0300]: a condition is a bool, but this is an int
    let a: int = 2.5 #! error[KTS0300]: this name is an int, but this is a float
    let b: bool = 1 #! error[KTS0300]: this name is a bool, but this is an int
    note "{a} {b}"
    for i in 1s..2s { }
    #!^ error[KTS0300]: the start of a range is an int, but this is a duration
    #!^ error[KTS0300]: the end of a range is an int, but this is a duration
    set left.cpus = 100ms #! error[KTS0300]: `cpus` is a cpuset, but this is a duration
    move 2s from left to host
    #!^ error[KTS0300]: what moves is `all`, a number of tasks or a share of them, not a duration
    expect { gap <= 50%; spread <= 2s }
    #!^ error[KTS0300]: the limit of gap is a duration, but this is a percent
    #!^ error[KTS0300]: the limit of spread is a percent, but this is a duration
    fail "no" if 3 #! error[KTS0300]: a condition is a bool, but this is an int
    repeat every 3 for 1s { }
    #!^ error[KTS0301]: the period of a repeat is a duration and needs its unit
    repeat 2s times { } #! error[KTS0300]: the number of times is an int, but this is a duration
}
