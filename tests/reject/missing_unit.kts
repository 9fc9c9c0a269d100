scenario probe {
    settle = 0 #! error[KTS0301]: `settle` is a duration and needs its unit
    cgroup left { quota = 50; memory_max = 1048576; spawn bursty(50, 100ms) }
    #!^ error[KTS0301]: `quota` is a percent and needs its unit
    #!^ error[KTS0301]: `memory_max` is a size and needs its unit
    #!^ error[KTS0301]: argument `burst` of bursty() is a duration and needs its unit
    hold 5 #! error[KTS0301]: the length of a hold is a duration and needs its unit
    hold 0.5 #! error[KTS0301]: the length of a hold is a duration and needs its unit
    sleep 100 #! error[KTS0301]: the length of a sleep is a duration and needs its unit
    repeat every 100 for 1s { }
    #!^ error[KTS0301]: the period of a repeat is a duration and needs its unit
    expect { gap <= 2; spread <= 25 }
    #!^ error[KTS0301]: the limit of gap is a duration and needs its unit
    #!^ error[KTS0301]: the limit of spread is a percent and needs its unit
}
