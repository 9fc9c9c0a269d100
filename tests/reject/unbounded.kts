# Time and turns need a bound; min() gives one.
proc wait_for(t: duration) { hold t }
#!^ error[KTS0606]: up to here this may take longer than 292 years: it has no bound

scenario forever {
    cgroup left { spawn cpu_spin }
    repeat 1000 times { repeat 1000 times { repeat 1000 times {
    #!^ error[KTS0606]: up to here this may take longer than 292 years: it has no bound
        repeat 1000 times { hold 100min }
        #!^ warning[KTS0607]: here loops turn more than 4,000,000,000 times
    } } }
}
scenario computed {
    cgroup left { spawn cpu_spin }
    let far = 1min * seed
    hold min(far, 10s)
    hold far #! error[KTS0606]: up to here this may take longer than 292 years: it has no bound
}
scenario by_call {
    cgroup left { spawn cpu_spin }
    wait_for(min(1s, 1ns * seed))
    wait_for(1ms * seed)
}
scenario turns {
    cgroup left { spawn cpu_spin }
    for i in 0..1000000 { for j in 0..seed { set left.weight = 1 + j % 100 } }
    #!^ error[KTS0606]: how often loops turn up to here has no bound
    hold 1s
}
