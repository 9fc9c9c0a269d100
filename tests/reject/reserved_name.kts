param duration = 3 #! error[KTS0203]: 'duration' is a word of the language; choose another name
scenario probe {
    let usable = 3
    #!^ error[KTS0203]: 'usable' is a word of the language; choose another name
    #!^ warning[KTS0204]: 'usable' is never used
    cgroup left { spawn 2 cpu_spin }
    for topo in 0..3 { } #! error[KTS0203]: 'topo' is a word of the language; choose another name
    hold 100ms
}
